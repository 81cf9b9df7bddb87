"""Periods of every unit, with pauses, overlays and summer time, against the reference counter."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import combinations
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.kit.time_source import TZ
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import Calendar, merge
from services.deadlines.domain.calendar.hours import Hours, Interval, every_weekday
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.counting import due_date, warning_at
from services.deadlines.domain.periods.period import CountedPeriod, CutOff, DueDate, Pause, Unit, moment_of_day
from tests import reference_counter
from tests.rounds import rounds
from tests.unit.deadlines.period_builders import budget_left

T = TypeVar("T")
ALL_DAY = Interval.of("00:00", "24:00")
COUNTED = rounds(8_000, 50_000)  # `python -m tests.reference_counter 1000000` counts more

untimed = settings(deadline=None, database=None, max_examples=rounds(60, 300))
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("seed", range(4))
def test_random_periods_end_as_in_the_reference_counter(seed: int) -> None:
    assert list(reference_counter.differences(COUNTED // 4, seed)) == []


def test_the_reference_counter_notices_a_wrong_calendar() -> None:
    rng = random.Random(1)
    place = reference_counter.a_place(rng)
    wrong = reference_counter.Place(place.calendar, lambda day: day.weekday() < 5, place.opening, place.zone)
    periods = [reference_counter.a_period(rng) for _ in range(500)]
    assert (
        sum(
            reference_counter.counted_end(place, each) != reference_counter.counted_end(wrong, each) for each in periods
        )
        > 50
    )


def ended(calendar: Calendar, period: CountedPeriod) -> DueDate:
    end = due_date(calendar, period)
    assert end is not None
    return end


@cache
def calendars() -> Sequence[Calendar]:
    """Return calendars of random places: to build one takes as long as to count hundreds of periods."""
    rng = random.Random(2011)
    return [reference_counter.a_place(rng).calendar for _ in range(rounds(16, 300))]


def somewhere(seed: int) -> tuple[Calendar, CountedPeriod]:
    rng = random.Random(seed)
    calendar = rng.choice(calendars())
    period = reference_counter.a_period(rng)
    if period.start.year > 2024:
        period = CountedPeriod(period.unit, period.budget, period.start - timedelta(days=1000), ())
    return calendar, period


@untimed
@given(seeds)
def test_nothing_of_the_budget_is_left_at_the_end(seed: int) -> None:
    calendar, period = somewhere(seed)
    if period.unit is Unit.DAY:
        return  # the rest that its last day rolls over comes on top
    end = ended(calendar, period)
    assert budget_left(calendar, period, end.due_at) == 0
    assert budget_left(calendar, period, max(period.start, end.due_at - timedelta(microseconds=1))) >= 0


@untimed
@given(seeds, st.integers(0, 200), st.integers(1, 200))
def test_a_pause_never_brings_the_end_nearer_and_splitting_it_changes_nothing(
    seed: int, after: int, hours: int
) -> None:
    calendar, period = somewhere(seed)
    since = period.start + timedelta(hours=after)
    half, until = since + timedelta(hours=hours / 2), since + timedelta(hours=hours)
    longer = ended(calendar, with_pauses(period, Pause(since, until)))
    assert longer.due_at >= ended(calendar, period).due_at
    assert ended(calendar, with_pauses(period, Pause(since, half), Pause(half, until))) == longer
    assert ended(calendar, with_pauses(period, Pause(half, until), Pause(since, until), Pause(since, half))) == longer


@untimed
@given(seeds, st.integers(0, 200))
def test_resuming_at_the_moment_of_the_pause_is_the_identity(seed: int, after: int) -> None:
    calendar, period = somewhere(seed)
    moment = period.start + timedelta(hours=after)
    assert ended(calendar, with_pauses(period, Pause(moment, moment))) == ended(calendar, period)


@untimed
@given(seeds, st.integers(0, 200))
def test_c9_a_paused_period_has_no_end(seed: int, after: int) -> None:
    calendar, period = somewhere(seed)
    end = ended(calendar, period)
    since = period.start + timedelta(hours=after)
    standing = due_date(calendar, with_pauses(period, Pause(since)))
    over = since >= end.due_at if period.unit.is_of_time else since.astimezone(TZ).date() > end.due_on
    assert (standing is None) != (over or period.ends_at_once)


@untimed
@given(seeds, st.integers(1, 30))
def test_b7_a_warning_comes_when_its_units_of_the_period_are_left(seed: int, units: int) -> None:
    calendar, period = somewhere(seed)
    end = ended(calendar, period)
    mark = warning_at(calendar, period, end, units)
    if mark is None:
        assert period.ends_at_once
        return
    assert period.start.replace(hour=0, minute=0) <= mark <= end.due_at
    of_time = timedelta(hours=min(units, period.budget)) // timedelta(microseconds=1)
    there = budget_left(calendar, period, max(mark, period.start))
    assert there == (of_time if period.unit.is_of_time else min(units, period.budget))


@pytest.mark.parametrize(
    ("unit", "start", "budget", "left_over", "marked"),
    [
        (Unit.WORKHOUR, "2026-03-05T10:00", 14, 2, "2026-03-06T16:00"),  # due on Monday at 10, two hours are Friday's
        (Unit.WORKHOUR, "2026-02-13T16:00", 6, 3, "2026-02-14T11:00"),  # a make-up Saturday
        (Unit.HOUR, "2026-03-06T10:00", 72, 2, "2026-03-09T08:00"),
        (Unit.WORKDAY, "2026-02-13T10:00", 5, 5, "2026-02-14T00:00"),
        (Unit.WORKDAY, "2026-02-13T10:00", 5, 4, "2026-02-24T00:00"),  # nine days off in between
    ],
)
def test_b7_a_warning_is_counted_back_over_time_that_does_not_count(
    national: Calendar, unit: Unit, start: str, budget: int, left_over: int, marked: str
) -> None:
    period = CountedPeriod(unit, budget, datetime.fromisoformat(f"{start}+08:00"))
    mark = warning_at(national, period, ended(national, period), left_over)
    assert mark == datetime.fromisoformat(f"{marked}+08:00")


@untimed
@given(seeds, st.integers(1, 30))
def test_d5_a_warning_in_working_days_comes_at_the_start_of_a_working_day(seed: int, units: int) -> None:
    calendar, period = somewhere(seed)
    period = replace(period, unit=Unit.WORKDAY)
    mark = warning_at(calendar, period, ended(calendar, period), units)
    if mark is None:
        assert period.ends_at_once
        return
    assert calendar.day(mark.date()).works
    assert (mark.hour, mark.minute, mark.second) == (0, 0, 0)
    spans = [(pause.since, pause.until) for pause in period.pauses if pause.until and pause.since < pause.until]
    assert not any(since.date() <= mark.date() <= until.date() for since, until in spans)


def with_pauses(period: CountedPeriod, *pauses: Pause) -> CountedPeriod:
    return CountedPeriod(period.unit, period.budget, period.start, (*period.pauses, *pauses))


@pytest.mark.parametrize("length", [timedelta(seconds=1), timedelta(microseconds=1), timedelta(seconds=1.000001)])
@pytest.mark.parametrize(("unit", "lunch"), [(Unit.HOUR, 0), (Unit.WORKHOUR, 1)])
def test_b8_a_thousand_pauses_of_a_second_add_up_exactly(
    national: Calendar, unit: Unit, lunch: int, length: timedelta
) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=TZ)
    begin = [start + timedelta(seconds=2 * n) for n in range(1000)]  # thirty of them in every minute
    period = CountedPeriod(unit, 3, start, tuple(Pause(since, since + length) for since in begin))
    assert ended(national, period).due_at == start + timedelta(hours=3 + lunch) + 1000 * length


@pytest.mark.parametrize(
    ("unit", "budget", "since", "until", "due_at"),
    [
        (Unit.WORKDAY, 10, "2026-03-06T10:00", "2026-03-09T10:00", "2026-03-19T00:00"),  # Friday and Monday, no more
        (Unit.WORKDAY, 10, "2026-03-07T10:00", "2026-03-08T10:00", "2026-03-17T00:00"),  # a weekend costs nothing
        (Unit.DAY, 10, "2026-03-06T10:00", "2026-03-09T10:00", "2026-03-17T00:00"),  # four days
        (Unit.WORKHOUR, 35, "2026-03-06T16:00", "2026-03-09T10:00", "2026-03-09T11:00"),  # two hours
        (Unit.WORKHOUR, 35, "2026-03-06T17:00", "2026-03-09T09:00", "2026-03-06T17:00"),  # none
        (Unit.HOUR, 110, "2026-03-06T16:00", "2026-03-09T10:00", "2026-03-09T17:00"),  # all of them
    ],
)
def test_b4_a_pause_over_a_weekend_takes_only_days_that_would_count(
    national: Calendar, unit: Unit, budget: int, since: str, until: str, due_at: str
) -> None:
    pause = Pause(datetime.fromisoformat(f"{since}+08:00"), datetime.fromisoformat(f"{until}+08:00"))
    period = CountedPeriod(unit, budget, datetime(2026, 3, 2, 9, tzinfo=TZ), (pause,))
    assert ended(national, period).due_at == datetime.fromisoformat(f"{due_at}+08:00")


@pytest.mark.parametrize(
    ("unit", "budget", "due_at"),
    [
        (Unit.WORKDAY, 1, "2026-03-10T00:00"),  # till Monday is over
        (Unit.DAY, 1, "2026-03-10T00:00"),  # Saturday, at rest
        (Unit.WORKHOUR, 7, "2026-03-09T16:00"),  # as many as the desk is open a day
        (Unit.WORKHOUR, 24, "2026-03-12T11:00"),
        (Unit.HOUR, 24, "2026-03-07T16:00"),
    ],
)
def test_b5_days_working_days_and_hours_are_not_converted(
    national: Calendar, unit: Unit, budget: int, due_at: str
) -> None:
    period = CountedPeriod(unit, budget, datetime(2026, 3, 6, 16, tzinfo=TZ))
    assert ended(national, period).due_at == datetime.fromisoformat(f"{due_at}+08:00")


class Noted(tuple[T, ...]):
    """A tuple that counts how often an element was read."""

    looked = 0

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        self.looked += len(found) if isinstance(key, slice) else 1
        return found

    def __iter__(self) -> Iterator[T]:
        self.looked += len(self)
        return super().__iter__()


@pytest.mark.parametrize("unit", [Unit.WORKDAY, Unit.DAY, Unit.WORKHOUR])
def test_b11_an_end_in_ten_years_takes_as_few_look_ups_as_an_end_in_days(national: Calendar, unit: Unit) -> None:
    plain = national.run(date(2005, 1, 5))
    days, counts, workdays = Noted(plain.days), Noted(plain.workday_counts), Noted(plain.workdays)
    run = replace(plain, days=days, workday_counts=counts, workdays=workdays)
    calendar = replace(national, version="noted", _runs=dict.fromkeys(national.years, run))

    def looks(budget: int) -> int:
        before = days.looked + counts.looked + workdays.looked
        ended(calendar, CountedPeriod(unit, budget, datetime(2005, 1, 5, 10, tzinfo=TZ)))
        return days.looked + counts.looked + workdays.looked - before

    looks(1)  # working time is numbered when it is first asked for
    assert 0 < looks(5) <= 8
    assert 0 < looks(3650) <= 8


@pytest.mark.parametrize(
    ("unit", "budget", "start", "since", "until", "due_at"),
    [
        # nine days of Spring Festival: none of them would have counted, so none is given back
        (Unit.WORKDAY, 5, "2026-02-13T10:00", "2026-02-15T10:00", "2026-02-23T10:00", "2026-02-28T00:00"),
        (Unit.WORKDAY, 5, "2026-02-13T10:00", "2026-02-15T10:00", "2026-02-24T10:00", "2026-03-01T00:00"),
        (Unit.WORKDAY, 5, "2026-03-02T10:00", "2026-03-06T10:00", "2026-03-09T10:00", "2026-03-12T00:00"),
        (Unit.WORKHOUR, 7, "2026-03-02T09:00", "2026-03-02T12:00", "2026-03-02T13:00", "2026-03-02T17:00"),
        (Unit.WORKHOUR, 7, "2026-03-02T09:00", "2026-03-02T11:00", "2026-03-02T14:00", "2026-03-03T11:00"),
        (Unit.HOUR, 7, "2026-03-02T09:00", "2026-03-02T11:00", "2026-03-02T14:00", "2026-03-02T19:00"),
    ],
)
def test_c4_a_pause_adds_the_time_that_it_covers_wherever_it_lies(
    national: Calendar, unit: Unit, budget: int, start: str, since: str, until: str, due_at: str
) -> None:
    begun, stood, went_on, end = (datetime.fromisoformat(f"{each}+08:00") for each in (start, since, until, due_at))
    assert ended(national, CountedPeriod(unit, budget, begun, (Pause(stood, went_on),))).due_at == end


@pytest.mark.parametrize(
    ("start", "budget", "due_at"),
    [
        ("2026-03-02T08:00", 2, "2026-03-02T11:00"),  # before opening
        ("2026-03-02T09:00", 2, "2026-03-02T11:00"),  # at the very second of opening
        ("2026-03-02T12:00", 2, "2026-03-02T15:00"),  # at that of lunch
        ("2026-03-02T12:30", 2, "2026-03-02T15:00"),  # at lunch
        ("2026-03-02T13:00", 2, "2026-03-02T15:00"),  # at that of its end
        ("2026-03-02T16:59:59.999999", 2, "2026-03-03T10:59:59.999999"),  # a moment before closing
        ("2026-03-02T17:00", 2, "2026-03-03T11:00"),  # at the very second of closing
        ("2026-03-02T20:00", 7, "2026-03-03T17:00"),  # after closing, a whole day
        ("2026-02-17T10:00", 1, "2026-02-24T10:00"),  # on a holiday
        ("2026-02-14T16:00", 2, "2026-02-24T10:00"),  # on a make-up Saturday, over the Spring Festival
        ("2026-02-13T16:00", 2, "2026-02-14T10:00"),
    ],
)
def test_b6_working_hours_begin_when_the_desk_opens(national: Calendar, start: str, budget: int, due_at: str) -> None:
    period = CountedPeriod(Unit.WORKHOUR, budget, datetime.fromisoformat(f"{start}+08:00"))
    assert ended(national, period).due_at == datetime.fromisoformat(f"{due_at}+08:00")


def test_the_last_day_ends_at_closing_time_where_the_policy_says_so(national: Calendar) -> None:
    start = datetime(2026, 3, 2, 20, tzinfo=TZ)
    closes = CountedPeriod(Unit.WORKDAY, 5, start, cut_off=CutOff.CLOSE)
    assert ended(national, closes).due_at == datetime(2026, 3, 9, 17, tzinfo=TZ)
    morning = merge([shipped()]).with_hours(Hours(((), (Interval.of("09:00", "12:00"),), (), (), (), (), ()), ()))
    assert ended(morning, closes).due_at == datetime(2026, 3, 10, tzinfo=TZ)  # closed on Mondays: 24:00


@pytest.mark.parametrize(
    ("since", "due_on"),
    [
        ("2026-03-09T16:59", "2026-03-13"),
        ("2026-03-09T17:01", "2026-03-09"),
        ("2026-03-06T16:59", "2026-03-16"),
        ("2026-03-06T17:01", "2026-03-13"),
        ("2026-03-07T18:00", "2026-03-13"),
    ],
)
def test_c11_a_pause_that_begins_after_closing_time_counts_from_the_next_day(
    national: Calendar, since: str, due_on: str
) -> None:
    pause = Pause(datetime.fromisoformat(f"{since}+08:00"), datetime(2026, 3, 12, 10, tzinfo=TZ))
    closes = CountedPeriod(Unit.WORKDAY, 5, datetime(2026, 3, 2, 20, tzinfo=TZ), (pause,), CutOff.CLOSE)
    assert ended(national, closes).due_on == date.fromisoformat(due_on)
    whole_day = replace(pause, since=moment_of_day(pause.since.date()))  # entered with its day alone: the desk was open
    assert ended(national, replace(closes, pauses=(whole_day,))) == ended(
        national, replace(closes, pauses=(replace(pause, since=datetime.combine(pause.since.date(), time(9), TZ)),))
    )


def test_a16_a_station_that_opens_on_tuesdays_and_fridays(national: Calendar) -> None:
    morning = (Interval.of("09:00", "12:00"),)
    week = Hours(((), morning, (), (), morning, (), ()), ())
    calendar = merge([shipped()]).with_hours(week)
    end = ended(calendar, CountedPeriod(Unit.WORKHOUR, 7, datetime(2026, 3, 2, 9, tzinfo=TZ)))
    assert end.due_at == datetime(2026, 3, 10, 10, tzinfo=TZ)  # three on Tuesday, three on Friday, one on Tuesday
    assert ended(calendar, CountedPeriod(Unit.WORKDAY, 7, datetime(2026, 3, 2, tzinfo=TZ))).due_on == date(2026, 3, 11)


@pytest.mark.parametrize("open_on", [days for n in range(1, 6) for days in combinations(range(5), n)])
def test_a16_any_opening_days_count_like_the_reference_counter(national: Calendar, open_on: tuple[int, ...]) -> None:
    morning = [("09:00", "12:00")]
    week = [morning if day in open_on else [] for day in range(7)]
    calendar = national.with_hours(Hours(tuple(tuple(Interval.of(*each) for each in day) for day in week), ()))
    for day in range(60):
        start = datetime(2026, 1, 26, 10, tzinfo=TZ) + timedelta(days=day)
        opened = reference_counter.open_time(
            reference_counter.works_in_china, lambda each: week[each.weekday()], TZ, start.date() - timedelta(days=1)
        )
        counted_end = reference_counter.end_of_hours(opened, timedelta(hours=7), start.astimezone(UTC), [])
        assert ended(calendar, CountedPeriod(Unit.WORKHOUR, 7, start)).due_at == counted_end


def _years(year: int = 2026) -> list[CalendarYear]:
    """Return a calendar in which every weekend is worked, so that the nights of clock changes are working time."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    weekends = tuple(NamedDay(day, DayKind.WORK, "上班") for day in days if day.weekday() > 4)
    return [CalendarYear("CN", year, YearStatus.OFFICIAL, "测试", weekends)]


