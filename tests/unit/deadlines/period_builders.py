"""Periods with defaults, and shortcuts to count them."""

from datetime import date, datetime

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.clocks.breakdown import BreakdownDay, breakdown
from services.deadlines.domain.periods.counting import due_date, warning_at
from services.deadlines.domain.periods.period import (
    CountedPeriod,
    DueDate,
    Unit,
)
from services.deadlines.domain.terms.term import YELLOW


def day(text: str) -> date:
    return date.fromisoformat(text)


def midnight(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00:00+08:00")


def a_period(start: date, budget: int, unit: Unit) -> CountedPeriod:
    return CountedPeriod(unit, budget, datetime(start.year, start.month, start.day, 9, 30, tzinfo=TZ))


def due(calendar: Calendar, start: date, budget: int, unit: Unit) -> DueDate:
    end = due_date(calendar, a_period(start, budget, unit))
    assert end is not None
    return end


def explain(calendar: Calendar, start: date, until: date, budget: int, unit: Unit) -> tuple[BreakdownDay, ...]:
    return breakdown(calendar, a_period(start, budget, unit), until)


def skipped(calendar: Calendar, start: date, budget: int, unit: Unit) -> list[BreakdownDay]:
    end = due(calendar, start, budget, unit)
    return [entry for entry in explain(calendar, start, end.due_on, budget, unit)[1:] if not entry.counted]


def yellow_at(calendar: Calendar, start: date, budget: int, unit: Unit) -> datetime | None:
    period = a_period(start, budget, unit)
    return warning_at(calendar, period, due(calendar, start, budget, unit), YELLOW.units_left(budget))


OF_DAYS = [Unit.WORKDAY, Unit.DAY, Unit.IMMEDIATE]
