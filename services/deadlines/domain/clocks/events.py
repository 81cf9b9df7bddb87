"""Builders of the events that announce what happens to a clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict
from uuid import UUID

from bianmin.events.deadlines import (
    ClockExtended,
    ClockLampTurned,
    ClockPaused,
    ClockRed,
    ClockReminded,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockYellow,
)
from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.clocks.signals import Signal
from services.deadlines.domain.periods.period import DueDate, is_early

ClockEvent = (
    ClockStarted
    | ClockPaused
    | ClockResumed
    | ClockExtended
    | ClockRescheduled
    | ClockReminded
    | ClockYellow
    | ClockRed
    | ClockLampTurned
    | ClockStopped
)
SignalEvent = ClockReminded | ClockYellow | ClockRed

EVENT_OF_SIGNAL: dict[Signal, type[SignalEvent]] = {"reminder": ClockReminded, "yellow": ClockYellow, "red": ClockRed}


class ClockFields(TypedDict):
    """The fields that every event of a clock has: which clock of which subject, and the responsible unit."""

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: str | None
    org: str
    dept: str | None
    cycle: int


class DueFields(TypedDict):
    """When the clock ends; both None while it is paused."""

    due_on: date | None
    due_at: datetime | None


class CalendarFields(TypedDict):
    """By which version of the calendar the end was counted. `provisional`: whether it touches an estimated year."""

    calendar_version: str
    provisional: bool


def clock_fields(clock: Clock, subject_kind: SubjectKind) -> ClockFields:
    """Return the fields that every event of `clock` has."""
    return {
        "clock_id": clock.id,
        "subject_kind": subject_kind,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "org": clock.responsible.org,
        "dept": clock.responsible.dept,
        "cycle": clock.cycle,
    }


def due_fields(clock: Clock) -> DueFields:
    """Return when `clock` ends."""
    if clock.end is None:
        return {"due_on": None, "due_at": None}
    return {"due_on": clock.end.due_on, "due_at": clock.end.due_at}


def calendar_fields(clock: Clock) -> CalendarFields:
    """Return by which calendar the end of `clock` was counted."""
    return {
        "calendar_version": clock.calendar_version,
        "provisional": clock.end is not None and clock.end.provisional,
    }


def clock_started(clock: Clock, subject_kind: SubjectKind) -> ClockStarted:
    """Return the event that `clock` runs."""
    return ClockStarted(
        **clock_fields(clock, subject_kind),
        **due_fields(clock),
        **calendar_fields(clock),
        unit=clock.term.unit.value,
        budget=clock.term.budget,
        started_on=clock.period.start_on,
    )


def clock_paused(clock: Clock, subject_kind: SubjectKind, pause: SubjectPause) -> ClockPaused:
    """Return the event that `pause` has paused `clock`."""
    first_day = pause.pause.since.astimezone(TZ).date()
    return ClockPaused(**clock_fields(clock, subject_kind), paused_on=first_day, reason_code=pause.reason)


def clock_resumed(clock: Clock, subject_kind: SubjectKind, at: datetime) -> ClockResumed:
    """Return the event that `clock` runs again since `at`."""
    return ClockResumed(
        **clock_fields(clock, subject_kind),
        **due_fields(clock),
        **calendar_fields(clock),
        resumed_at=at,
        lamp=clock.lamp,
    )


def clock_extended(before: Clock, after: Clock, subject_kind: SubjectKind) -> ClockExtended:
    """Return the event that the budget of a clock has grown (行政许可法 art. 42)."""
    return ClockExtended(
        **clock_fields(after, subject_kind),
        **due_fields(after),
        **calendar_fields(after),
        by=after.period.budget - before.period.budget,
        previous_due_on=before.end and before.end.due_on,
        lamp=after.lamp,
    )


def clock_rescheduled(before: Clock, previous: DueDate, after: Clock, subject_kind: SubjectKind) -> ClockRescheduled:
    """Return the event that the end of a clock has moved from `previous` though nobody extended or paused it."""
    reason: Literal["calendar", "law", "policy"]
    if before.term != after.term:
        reason = "policy"
    else:
        reason = "law" if before.calendar_version == after.calendar_version else "calendar"
    return ClockRescheduled(
        **clock_fields(after, subject_kind),
        **due_fields(after),
        **calendar_fields(after),
        previous_due_on=previous.due_on,
        previous_due_at=previous.due_at,
        reason_code=reason,
        lamp=after.lamp,
    )


def clock_stopped(clock: Clock, end: DueDate, subject_kind: SubjectKind, at: datetime) -> ClockStopped:
    """Return the event that `clock`, due at `end`, stopped at `at`."""
    return ClockStopped(
        **clock_fields(clock, subject_kind),
        **due_fields(clock),
        stopped_at=at,
        late=bool(clock.late),
        early=is_early(at, end.due_on),
        lamp=clock.lamp,
    )


def lamp_turned(
    before: Lamp, lamp: Lamp, events: Iterable[ClockEvent], at: datetime, clock: ClockFields, due: DueFields
) -> Sequence[ClockLampTurned]:
    """Return the event that the lamp of a clock shows `lamp` since `at`, where `events` do not say so themselves.

    Empty where a reader who saw `before` knows the new lamp from `events`.
    """
    if lamp_after(before, events) == lamp:
        return []
    return [ClockLampTurned(**clock, **due, turned_at=at, lamp=lamp)]


def lamp_after(lamp: Lamp, events: Iterable[ClockEvent]) -> Lamp:
    """Return what a reader who saw `lamp` knows of the lamp after `events` of the clock."""
    for event in events:
        match event:
            case ClockYellow():
                lamp = "yellow"
            case ClockRed():
                lamp = "red"
            case ClockResumed() | ClockExtended() | ClockRescheduled() | ClockLampTurned() | ClockStopped():
                lamp = event.lamp
    return lamp