@pytest.mark.parametrize(
    ("zone", "start", "budget", "due_at"),
    [
        ("Europe/Berlin", "2026-03-28T12:00+01:00", 24, "2026-03-29T13:00+02:00"),  # the night has no hour from 2 to 3
        ("Europe/Berlin", "2026-10-24T12:00+02:00", 24, "2026-10-25T11:00+01:00"),  # the hour from 2 to 3 comes twice
        ("Australia/Lord_Howe", "2026-10-03T12:00+10:30", 24, "2026-10-04T12:30+11:00"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-04T12:00+11:00", 24, "2026-04-05T11:30+10:30"),
        ("America/Sao_Paulo", "2018-11-03T12:00-03:00", 24, "2018-11-04T13:00-02:00"),  # the day begins at 1
        ("America/Sao_Paulo", "2018-02-17T12:00-02:00", 24, "2018-02-18T11:00-03:00"),  # its last hour comes twice
        ("Asia/Tehran", "2022-03-21T12:00+03:30", 24, "2022-03-22T13:00+04:30"),  # the day begins at 1
        ("Asia/Tehran", "2022-09-21T12:00+04:30", 24, "2022-09-22T11:00+03:30"),
        ("Asia/Shanghai", "2026-03-28T12:00+08:00", 24, "2026-03-29T12:00+08:00"),
    ],
)
def test_b1_b2_summer_time_neither_adds_nor_takes_time(zone: str, start: str, budget: int, due_at: str) -> None:
    around_the_clock = Hours(((ALL_DAY,),) * 7, (ALL_DAY,), ZoneInfo(zone))
    calendar = merge([_years(int(start[:4]))]).with_hours(around_the_clock)
    for unit in (Unit.WORKHOUR, Unit.HOUR):
        end = ended(calendar, CountedPeriod(unit, budget, datetime.fromisoformat(start)))
        assert end.due_at == datetime.fromisoformat(due_at)
        assert end.due_at - datetime.fromisoformat(start).astimezone(UTC) == timedelta(hours=budget)


def test_b2_in_every_time_zone_the_budget_passes_until_the_end() -> None:
    """The desk is open in the nights of clock changes."""
    year, rng = merge([_years(2010)]), random.Random(2010)
    night = [("00:00", "03:30"), ("20:00", "24:00")]
    wrong = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        open_at = tuple(Interval.of(*each) for each in night)
        calendar = year.with_hours(Hours((open_at,) * 7, open_at, zone))
        for _ in range(3):
            start = datetime(2010, 1, 5, tzinfo=UTC) + timedelta(seconds=rng.randrange(320 * 86400))
            budget = timedelta(hours=rng.randrange(1, 200))
            end = ended(calendar, CountedPeriod(Unit.WORKHOUR, budget // timedelta(hours=1), start)).due_at
            opened = reference_counter.open_time(
                lambda day: True, lambda day: night, zone, start.date() - timedelta(days=2)
            )
            if reference_counter.end_of_hours(opened, budget, start, []) != end:
                wrong.append((name, start, budget, end))
    assert wrong == []


def test_a15_the_lunch_break_does_not_count() -> None:
    calendar = merge([_years()]).with_hours(every_weekday(Interval.of("09:00", "12:00"), Interval.of("13:00", "17:00")))
    end = ended(calendar, CountedPeriod(Unit.WORKHOUR, 4, datetime(2026, 3, 2, 9, tzinfo=TZ)))
    assert end.due_at == datetime(2026, 3, 2, 14, tzinfo=TZ)
