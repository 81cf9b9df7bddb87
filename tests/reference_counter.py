"""An independent counter of periods: day by day, and without code of deadlines' own counting.

    python -m tests.reference_counter 1000000

counts that many random periods both ways and prints every one on which they differ.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]

from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar, YearMissing, merge
from services.deadlines.domain.calendar.hours import Hours, Interval
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import CountedPeriod, Pause, Unit

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
ONE_DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "America/Sao_Paulo", "Asia/Tehran", "Australia/Lord_Howe", "Europe/Berlin", "Asia/Urumqi")
Works = Callable[[date], bool]
Opening = Callable[[date], Sequence[tuple[str, str]]]


def works_in_china(day: date) -> bool:
    """Whether a day is worked by chinesecalendar, corrected for one day (see test_shipped_calendars.py)."""
    return day == date(2005, 12, 31) or bool(chinese_calendar.is_workday(day))


def end_of_days(
    works: Works, unit: Unit, budget: int, start: date, paused: set[date], last: date = LAST
) -> date | None:
    """Return the end of a period of days, counted day by day; None where it is after `last`."""
    day, left = start, budget
    while left:
        day += ONE_DAY
        if day > last:
            return None
        if day not in paused and (unit is Unit.DAY or works(day)):
            left -= 1
    while unit is Unit.DAY and budget and (not works(day) or day in paused):
        day += ONE_DAY
        if day > last:
            return None
    return day


def end_of_hours(
    opened: Iterator[tuple[datetime, datetime]],
    budget: timedelta,
    start: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
) -> datetime | None:
    """Return when the budget is used up in the open time after the start, without the pauses. All in UTC."""
    if not budget:
        return start
    for since, until in opened:
        for piece_since, piece_until in without(max(since, start), until, pauses):
            if piece_until - piece_since >= budget:
                return piece_since + budget
            budget -= piece_until - piece_since
    return None


def without(
    since: datetime, until: datetime, pauses: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """Return the parts of a span that no pause covers."""
    pieces = [(since, until)] if since < until else []
    for pause_since, pause_until in pauses:
        cut = []
        for piece_since, piece_until in pieces:
            cut += [(piece_since, min(piece_until, pause_since)), (max(piece_since, pause_until), piece_until)]
        pieces = [(one, other) for one, other in cut if one < other]
    return sorted(pieces)


def open_time(
    works: Works, opening: Opening, zone: ZoneInfo, first: date, last: date = LAST
) -> Iterator[tuple[datetime, datetime]]:
    """Return the opening hours of a desk, day by day, in UTC. Overlaps made by summer time count once."""
    day, closed = first, datetime.min.replace(tzinfo=UTC)
    while day <= last:
        for since, until in opening(day) if works(day) else ():
            opens, closes = max(at(day, since, zone), closed), at(day, until, zone)
            if opens < closes:
                yield opens, closes
                closed = closes
        day += ONE_DAY


def at(day: date, text: str, zone: ZoneInfo) -> datetime:
    """Return a time of the day of a zone in UTC; `24:00` is the start of the next day."""
    if text == "24:00":
        day, text = day + ONE_DAY, "00:00"
    return datetime.fromisoformat(f"{day} {text}").replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Place:
    """A region or desk: its calendar, and the same data for the independent counter."""

    calendar: Calendar
    works: Works
    opening: Opening
    zone: ZoneInfo


def a_place(rng: random.Random) -> Place:
    """Return the national calendar with random named days over it, random hours and a random zone."""
    layers = [list(shipped())]
    changed: dict[date, bool] = {}
    for region in ("52", "5226", "522601")[: rng.randrange(4)]:
        days = {date(year, 1, 1) + timedelta(days=rng.randrange(360)): rng.random() < 0.4 for year in range(2004, 2027)}
        changed |= days
        layers.append(
            [
                CalendarYear(
                    region,
                    day.year,
                    YearStatus.OFFICIAL,
                    "测试",
                    (NamedDay(day, DayKind.WORK if on else DayKind.OFF, "某日"),),
                )
                for day, on in days.items()
            ]
        )
    week = [some_hours(rng) if rng.random() < 0.8 else [] for _ in range(7)]
    week[rng.randrange(5)] = some_hours(rng)
    make_up = some_hours(rng)
    zone = ZoneInfo(rng.choice(ZONES) if rng.random() < 0.5 else "Asia/Shanghai")
    hours = Hours(
        tuple(tuple(Interval.of(*each) for each in day) for day in week),
        tuple(Interval.of(*each) for each in make_up),
        zone,
    )
    return Place(
        merge(layers).with_hours(hours),
        lambda day: changed.get(day, works_in_china(day)),
        lambda day: make_up if day.weekday() > 4 else week[day.weekday()],
        zone,
    )


def some_hours(rng: random.Random) -> list[tuple[str, str]]:
    edges = sorted(
        rng.sample(
            [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)] + ["24:00"], rng.choice((2, 4, 6))
        )
    )
    return list(zip(edges[::2], edges[1::2], strict=True))


def a_period(rng: random.Random) -> CountedPeriod:
    unit = rng.choice([Unit.WORKDAY, Unit.WORKDAY, Unit.DAY, Unit.HOUR, Unit.WORKHOUR])
    start = datetime(2004, 1, 3, tzinfo=SHANGHAI) + timedelta(
        seconds=rng.randrange(22 * 365 * 86400), microseconds=rng.randrange(10**6)
    )
    pauses = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        since = start + timedelta(hours=rng.randrange(-100, 1500), microseconds=rng.randrange(10**9))
        pauses.append(Pause(since, since + timedelta(hours=rng.choice((0, 1, 30, 400)) * rng.random())))
    budget = rng.choice((0, 1, 3, 5, 10, 20, 30, 45, 60, rng.randrange(120)))
    extended_by = rng.choice((0, 0, 0, 1, 10)) if budget else 0
    return CountedPeriod(unit, budget + extended_by, start, tuple(pauses))


def counted_end(place: Place, period: CountedPeriod) -> date | datetime | None:
    """Return the end of a period: a day, or for hours a moment in UTC; None where it is after the last known day."""
    if period.unit in (Unit.HOUR, Unit.WORKHOUR):
        start = period.start.astimezone(UTC)
        return end_of_hours(time_of(place, period), timedelta(hours=period.budget), start, moments_of(period.pauses))
    return end_of_days(place.works, period.unit, period.budget, period.start.date(), days_of(period.pauses))


def used_time(place: Place, period: CountedPeriod, at: datetime) -> int | timedelta:
    """Return what of a period is used up at a moment: days that are over, or for hours the time."""
    if period.unit in (Unit.HOUR, Unit.WORKHOUR):
        start, until, used = period.start.astimezone(UTC), at.astimezone(UTC), timedelta()
        for opens, closes in time_of(place, period):
            if opens >= until:
                break
            for since, end in without(max(opens, start), min(closes, until), moments_of(period.pauses)):
                used += end - since
        return used
    paused, day, passed = days_of(period.pauses), period.start.date() + ONE_DAY, 0
    while day < at.astimezone(SHANGHAI).date():
        passed += day not in paused and (period.unit is Unit.DAY or place.works(day))
        day += ONE_DAY
    return passed


def time_of(place: Place, period: CountedPeriod) -> Iterator[tuple[datetime, datetime]]:
    """Return the spans in which a period of hours counts, in UTC."""
    start = period.start.astimezone(UTC)
    if period.unit is Unit.HOUR:
        return iter([(start, start + timedelta(days=4000))])
    return open_time(place.works, place.opening, place.zone, max(FIRST, start.date() - 2 * ONE_DAY))


def moments_of(pauses: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    return [(pause.since.astimezone(UTC), pause.until.astimezone(UTC)) for pause in pauses if pause.until]


def days_of(pauses: Sequence[Pause]) -> set[date]:
    return {
        first + timedelta(days=n)
        for pause in pauses
        if pause.until and pause.until != pause.since
        for first in [pause.since.astimezone(SHANGHAI).date()]
        for n in range((pause.until.astimezone(SHANGHAI).date() - first).days + 1)
    }


def differences(count: int, seed: int = 2009) -> Iterator[tuple[Place, CountedPeriod, object, object]]:
    """Return random periods for which deadlines and this counter disagree."""
    rng = random.Random(seed)
    place = a_place(rng)
    for number in range(count):
        if number % 200 == 0:
            place = a_place(rng)
        period = a_period(rng)
        expected = counted_end(place, period)
        try:
            end = due_date(place.calendar, period)
        except YearMissing:
            end = None
        assert not any(pause.until is None for pause in period.pauses)
        found: date | datetime | None = None
        if end is not None and end.due_on <= LAST:
            found = end.due_at.astimezone(UTC) if period.unit.is_of_time else end.due_on
        if isinstance(expected, datetime) and expected.astimezone(SHANGHAI).date() > LAST:
            expected = None
        if found != expected:
            yield place, period, found, expected


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    began = time.monotonic()
    wrong = list(differences(count))
    for place, period, found, expected in wrong[:20]:
        sys.stdout.write(f"{place.calendar.version} {place.zone} {period}\n  counted {found}\n  walked  {expected}\n")
    sys.stdout.write(f"{count} periods, {len(wrong)} differences, {time.monotonic() - began:.0f} s\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
