"""The state of one clock, of who is responsible for it, and of the pauses that stop it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from bianmin.events.parts import Lamp
from services.deadlines.domain.clocks.signals import Signal, SignalTimes, lamp_at
from services.deadlines.domain.periods.period import CountedPeriod, DueDate, Pause
from services.deadlines.domain.terms.term import Term

ClockState = Literal["running", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class ResponsibleUnit:
    """The unit that is responsible for a clock and gets its cards: an org, and a department of it where it has any."""

    org: str
    dept: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectPause:
    """A pause of all clocks of a subject that can be paused. It stays on record after its end.

    `reason`: the kind of the special procedure. `legal_basis`: in Chinese, for the applicant. `evidence`: the id of the
    event that announced the pause.
    """

    id: UUID
    pause: Pause
    reason: str
    legal_basis: str
    evidence: UUID | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A period that is being watched for a subject.

    `term` and `period` are what was decided; `end`, `reminder_at`, `yellow_at` and `calendar_version` follow from them
    and from the calendar (`count_ends`). `end` is None while the clock is paused. `cycle`: which opening of the subject
    the clock belongs to, from 1. `sent_signals`: each signal is sent once. `late`: None until the clock is stopped.
    `version` counts the changes, from 1.
    """

    id: UUID
    term: Term
    responsible: ResponsibleUnit
    period: CountedPeriod
    end: DueDate | None
    calendar_version: str
    reminder_at: datetime | None = None
    yellow_at: datetime | None = None
    cycle: int = 1
    lamp: Lamp = "green"
    sent_signals: frozenset[Signal] = frozenset()
    state: ClockState = "running"
    stopped_at: datetime | None = None
    late: bool | None = None
    version: int = 1

    @property
    def extended_by(self) -> int:
        """By how many units of its term the clock was extended."""
        return self.period.budget - self.term.budget

    @property
    def signal_times(self) -> SignalTimes:
        """When each signal is due."""
        return SignalTimes.of(self.reminder_at, self.yellow_at, self.end.due_at if self.end else None)

    @property
    def next_fire_at(self) -> datetime | None:
        """When the next signal is due or the lamp turns; None when neither can happen, or the clock does not run."""
        return self.signal_times.next(self.lamp, self.sent_signals) if self.state == "running" else None

    def lamp_at(self, moment: datetime) -> Lamp:
        """Return what the lamp has to show at a moment. A paused clock and a window keep the lamp they have."""
        if self.end is None or self.term.is_window:
            return self.lamp
        return lamp_at(moment, self.yellow_at, self.end.due_at)


def with_changes(clock: Clock, counted: Clock, at: datetime) -> Clock:
    """Return `counted`, the same clock after a recount at `at`, with the lamp that follows from its end.

    Returns `clock` itself where nothing but the version of the calendar has changed.
    """
    if replace(counted, calendar_version=clock.calendar_version) == clock:
        return clock
    lamp = counted.lamp_at(at) if counted.state == "running" else counted.lamp
    return next_version(clock, replace(counted, lamp=lamp))


def next_version(before: Clock, after: Clock) -> Clock:
    """Return `after` with the version following that of `before`; unchanged where both are equal."""
    return after if after == before else replace(after, version=before.version + 1)
