"""Periods of the law: when they end, when they are almost over, and how much of them is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar import Calendar, SpanReversed
from services.deadlines.domain.hours import moment
from services.deadlines.domain.scales import (
    HOUR,
    Days,
    Gap,
    Scale,
    Time,
    Workdays,
    WorkingTime,
    counted,
    reach,
    tick,
    union,
    untick,
)

ONE_DAY = timedelta(days=1)
LONGEST = 3650  # units; no period of this field is longer than ten years


class Unit(StrEnum):
    """Never converted into one another."""

    WORKDAY = "workday"
    WORKHOUR = "workhour"
    DAY = "day"
    HOUR = "hour"
    IMMEDIATE = "immediate"

    @property
    def is_of_time(self) -> bool:
        """Whether it runs from a moment to a moment; the others from a day to a day."""
        return self in (Unit.HOUR, Unit.WORKHOUR)


class CutOff(StrEnum):
    """When the last day of a period is over (民法典 art. 203)."""

    MIDNIGHT = "24:00"
    CLOSE = "close"
    """As the desk closes; 24:00 on a day on which it does not open."""


class BudgetOutOfRange(ValueError):
    """A period of a length that no rule can have."""

    def __init__(self) -> None:
        super().__init__(f"期限应为 0 到 {LONGEST} 之间的整数")


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count (行政许可法 art. 45). `until` is None while it lasts.

    In periods of days every day from its first to its last does not count, both included; in periods of hours, the very
    time between the two moments. What ended as it began was no pause. Where a day is over as the desk closes, a pause
    that begins later begins with the next: what was missed by then is not undone.
    """

    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise SpanReversed(_day(self.since), _day(self.until))


@dataclass(frozen=True, slots=True)
class Period:
    """How much time, of which kind, from when, and without what.

    `budget`: in units, an extension included. Days are counted from the day after `start` (民法典 art. 201), hours from
    `start` itself. `not_before`: a day before whose end it is not over, whatever the counting says; should that be in a
    pause, or at rest, the next working day after it.
    """

    unit: Unit
    budget: int
    start: datetime
    pauses: tuple[Pause, ...] = ()
    cut_off: CutOff = CutOff.MIDNIGHT
    not_before: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.budget <= LONGEST:
            raise BudgetOutOfRange

    @property
    def start_on(self) -> date:
        return _day(self.start)

    @property
    def ends_at_once(self) -> bool:
        """Whether there is nothing to count: it is over with the day, or the moment, in which it began."""
        return self.budget == 0 or self.unit is Unit.IMMEDIATE


@dataclass(frozen=True, slots=True)
class Due:
    due_on: date
    due_at: datetime
    provisional: bool  # touches a year that is only estimated: 暂定


def due(calendar: Calendar, period: Period) -> Due | None:
    """The end of a period; None while it stands still in a pause that is not over.

    Working days leave out statutory holidays and count make-up workdays (行政许可法 art. 82). Calendar days that would
    end on a rest day, or in a pause, end on the first working day after it (民法典 art. 203). Hours end where they end
    (art. 201(2)), working hours within the hours of the desk. Raises `YearMissing`.
    """
    end = _end(calendar, period)
    if end is None:
        return None
    if period.unit.is_of_time:
        due_at = untick(end).astimezone(TZ)
        due_on = _day(due_at)
    else:
        due_on = date.fromordinal(end)
        due_at = _over(calendar, due_on, period.cut_off)
    if period.not_before is not None:
        floor = _rolled(calendar, period.not_before.toordinal(), _gaps(calendar, period, of_time=False))
        if floor is None:
            return None
        at_least = _over(calendar, date.fromordinal(floor), period.cut_off)
        if due_at < at_least:
            due_on, due_at = date.fromordinal(floor), at_least
    return Due(due_on, due_at, period.unit is not Unit.HOUR and calendar.is_estimated(period.start_on, due_on))


def nearing(calendar: Calendar, period: Period, end: Due, left: int) -> datetime | None:
    """The first moment at which no more than `left` units are left of the budget; None where nothing is counted.

    Walked back in the time of the period itself, from where the budget is used up, or from the `end` where that comes
    first. In days it is the beginning of the day with which the last `left` days begin: of 5 working days, the last
    begins with the due day; of calendar days, with the day from which the end rolls over rest. A day of grace counts.
    """
    if period.ends_at_once or left <= 0:
        return None
    scale, start, gaps = _axis(calendar, period)
    if period.unit.is_of_time:
        passed = counted(scale, start, tick(end.due_at), gaps) - left * HOUR
        found = reach(scale, start, max(0, passed), gaps)
        return found if found is None else untick(found).astimezone(TZ)
    in_all = counted(scale, start, end.due_on.toordinal(), gaps)
    if period.not_before is None:
        in_all = min(in_all, period.budget)
    found = reach(scale, start, max(1, in_all - left + 1), gaps)
    return found if found is None else _midnight(date.fromordinal(found))


