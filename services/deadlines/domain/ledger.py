"""How a period was counted, day by day: what counted, and why the rest did not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bianmin.kit.clock import TZ
from services.deadlines.domain.calendar import Calendar, Day, SpanReversed
from services.deadlines.domain.periods import ONE_DAY, Period, Unit, counted_between, paused_days

_CLOSED = "不在开放时间内"
PAUSED = "特别程序或暂停期间，不计入"


Mark = Literal["start", "counted", "make_up", "rest", "paused", "closed", "rolled"]
"""What a day is to a period; `rolled`: it is full, and ends on a later day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger. `ordinal`: its number among the days that count; `spent`: of hours, how much."""

    date: date
    mark: Mark
    ordinal: int | None
    reason: str
    spent: timedelta | None = None

    @property
    def counted(self) -> bool:
        return self.ordinal is not None


def ledger(calendar: Calendar, period: Period, until: date) -> tuple[Entry, ...]:
    """A line a day from the start of a period to the day it ends on, or to any other day while it stands still.

    The counted days add up to the budget. Of calendar days that rolled over rest or a pause, the last is the day they
    rolled to. Raises `SpanReversed`, `YearMissing`.
    """
    if period.unit.is_of_time:
        return tuple(_of_time(calendar, period, until))
    return tuple(_of_days(calendar, period, until))


def _of_days(calendar: Calendar, period: Period, until: date) -> Iterator[Entry]:
    first, *others = calendar.days(period.start_on, until)
    yield Entry(first.date, "start", None, "起算日，不计入" if others else "当日办结，不计天数")
    paused = paused_days(period.pauses)
    ordinal = 0
    for day in others:
        mark, reason = _judged(day, period, until, _is_paused(day.date, paused), ordinal)
        counts = mark in ("counted", "make_up")
        ordinal += counts
        yield Entry(day.date, mark, ordinal if counts else None, reason)


def _judged(day: Day, period: Period, until: date, paused: bool, ordinal: int) -> tuple[Mark, str]:
    if paused:
        return "paused", PAUSED
    if ordinal == period.budget:
        return "rolled", "期限已满，按规定展至最后一日"
    if period.unit is Unit.WORKDAY:
        worked: Mark = "make_up" if day.make_up else "counted"
        return (worked if day.works else "rest"), day.reason
    if ordinal < period.budget - 1:
        return "counted", "自然日"
    if day.date < until:
        return "rolled", f"{day.reason}，最后一日顺延"
    return "counted", "自然日，最后一日"


def _of_time(calendar: Calendar, period: Period, until: date) -> Iterator[Entry]:
    days = calendar.days(period.start_on, until) if period.unit is Unit.WORKHOUR else _plain(period.start_on, until)
    paused = paused_days(period.pauses)
    remaining = timedelta(hours=period.budget)
    ordinal = 0
    for day in days:
        begins, ends = _midnight(day.date), _midnight(day.date + ONE_DAY)
        spent = min(remaining, counted_between(calendar, period, max(begins, period.start), ends))
        remaining -= spent
        ordinal += bool(spent)
        if spent:
            mark: Mark = "make_up" if day.make_up else "counted"
            yield Entry(day.date, mark, ordinal, day.reason, spent)
        elif not day.works:
            yield Entry(day.date, "rest", None, day.reason, spent)
        elif _is_paused(day.date, paused):
            yield Entry(day.date, "paused", None, PAUSED, spent)
        else:
            yield Entry(day.date, "closed", None, _CLOSED, spent)


def _plain(start: date, until: date) -> Sequence[Day]:
    if until < start:
        raise SpanReversed(start, until)
    return [Day(start + timedelta(days=n), True, "连续计时") for n in range((until - start).days + 1)]


def _is_paused(day: date, paused: Sequence[tuple[date, date | None]]) -> bool:
    return any(since <= day and (until is None or day <= until) for since, until in paused)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)
