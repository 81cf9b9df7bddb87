"""Periods of the law: when they end, when they are almost over, and which of their days count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bianmin.kit.clock import TZ
from services.deadlines.domain.calendar import Calendar, Day, SpanReversed

ONE_DAY = timedelta(days=1)
LONGEST = 3650  # units; no period of this field is longer than ten years


class Unit(StrEnum):
    """Never converted into one another."""

    WORKDAY = "workday"
    DAY = "day"
    IMMEDIATE = "immediate"


class BudgetOutOfRange(ValueError):
    """A period of a length that no rule can have."""

    def __init__(self) -> None:
        super().__init__(f"期限应为 0 到 {LONGEST} 之间的整数")


@dataclass(frozen=True, slots=True)
class Due:
    due_on: date
    due_at: datetime  # 24:00 of `due_on`
    provisional: bool  # touches a year that is only estimated: 暂定
    skipped: tuple[Day, ...]  # days after the start, up to the due day, that do not count


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger that explains a due date."""

    date: date
    counted: bool
    ordinal: int | None  # its number among the counted days
    reason: str


def due(calendar: Calendar, start: date, budget: int, unit: Unit) -> Due:
    """The end of a period; the start day is not counted (民法典 art. 201).

    Working days leave out statutory holidays and count make-up workdays (行政许可法 art. 82). Calendar days that would
    end on a rest day end on the first working day after it (民法典 art. 203). A budget of 0, and whatever is to be done
    at once (`immediate`, which has no budget), ends on the start day.
    """
    nominal = _nominal_end(calendar, start, budget, unit)
    due_on = calendar.roll_forward(nominal) if unit is Unit.DAY and nominal > start else nominal
    # calendar days skip nothing but the rest that the last of them rolled over
    uncounted_after = nominal - ONE_DAY if unit is Unit.DAY else start
    return Due(
        due_on=due_on,
        due_at=_midnight(due_on + ONE_DAY),
        provisional=calendar.is_estimated(start, due_on),
        skipped=calendar.rests(uncounted_after, due_on) if due_on > start else (),
    )


def yellow_at(calendar: Calendar, due_on: date, budget: int, unit: Unit) -> datetime | None:
    """The first moment at which a tenth of the budget, at least a day, is left; None where there is no budget.

    Walked back from the due day in the unit of the period: 5 working days turn yellow as the due day begins, 20 as the
    working day before it does.
    """
    _check(budget)
    if budget == 0 or unit is Unit.IMMEDIATE:
        return None
    days_before_the_last = max(1, budget // 10) - 1
    if unit is Unit.WORKDAY:
        return _midnight(calendar.add_workdays(due_on, -days_before_the_last))
    return _midnight(calendar.add_days(due_on, -days_before_the_last))


def is_late(stopped_at: datetime, due_at: datetime) -> bool:
    """Stopped after the period; at its very last moment is in time."""
    return stopped_at > due_at


def is_early(stopped_at: datetime, due_on: date) -> bool:
    """Stopped before the due day began."""
    return stopped_at < _midnight(due_on)


def consumed(calendar: Calendar, start: date, until: date, unit: Unit) -> int:
    """How much of a budget the days after `start`, up to and including `until`, have used up."""
    if until < start:
        raise SpanReversed(start, until)
    match unit:
        case Unit.WORKDAY:
            return calendar.workdays_between(start, until)
        case Unit.DAY:
            return (until - start).days
        case Unit.IMMEDIATE:
            return 0


def explain(calendar: Calendar, start: date, due_on: date, budget: int, unit: Unit) -> tuple[Entry, ...]:
    """The ledger of a period, a line a day from `start` to the `due_on` that this calendar gave it.

    The counted days add up to the budget. Of calendar days that rolled over a rest, the last is the day they rolled to.
    """
    _check(budget)
    return tuple(_ledger(calendar, start, due_on, budget, unit))


def _ledger(calendar: Calendar, start: date, due_on: date, budget: int, unit: Unit) -> Iterator[Entry]:
    first, *others = calendar.days(start, due_on)
    yield Entry(first.date, False, None, "起算日，不计入" if others else "当日办结，不计天数")
    ordinal = 0
    for day in others:
        if unit is Unit.WORKDAY:
            counted, reason = day.works, day.reason
        elif ordinal < budget - 1:
            counted, reason = True, "自然日"
        elif day.date < due_on:
            counted, reason = False, f"{day.reason}，最后一日顺延"
        else:
            counted, reason = True, "自然日，最后一日"
        ordinal += counted
        yield Entry(day.date, counted, ordinal if counted else None, reason)


def _nominal_end(calendar: Calendar, start: date, budget: int, unit: Unit) -> date:
    _check(budget)
    match unit:
        case Unit.WORKDAY:
            return calendar.add_workdays(start, budget)
        case Unit.DAY:
            return calendar.add_days(start, budget)
        case Unit.IMMEDIATE:
            return start


def _check(budget: int) -> None:
    if not 0 <= budget <= LONGEST:
        raise BudgetOutOfRange


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)
