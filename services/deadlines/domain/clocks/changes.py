"""How a clock changes before it is recalculated: its pauses, its policy, a day of grace; and the record of a move."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import Calendar
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import is_late
from services.deadlines.domain.terms.law import PAUSED_BY_PROCEDURES, without_policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import ItemTerms


@dataclass(frozen=True, slots=True)
class DueDateChange:
    """A due date that moved, as it is kept on record in table `clock_move`.

    `reason`: `extension` by `extended_by` units, `calendar`, `policy`, or `law` (the statutory clock that caps a
    promise has moved). A day is None where the clock was paused.
    """

    moved_at: datetime
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str


def with_pauses(clock: Clock, pauses: Sequence[SubjectPause]) -> Clock:
    """Return the clock with the pauses of its subject, where pauses stop its kind (行政许可法 art. 45).

    It is not counted yet.
    """
    if not pauses or clock.term.kind not in PAUSED_BY_PROCEDURES:
        return clock
    return replace(clock, period=replace(clock.period, pauses=tuple(each.pause for each in pauses)))


def with_current_policy(book: Rulebook, item: ItemTerms | None, clock: Clock) -> Clock:
    """Return the clock by the policies in force at its responsible unit, not counted yet.

    Extensions stay, and what was used of the period stays used.
    """
    [term] = book.applicable_terms(clock.responsible.org, [without_policy(clock.term)], item)
    if term == clock.term:
        return clock
    period = replace(clock.period, unit=term.unit, budget=term.budget + clock.extended_by, cut_off=term.cut_off)
    return replace(clock, term=term, period=period)


def with_grace(calendar: Calendar, clock: Clock, at: datetime) -> Clock:
    """Return the clock with a day of grace where another calendar alone would make it late at `at`; else unchanged.

    A clock that was in time or paused before the recount ends on the next working day at the earliest. Raises
    `YearMissing`.
    """
    end = due_date(calendar, clock.period)
    if end is None or end.due_at > at or (clock.end is not None and is_late(at, clock.end.due_at)):
        return clock
    tomorrow = calendar.add_workdays(at.astimezone(TZ).date(), 1)
    for day in [tomorrow] if clock.end is None else [min(tomorrow, clock.end.due_on), tomorrow]:
        with_floor = replace(clock.period, not_before=day)
        end = due_date(calendar, with_floor)
        if end is None or end.due_at > at:
            break
    return replace(clock, period=with_floor)
