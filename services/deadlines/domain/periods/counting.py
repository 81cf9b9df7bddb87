"""Counting a period on a calendar: when it ends, when a warning is due, and how much of it is left."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar, SpanReversed
from services.deadlines.domain.calendar.hours import local_moment
from services.deadlines.domain.calendar.scales import (
    HOUR,
    DayScale,
    Gap,
    Scale,
    TimeScale,
    WorkdayScale,
    WorkingTimeScale,
    merge_gaps,
    position_after,
    tick,
    units_between,
    untick,
)
from services.deadlines.domain.periods.period import (
    ONE_DAY,
    CountedPeriod,
    CutOff,
    DueDate,
    Pause,
    Unit,
    day_of,
    midnight,
    moment_of_day,
)


def due_date(calendar: Calendar, period: CountedPeriod) -> DueDate | None:
    """Return the end of a period; None where a pause without an end comes before it.

    Working days leave out statutory holidays and count make-up workdays (行政许可法 art. 82). Calendar days that would
    end on a rest day, or in a pause, end on the first working day after it (民法典 art. 203). Hours end at
    the moment that counting gives (art. 201(2)), working hours within opening hours. Raises `YearMissing`.
    """
    end = _end(calendar, period)
    if end is None:
        return None
    if period.unit.is_of_time:
        due_at = untick(end).astimezone(TZ)
        due_on = day_of(due_at)
    else:
        due_on = date.fromordinal(end)
        due_at = _end_of_day(calendar, due_on, period.cut_off)
    if period.not_before is not None:
        floor = _rolled(calendar, period.not_before.toordinal(), _gaps(calendar, period, of_time=False))
        if floor is None:
            return None
        at_least = _end_of_day(calendar, date.fromordinal(floor), period.cut_off)
        if due_at < at_least:
            due_on, due_at = date.fromordinal(floor), at_least
    return DueDate(due_on, due_at, period.unit is not Unit.HOUR and calendar.is_estimated(period.start_on, due_on))


def warning_at(calendar: Calendar, period: CountedPeriod, end: DueDate, left: int) -> datetime | None:
    """Return the first moment at which at most `left` units of the budget are left; None where nothing is counted.

    Counted back from where the budget is used up, or from `end` where that comes first, in the time of the period
    itself. In days it is the start of the first of the last `left` days. For working days the last of them is the due
    day; for calendar days the day before the end moves over days off. A day of grace counts. Raises `YearMissing`.
    """
    if period.ends_at_once or left <= 0:
        return None
    scale, start, gaps = _axis(calendar, period)
    if period.unit.is_of_time:
        passed = units_between(scale, start, tick(end.due_at), gaps) - left * HOUR
        found = position_after(scale, start, max(0, passed), gaps)
        return found if found is None else untick(found).astimezone(TZ)
    in_all = units_between(scale, start, end.due_on.toordinal(), gaps)
    if period.not_before is None:
        in_all = min(in_all, period.budget)
    found = position_after(scale, start, max(1, in_all - left + 1), gaps)
    return found if found is None else midnight(date.fromordinal(found))


def counted_between(calendar: Calendar, period: CountedPeriod, since: datetime, until: datetime) -> timedelta:
    """Return how much time of a period of hours lies between two moments, without its pauses.

    Raises `SpanReversed`, `YearMissing`.
    """
    if until < since:
        raise SpanReversed(day_of(since), day_of(until))
    scale, _, gaps = _axis(calendar, period)
    return timedelta(microseconds=units_between(scale, tick(since), tick(until), gaps))


def paused_days(calendar: Calendar, period: CountedPeriod) -> list[tuple[date, date | None]]:
    """Return the days that do not count because of pauses, as spans with both ends included, in order.

    The spans do not overlap. The last may have no end. Raises `YearMissing`.
    """
    return [
        (date.fromordinal(since + 1), None if until is None else date.fromordinal(until))
        for since, until in _gaps(calendar, period, of_time=False)
    ]


def _end(calendar: Calendar, period: CountedPeriod) -> int | None:
    """Return the position at which the budget is used up; for calendar days moved over days off (民法典 art. 203)."""
    scale, start, gaps = _axis(calendar, period)
    if period.ends_at_once:
        return start
    count = period.budget * (HOUR if period.unit.is_of_time else 1)
    end = position_after(scale, start, count, gaps)
    if end is None or period.unit is not Unit.DAY:
        return end
    return _rolled(calendar, end, gaps)


def _rolled(calendar: Calendar, day: int, gaps: Sequence[Gap]) -> int | None:
    """Return the day itself, or the first after it that is worked and not paused. Days are ordinals."""
    day = calendar.roll_forward(date.fromordinal(day)).toordinal()
    for since, until in gaps:
        if since < day and (until is None or day <= until):
            if until is None:
                return None
            day = calendar.roll_forward(date.fromordinal(until + 1)).toordinal()
    return day


def _axis(calendar: Calendar, period: CountedPeriod) -> tuple[Scale, int, list[Gap]]:
    """Return the scale of a period, its start on the scale, and the gaps that its pauses are there."""
    of_time = period.unit.is_of_time
    gaps = _gaps(calendar, period, of_time=of_time)
    if of_time:
        return _scale_of_time(calendar, period), tick(period.start), gaps
    first = period.start_on
    run = calendar.run(first)
    return WorkdayScale(run) if period.unit is Unit.WORKDAY else DayScale(run), first.toordinal(), gaps


def _scale_of_time(calendar: Calendar, period: CountedPeriod) -> Scale:
    if period.unit is Unit.HOUR:
        return TimeScale()
    return _working_time(calendar, calendar.run(period.start_on).first)


@lru_cache(maxsize=512)
def _working_time(calendar: Calendar, first: int) -> WorkingTimeScale:
    return WorkingTimeScale(calendar.run(date.fromordinal(first)), calendar.hours)


def _gaps(calendar: Calendar, period: CountedPeriod, *, of_time: bool) -> list[Gap]:
    real = [pause for pause in period.pauses if pause.until != pause.since]
    if of_time:
        return merge_gaps([(tick(pause.since), None if pause.until is None else tick(pause.until)) for pause in real])
    return merge_gaps(
        [
            (
                _last_before(calendar, pause, period.cut_off),
                None if pause.until is None else day_of(pause.until).toordinal(),
            )
            for pause in real
        ]
    )


def _last_before(calendar: Calendar, pause: Pause, cut_off: CutOff) -> int:
    """Return the ordinal of the last day before a pause takes effect.

    A pause that starts after the desk has closed takes effect on the next day (`CutOff.CLOSE`). A pause of which only
    the day is known started while the desk was open.
    """
    day = day_of(pause.since)
    after_close = cut_off is CutOff.CLOSE and _end_of_day(calendar, day, cut_off) < pause.since != moment_of_day(day)
    return day.toordinal() - (not after_close)


def _end_of_day(calendar: Calendar, day: date, cut_off: CutOff) -> datetime:
    """Return the moment at which a day ends by the cut-off."""
    if cut_off is CutOff.CLOSE and (known := calendar.day(day)).works:
        intervals = calendar.hours.of(day, make_up=known.make_up)
        if intervals:
            return local_moment(day, intervals[-1].until, calendar.hours.zone).astimezone(TZ)
    return midnight(day + ONE_DAY)
