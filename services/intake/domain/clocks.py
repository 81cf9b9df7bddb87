"""The clocks of a case as deadlines announces them: what the citizen and the desk are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never
from uuid import UUID

from bianmin.events import deadlines
from bianmin.events.parts import ClockKind, Dept, Lamp, PeriodUnit
from bianmin.kit.refusals import NotFound

SUPPLEMENT = "supplement"
"""The stage of the clock that watches how long a supplement is waited for."""

_LaterEvent = (
    deadlines.ClockPaused
    | deadlines.ClockResumed
    | deadlines.ClockExtended
    | deadlines.ClockRescheduled
    | deadlines.ClockReminded
    | deadlines.ClockYellow
    | deadlines.ClockRed
    | deadlines.ClockLampTurned
    | deadlines.ClockStopped
)
ClockEvent = deadlines.ClockStarted | _LaterEvent


class ClockNotKnown(NotFound):
    """An event of a clock whose start has not been announced yet."""

    slug, title = "not-yet", "尚未办到这一步"


@dataclass(frozen=True, slots=True)
class CaseClock:
    """One clock of a case. It is stored as JSON in `cases.clocks`, under these names.

    `budget` and `extended_by` count in `unit`. `due_on` and `due_at` are None while the clock is paused; `stopped_at`
    and `late` are None until it stops.
    """

    id: UUID
    kind: ClockKind
    org: str
    unit: PeriodUnit
    budget: int
    started_on: date
    due_on: date | None
    due_at: datetime | None
    stage: str | None = None
    dept: Dept | None = None
    cycle: int = 1
    extended_by: int = 0
    lamp: Lamp = "green"
    state: Literal["running", "paused", "stopped"] = "running"
    provisional: bool = False
    stopped_at: datetime | None = None
    late: bool | None = None

    @property
    def watches_notice(self) -> bool:
        """Whether this clock is the period for the one-time notice, and not the wait for the supplement."""
        return is_notice_period(self.kind, self.stage)

    @property
    def lamp_for_case(self) -> Lamp:
        """The lamp this clock adds to its case: a breach stays red, a clock that stopped at yellow counts as green."""
        return "green" if self.state == "stopped" and self.lamp == "yellow" else self.lamp


def is_notice_period(kind: ClockKind, stage: str | None) -> bool:
    """Whether a clock of this kind and stage watches the period for the one-time notice (行政许可法 art. 32(4))."""
    return kind == "completeness" and stage is None


def follow_clock(clocks: tuple[CaseClock, ...], event: ClockEvent) -> tuple[CaseClock, ...]:
    """Return the clocks after an event of one of them, the oldest first.

    Raises `ClockNotKnown` for a clock that has not started.
    """
    if isinstance(event, deadlines.ClockStarted):
        return (*clocks, _start(event))
    if not any(clock.id == event.clock_id for clock in clocks):
        raise ClockNotKnown("时钟尚未开始。")
    return tuple(_after(clock, event) if clock.id == event.clock_id else clock for clock in clocks)


def supplement_wait(clocks: Sequence[CaseClock], event: ClockEvent) -> tuple[date, date] | None:
    """The (first, last) day on which a supplement is waited for, where the event sets the end of that wait; else None.

    `clocks` are the clocks after the event.
    """
    if not isinstance(event, deadlines.ClockStarted | deadlines.ClockRescheduled):
        return None
    if (event.kind, event.stage) != ("completeness", SUPPLEMENT):
        return None
    return next(clock.started_on for clock in clocks if clock.id == event.clock_id), event.due_on


def _start(event: deadlines.ClockStarted) -> CaseClock:
    return CaseClock(
        id=event.clock_id,
        kind=event.kind,
        org=event.org,
        unit=event.unit,
        budget=event.budget,
        started_on=event.started_on,
        due_on=event.due_on,
        due_at=event.due_at,
        stage=event.stage,
        dept=event.dept,
        cycle=event.cycle,
        provisional=event.provisional,
    )


def _after(clock: CaseClock, event: _LaterEvent) -> CaseClock:
    match event:
        case deadlines.ClockYellow():
            return replace(clock, lamp="yellow")
        case deadlines.ClockRed():
            return replace(clock, lamp="red")
        case deadlines.ClockLampTurned():
            return replace(clock, lamp=event.lamp)
        case deadlines.ClockPaused():
            return replace(clock, state="paused", due_on=None, due_at=None)
        case deadlines.ClockResumed():
            return replace(_with_end(clock, event), state="running")
        case deadlines.ClockExtended():
            return replace(_with_end(clock, event), extended_by=clock.extended_by + event.by)
        case deadlines.ClockRescheduled():
            return _with_end(clock, event)
        case deadlines.ClockStopped():
            return replace(
                clock,
                state="stopped",
                lamp=event.lamp,
                due_on=event.due_on,
                due_at=event.due_at,
                stopped_at=event.stopped_at,
                late=event.late,
            )
        case deadlines.ClockReminded():
            return clock
    assert_never(event)


def _with_end(
    clock: CaseClock, event: deadlines.ClockResumed | deadlines.ClockExtended | deadlines.ClockRescheduled
) -> CaseClock:
    return replace(clock, due_on=event.due_on, due_at=event.due_at, provisional=event.provisional, lamp=event.lamp)
