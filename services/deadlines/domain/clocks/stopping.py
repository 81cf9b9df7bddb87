"""Stopping a clock, and correcting when it stopped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bianmin.events.parts import SubjectKind
from services.deadlines.domain.clocks.clock import Clock, next_version
from services.deadlines.domain.clocks.events import ClockEvent, clock_stopped
from services.deadlines.domain.periods.period import effective_moment, is_late


def stop_clock(clock: Clock, subject_kind: SubjectKind, at: datetime) -> tuple[Clock, Sequence[ClockEvent]]:
    """Return the running clock as stopped at `at`, and the event; unchanged and no event where it stopped before.

    Its lamp is that of the moment `at`, whether the signal was sent or not. A window stops at its end at the latest:
    it closed by itself.
    """
    if clock.state == "stopped":
        return clock, []
    assert clock.end is not None, "a paused clock is resumed before it stops"
    at = effective_moment(at, clock.end, clock.period.unit)
    if clock.term.is_window:
        at = min(at, clock.end.due_at)
    lamp, late = clock.lamp_at(at), is_late(at, clock.end.due_at)
    stopped = replace(clock, state="stopped", stopped_at=at, late=late, lamp=lamp)
    return next_version(clock, stopped), [clock_stopped(stopped, clock.end, subject_kind, at)]


def correct_stop(clock: Clock, subject_kind: SubjectKind, at: datetime) -> tuple[Clock, Sequence[ClockEvent]]:
    """Return a stopped clock as stopped at `at`, where that is earlier, and the event; else unchanged and no event.

    For an act in time that was reported after the clock had stopped.
    """
    if clock.end is None or clock.stopped_at is None:
        return clock, []
    if clock.stopped_at <= effective_moment(at, clock.end, clock.period.unit):
        return clock, []
    return stop_clock(replace(clock, state="running"), subject_kind, at)
