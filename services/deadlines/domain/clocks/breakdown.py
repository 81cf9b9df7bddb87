"""The breakdown of a period: day by day, what counted, and why the rest did not, in Chinese."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bianmin.domain.labels_zh import PROCEDURES
from services.deadlines.domain.calendar.days import Calendar, Day, SpanReversed
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.periods.counting import counted_between, due_date, paused_days
from services.deadlines.domain.periods.period import ONE_DAY, CountedPeriod, Unit, midnight

_CLOSED = "不在开放时间内"
_GRACE = "期限已满，宽限的日子"
_OVER_AT_MIDNIGHT = "期限在这一天零时届满"
ANY_PROCEDURE = "特别程序"


DayMark = Literal["start", "counted", "make_up", "rest", "paused", "closed", "rolled"]
"""How a day counts for a period. `start`: the start day, not counted. `counted`; `make_up`: counted, a make-up workday.
`rest`: a day off. `paused`. `closed`: no opening hours. `rolled`: the budget is used up, and the end is a later day."""


@dataclass(frozen=True, slots=True)
class BreakdownDay:
    """A day of a breakdown. `ordinal`: its number among the counted days, from 1; None where it does not count.

    `spent`: the time that counts on it, for units of hours.
    """

    date: date
    mark: DayMark
    ordinal: int | None
    reason: str
    spent: timedelta | None = None

    @property
    def counted(self) -> bool:
        """Whether the day counts."""
        return self.ordinal is not None


def breakdown(
    calendar: Calendar, period: CountedPeriod, until: date, pauses: Sequence[SubjectPause] = ()
) -> tuple[BreakdownDay, ...]:
    """Return all days from the start of a period until `until`: the due day, or any day while it is paused.

    The counted days add up to the budget. Where the end of calendar days moves over days off or a pause, the last
    counted day is the day it moves to. `pauses`: the reasons of the period's pauses. Raises `SpanReversed`,
    `YearMissing`.
    """
    days = _of_time if period.unit.is_of_time else _of_days
    return tuple(days(calendar, period, until, pauses))


def due_on_without_grace(calendar: Calendar, period: CountedPeriod) -> date | None:
    """Return the day on which a period would have ended without its day of grace; None where it made no difference.

    Raises `YearMissing`.
    """
    if period.not_before is None:
        return None
    with_it, by_itself = due_date(calendar, period), due_date(calendar, replace(period, not_before=None))
    return by_itself.due_on if with_it and by_itself and by_itself.due_at < with_it.due_at else None


def _of_days(
    calendar: Calendar, period: CountedPeriod, until: date, pauses: Sequence[SubjectPause]
) -> Iterator[BreakdownDay]:
    ends = min(until, due_on_without_grace(calendar, period) or until)
    first, *others = calendar.days(period.start_on, until)
    yield BreakdownDay(first.date, "start", None, "起算日，不计入" if others else "当日办结，不计天数")
    paused, procedures = paused_days(calendar, period), _procedures(calendar, period, pauses)
    ordinal = 0
    for day in others:
        if day.date > ends and not _is_paused(day.date, paused):
            yield BreakdownDay(day.date, "rolled", None, _GRACE)
            continue
        mark, reason = _mark_of_day(day, period, ends, _is_paused(day.date, paused), ordinal)
        if mark == "paused":
            reason = f"{procedures(day.date)}期间，不计入"
        counts = mark in ("counted", "make_up")
        ordinal += counts
        yield BreakdownDay(day.date, mark, ordinal if counts else None, reason)


def _mark_of_day(day: Day, period: CountedPeriod, until: date, paused: bool, ordinal: int) -> tuple[DayMark, str]:
    if paused:
        return "paused", ""
    if ordinal == period.budget:
        return "rolled", "期限已满，按规定展至最后一日"
    if period.unit is Unit.WORKDAY:
        worked: DayMark = "make_up" if day.make_up else "counted"
        return (worked if day.works else "rest"), day.reason
    if ordinal < period.budget - 1:
        return "counted", "自然日"
    if day.date < until:
        return "rolled", f"{day.reason}，最后一日顺延"
    return "counted", "自然日，最后一日"


def _of_time(
    calendar: Calendar, period: CountedPeriod, until: date, pauses: Sequence[SubjectPause]
) -> Iterator[BreakdownDay]:
    days = calendar.days(period.start_on, until) if period.unit is Unit.WORKHOUR else _all_days(period.start_on, until)
    paused, procedures = paused_days(calendar, period), _procedures(calendar, period, pauses)
    remaining = timedelta(hours=period.budget)
    ordinal = 0
    for day in days:
        begins, ends = midnight(day.date), midnight(day.date + ONE_DAY)
        spent = min(remaining, counted_between(calendar, period, max(begins, period.start), ends))
        remaining -= spent
        ordinal += bool(spent)
        if spent:
            mark: DayMark = "make_up" if day.make_up else "counted"
            but = f"（{procedures(day.date)}暂停的时间除外）" if _is_paused(day.date, paused) else ""
            yield BreakdownDay(day.date, mark, ordinal, f"{day.reason}，计入{_length(spent)}{but}", spent)
        elif not remaining:
            over = "起算时即届满" if day.date == period.start_on else _OVER_AT_MIDNIGHT
            yield BreakdownDay(day.date, "rolled", None, over if period.not_before is None else _GRACE, spent)
        elif not day.works:
            yield BreakdownDay(day.date, "rest", None, day.reason, spent)
        elif _is_paused(day.date, paused):
            yield BreakdownDay(day.date, "paused", None, f"{procedures(day.date)}期间，不计入", spent)
        else:
            yield BreakdownDay(day.date, "closed", None, _CLOSED, spent)


def _all_days(start: date, until: date) -> Sequence[Day]:
    if until < start:
        raise SpanReversed(start, until)
    return [Day(start + timedelta(days=n), True, "连续计时") for n in range((until - start).days + 1)]


def _is_paused(day: date, paused: Sequence[tuple[date, date | None]]) -> bool:
    return any(since <= day and (until is None or day <= until) for since, until in paused)


def _procedures(calendar: Calendar, period: CountedPeriod, pauses: Sequence[SubjectPause]) -> Callable[[date], str]:
    """Return a function that names the procedures that paused a day, each once."""
    named_spans = [
        (PROCEDURES.get(each.reason, ANY_PROCEDURE), paused_days(calendar, replace(period, pauses=(each.pause,))))
        for each in pauses
    ]

    def procedures_of(day: date) -> str:
        names = [name for name, days in named_spans if _is_paused(day, days)]
        return "、".join(dict.fromkeys(names)) or ANY_PROCEDURE

    return procedures_of


def _length(spent: timedelta) -> str:
    """Return a length of time such as `3小时20分`."""
    minutes, seconds = divmod(round(spent.total_seconds()), 60)
    parts = ((minutes // 60, "小时"), (minutes % 60, "分"), (seconds, "秒"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "不到1秒"
