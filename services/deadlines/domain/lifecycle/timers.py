"""Commands of timers: send the signals that are due, and recalculate clocks after a publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.events.deadlines import ClockRescheduled
from bianmin.kit.decide import Cause
from services.deadlines.domain.clocks.changes import with_current_policy
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.clocks.firing import fire_signals
from services.deadlines.domain.lifecycle.breaches import apply_clock_changes
from services.deadlines.domain.lifecycle.changes import recalculate
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class FireSignals:
    """Send the signals of a clock that are due by `now`. `fire_at`: when the timer saw the next one due."""

    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    now: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class RecountClocks:
    """Recalculate the open clocks of a subject, as of `now`, after a publication at `fire_at`."""

    subject_id: UUID
    fire_at: datetime
    now: datetime
    by: Cause


TimerCommand = FireSignals | RecountClocks


def decide_timer(book: Rulebook, subject: Subject, command: TimerCommand) -> Sequence[Fact]:
    """Carry out a timer command. Raises `YearMissing`."""
    match command:
        case FireSignals(clock_id=clock_id, now=now):
            return apply_clock_changes(book, subject, [fire_signals(subject.clock(clock_id), subject.kind, now)], now)
        case RecountClocks(now=now):
            return recount(book, subject, now)


def recount(book: Rulebook, subject: Subject, now: datetime) -> Sequence[Fact]:
    """Recalculate the open clocks by the calendars and policies in force. Raises `YearMissing`.

    No clock becomes late by another calendar alone: it gets a day of grace.
    """

    def current(clock: Clock) -> Clock:
        return with_current_policy(book, subject.item, clock)

    return recalculate(book, subject, current, now)


def preview_recount(book: Rulebook, subject: Subject, now: datetime) -> list[ClockRescheduled]:
    """Return the due dates of a subject that a recount by `book` would move. Raises `YearMissing`."""
    return [fact for fact in recount(book, subject, now) if isinstance(fact, ClockRescheduled)]
