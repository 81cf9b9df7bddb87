"""Creating clocks for terms, and counting when they end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.periods.counting import due_date, warning_at
from services.deadlines.domain.periods.period import CountedPeriod, DueDate
from services.deadlines.domain.terms.law import CAPPED_BY_STATUTORY_PERIOD
from services.deadlines.domain.terms.term import Mark, Term


def new_clocks(
    terms: Sequence[Term], ids: Sequence[UUID], since: datetime, responsible: ResponsibleUnit, cycle: int = 1
) -> list[Clock]:
    """Return a clock for each term, with the ids in order; spare ids are not used. Their ends are not counted yet.

    Terms of days start on the date of `since` in the county's zone, terms of hours at `since` itself.
    """
    return [
        Clock(
            id=id,
            term=term,
            responsible=responsible,
            period=CountedPeriod(term.unit, term.budget, since, cut_off=term.cut_off),
            end=None,
            calendar_version="",
            cycle=cycle,
        )
        for term, id in zip(terms, ids, strict=False)
    ]


def count_ends(calendars: Calendars, clocks: Sequence[Clock]) -> list[Clock]:
    """Return all open clocks of one cycle of a subject with their ends and signal times recalculated.

    Each is counted by the calendar of its responsible unit. A promise and a step end with the statutory clock at the
    latest: 10 calendar days can be longer than 7 working days. A statutory clock that ends before a pause also ends a
    promise that the pause would have stopped. Stopped clocks stay unchanged. Raises `YearMissing`.
    """
    own_calendars = [calendars.of(clock.responsible.org) for clock in clocks]
    ends = [due_date(calendar, clock.period) for calendar, clock in zip(own_calendars, clocks, strict=True)]
    statutory = [
        end for clock, end in zip(clocks, ends, strict=True) if clock.term.kind == "statutory" and end is not None
    ]
    return [
        _with_end(calendar, clock, end, statutory)
        for calendar, clock, end in zip(own_calendars, clocks, ends, strict=True)
    ]


def _with_end(calendar: Calendar, clock: Clock, own_end: DueDate | None, statutory: Sequence[DueDate]) -> Clock:
    if clock.state == "stopped":
        return clock
    ends = [
        *([own_end] if own_end else []),
        *(statutory if clock.term.kind in CAPPED_BY_STATUTORY_PERIOD else []),
    ]
    if not ends:
        return replace(
            clock, end=None, reminder_at=None, yellow_at=None, state="paused", calendar_version=calendar.version
        )
    end = min(ends, key=lambda each: each.due_at)
    return replace(
        clock,
        end=end,
        reminder_at=_signal_at(calendar, clock, end, clock.term.reminder),
        yellow_at=_signal_at(calendar, clock, end, clock.term.yellow),
        state="running",
        calendar_version=calendar.version,
    )


def _signal_at(calendar: Calendar, clock: Clock, end: DueDate, mark: Mark) -> datetime | None:
    if clock.term.is_window:
        return None
    return warning_at(calendar, clock.period, end, mark.units_left(clock.period.budget))