def left(calendar: Calendar, period: Period, at: datetime) -> int:
    """How much of a budget is left at a moment: in microseconds where it is of hours, else in its days; below 0 late.

    A day that has begun is used up with its end. Days that the last of a period rolls over come on top.
    """
    if period.ends_at_once:
        return 0
    if _day(at) < period.start_on or (period.unit.is_of_time and at < period.start):
        raise SpanReversed(period.start_on, _day(at))
    scale, start, gaps = _axis(calendar, period)
    if period.unit.is_of_time:
        return period.budget * HOUR - counted(scale, start, tick(at), gaps)
    yesterday = max(start, _day(at).toordinal() - 1)
    return period.budget - counted(scale, start, yesterday, gaps)


def counted_between(calendar: Calendar, period: Period, since: datetime, until: datetime) -> timedelta:
    """How much time of a period of hours passes between two moments, pauses left out. Raises `SpanReversed`."""
    if until < since:
        raise SpanReversed(_day(since), _day(until))
    scale, _, gaps = _axis(calendar, period)
    return timedelta(microseconds=counted(scale, tick(since), tick(until), gaps))


def is_late(stopped_at: datetime, due_at: datetime) -> bool:
    """Stopped after the period; at its very last moment is in time."""
    return stopped_at > due_at


def some_time_on(day: date) -> datetime:
    """The moment that stands for an act of which only the day is told, by a desk that was offline: the last of it."""
    return datetime.combine(day, time.max, TZ)


def done_at(at: datetime, end: Due, unit: Unit) -> datetime:
    """When an act counts as done for a period. What is told by its day alone was done at an open desk: on the last day
    of a period of days it is in time, also where that is over as the desk closes (民法典 art. 203)."""
    by_day = not unit.is_of_time and at == some_time_on(end.due_on)
    return min(at, end.due_at) if by_day else at


def is_early(stopped_at: datetime, due_on: date) -> bool:
    """Stopped before the due day began."""
    return stopped_at < _midnight(due_on)


def paused_days(calendar: Calendar, period: Period) -> list[tuple[date, date | None]]:
    """The days that its pauses take out, as spans with both ends included, in order and without overlaps."""
    return [
        (date.fromordinal(since + 1), None if until is None else date.fromordinal(until))
        for since, until in _gaps(calendar, period, of_time=False)
    ]


def _end(calendar: Calendar, period: Period) -> int | None:
    """The position at which the budget is used up, rolled over rest where that is the rule."""
    scale, start, gaps = _axis(calendar, period)
    if period.ends_at_once:
        return start
    count = period.budget * (HOUR if period.unit.is_of_time else 1)
    end = reach(scale, start, count, gaps)
    if end is None or period.unit is not Unit.DAY:
        return end
    return _rolled(calendar, end, gaps)


def _rolled(calendar: Calendar, day: int, gaps: Sequence[Gap]) -> int | None:
    """The day itself, or the first after it that is worked and not paused."""
    day = calendar.roll_forward(date.fromordinal(day)).toordinal()
    for since, until in gaps:
        if since < day and (until is None or day <= until):
            if until is None:
                return None
            day = calendar.roll_forward(date.fromordinal(until + 1)).toordinal()
    return day


def _axis(calendar: Calendar, period: Period) -> tuple[Scale, int, list[Gap]]:
    """What a period is counted on, where it starts there, and what does not count there."""
    of_time = period.unit.is_of_time
    gaps = _gaps(calendar, period, of_time=of_time)
    if of_time:
        return _scale_of_time(calendar, period), tick(period.start), gaps
    first = period.start_on
    run = calendar.run(first)
    return Workdays(run) if period.unit is Unit.WORKDAY else Days(run), first.toordinal(), gaps


def _scale_of_time(calendar: Calendar, period: Period) -> Scale:
    match period.unit:
        case Unit.HOUR:
            return Time()
        case Unit.WORKHOUR:
            return _working_time(calendar, calendar.run(period.start_on).first)
    raise AssertionError(period.unit)


@lru_cache(maxsize=512)
def _working_time(calendar: Calendar, first: int) -> WorkingTime:
    return WorkingTime(calendar.run(date.fromordinal(first)), calendar.hours)


def _gaps(calendar: Calendar, period: Period, *, of_time: bool) -> list[Gap]:
    real = [pause for pause in period.pauses if pause.until != pause.since]
    if of_time:
        return union([(tick(pause.since), None if pause.until is None else tick(pause.until)) for pause in real])
    return union(
        [
            (
                _last_before(calendar, pause, period.cut_off),
                None if pause.until is None else _day(pause.until).toordinal(),
            )
            for pause in real
        ]
    )


def _last_before(calendar: Calendar, pause: Pause, cut_off: CutOff) -> int:
    """The last day that a pause leaves as it is: of one that begins when the desk has closed, that very day. What is
    told by its day alone began while the desk was open."""
    day = _day(pause.since)
    after_close = cut_off is CutOff.CLOSE and _over(calendar, day, cut_off) < pause.since != some_time_on(day)
    return day.toordinal() - (not after_close)


def _over(calendar: Calendar, day: date, cut_off: CutOff) -> datetime:
    """The moment at which a day is over."""
    if cut_off is CutOff.CLOSE and (facts := calendar.day(day)).works:
        intervals = calendar.hours.of(day, make_up=facts.make_up)
        if intervals:
            return moment(day, intervals[-1].until, calendar.hours.zone).astimezone(TZ)
    return _midnight(day + ONE_DAY)


def _day(moment: datetime) -> date:
    return moment.astimezone(TZ).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)
