"""Sending the signals of a clock that are due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from services.deadlines.domain.clocks.clock import Clock, next_version
from services.deadlines.domain.clocks.events import (
    EVENT_OF_SIGNAL,
    ClockEvent,
    ClockFields,
    DueFields,
    clock_fields,
    lamp_turned,
)
from services.deadlines.domain.clocks.signals import Signal, SignalTimes, lamp_at
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.periods.period import is_late
from services.deadlines.domain.terms.term import WINDOWS


class SignalState(NamedTuple):
    """The part of a running clock that its signals depend on; enough to send them without loading the subject."""

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: str | None
    cycle: int
    org: str
    dept: str | None
    due_on: date
    due_at: datetime
    reminder_at: datetime | None
    yellow_at: datetime | None
    lamp: Lamp
    sent_signals: frozenset[Signal]

    def has_no_side_effects(self, now: datetime) -> bool:
        """Whether the signals due by `now` only announce: the clock is not late and is not a window that closes."""
        return not is_late(now, self.due_at) and (self.kind, self.stage) not in WINDOWS

    def fire(self, now: datetime) -> "FiredSignals":
        """Send the signals that are due by `now`, in their order."""
        clock: ClockFields = {
            "clock_id": self.clock_id,
            "subject_kind": self.subject_kind,
            "kind": self.kind,
            "stage": self.stage,
            "org": self.org,
            "dept": self.dept,
            "cycle": self.cycle,
        }
        due: DueFields = {"due_on": self.due_on, "due_at": self.due_at}
        times = SignalTimes.of(self.reminder_at, self.yellow_at, self.due_at)
        signals = times.due(now, self.sent_signals)
        events = [EVENT_OF_SIGNAL[signal](**clock, **due, detected_at=now) for signal in signals]
        lamp, sent = lamp_at(now, self.yellow_at, self.due_at), self.sent_signals.union(signals)
        turned = lamp_turned(self.lamp, lamp, events, now, clock, due)
        return FiredSignals(self.clock_id, lamp, sent, times.next(lamp, sent), [*events, *turned])


class FiredSignals(NamedTuple):
    """A clock after its signals were sent. `next_fire_at`: when the next is due; `events`: what to announce."""

    clock_id: UUID
    lamp: Lamp
    sent_signals: frozenset[Signal]
    next_fire_at: datetime | None
    events: Sequence[ClockEvent]


def fire_signals(clock: Clock, subject_kind: SubjectKind, now: datetime) -> tuple[Clock, Sequence[ClockEvent]]:
    """Return the clock after the signals due by `now` were sent, and the events that announce them.

    A clock that does not run sends none. A window that is over stops at its end; nobody was late.
    """
    if clock.state != "running" or clock.end is None:
        return clock, []
    if clock.term.is_window:
        return stop_clock(clock, subject_kind, clock.end.due_at) if is_late(now, clock.end.due_at) else (clock, [])
    state = SignalState(
        **clock_fields(clock, subject_kind),
        due_on=clock.end.due_on,
        due_at=clock.end.due_at,
        reminder_at=clock.reminder_at,
        yellow_at=clock.yellow_at,
        lamp=clock.lamp,
        sent_signals=clock.sent_signals,
    )
    fired = state.fire(now)
    after = replace(clock, lamp=fired.lamp, sent_signals=fired.sent_signals)
    return next_version(clock, after), fired.events
