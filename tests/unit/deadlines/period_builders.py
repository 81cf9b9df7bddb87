"""Periods with defaults, and shortcuts to count them."""

from datetime import date, datetime, timedelta

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.scales import HOUR, DayScale, WorkdayScale, units_between
from services.deadlines.domain.clocks.breakdown import BreakdownDay, breakdown
from services.deadlines.domain.periods.counting import counted_between, due_date, paused_days, warning_at
from services.deadlines.domain.periods.period import CountedPeriod, DueDate, Unit, day_of
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


def budget_left(calendar: Calendar, period: CountedPeriod, at: datetime) -> int:
    """Return how much of the budget is left at `at`: microseconds for units of hours, else days; below 0 when late.

    A day is used up at its end. The days off that the end of a period moves over come on top.
    """
    if period.ends_at_once:
        return 0
    if period.unit.is_of_time:
        return period.budget * HOUR - counted_between(calendar, period, period.start, at) // timedelta(microseconds=1)
    run, start = calendar.run(period.start_on), period.start_on.toordinal()
    scale = WorkdayScale(run) if period.unit is Unit.WORKDAY else DayScale(run)
    gaps = [
        (since.toordinal() - 1, until.toordinal() if until else None) for since, until in paused_days(calendar, period)
    ]
    return period.budget - units_between(scale, start, max(start, day_of(at).toordinal() - 1), gaps)
