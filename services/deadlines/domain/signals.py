"""What a clock tells as its end comes nearer: each signal once; the lamp follows the end.

Signals are told once per clock and cycle, whatever becomes of its end; so a lamp that turns by none of them is told by
an event of its own (`turned`). Whoever puts a clock's events together in their order has the lamp that it shows here.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from bianmin.events.deadlines import ClockLampTurned, ClockRed, ClockReminded, ClockYellow
from bianmin.events.parts import ClockKind, EventData, Lamp, SubjectKind
from services.deadlines.domain.periods import is_late
from services.deadlines.domain.terms import WINDOWS

Signal = Literal["reminder", "yellow", "red"]
SIGNALS: dict[Signal, type[ClockReminded | ClockYellow | ClockRed]] = {
    "reminder": ClockReminded,
    "yellow": ClockYellow,
    "red": ClockRed,
}
_TURNS: dict[type[EventData], Lamp] = {ClockYellow: "yellow", ClockRed: "red"}
_AFTER: dict[Lamp, tuple[Signal, ...]] = {"green": ("yellow", "red"), "yellow": ("red",), "red": ()}


class Moments(NamedTuple):
    """When each signal of a clock is due, in their order; None where there is none."""

    reminder: datetime | None
    yellow: datetime | None
    red: datetime | None

    @classmethod
    def of(cls, reminder_at: datetime | None, yellow_at: datetime | None, due_at: datetime | None) -> "Moments":
        """Red is the first moment that is late: the very last of the period is still in time."""
        return cls(reminder_at, yellow_at, None if due_at is None else due_at + datetime.resolution)

    def passed(self, now: datetime, told: frozenset[Signal]) -> list[Signal]:
        """The signals that are due by `now` and not told yet, in their order."""
        return [s for s, at in zip(SIGNALS, self, strict=True) if at is not None and now >= at and s not in told]

    def next(self, lamp: Lamp, told: frozenset[Signal]) -> datetime | None:
        """When there is something to tell next, or the lamp changes; None when nothing is left of either."""
        turning = _AFTER[lamp]
        waiting = [
            at for s, at in zip(SIGNALS, self, strict=True) if at is not None and (s not in told or s in turning)
        ]
        return min(waiting, default=None)


def lamp_at(moment: datetime, yellow_at: datetime | None, due_at: datetime) -> Lamp:
    """What the lamp has to show at a moment."""
    if is_late(moment, due_at):
        return "red"
    return "yellow" if yellow_at is not None and moment >= yellow_at else "green"


def better(one: Lamp, other: Lamp) -> Lamp:
    """Of two lamps the one with more time left."""
    return one if other in _AFTER[one] else other


def heard(lamp: Lamp, told: Iterable[EventData]) -> Lamp:
    """What a lamp shows to those who hear these events of its clock."""
    for event in told:
        lamp = _TURNS.get(type(event), getattr(event, "lamp", lamp))
    return lamp


def turned(lamp: Lamp, was: Lamp, told: Sequence[EventData], at: datetime, **clock: Any) -> Sequence[EventData]:
    """The lamp as it shows now, where it showed another before and what is told does not say so."""
    return [] if heard(was, told) == lamp else [ClockLampTurned(**clock, turned_at=at, lamp=lamp)]


class Ringing(NamedTuple):
    """As much of a running clock as has to be known to tell that its end comes nearer."""

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
    told: frozenset[Signal]

    def only_tells(self, now: datetime) -> bool:
        """Whether nothing follows but being told: it is not late, and it is no window that closes."""
        return not is_late(now, self.due_at) and (self.kind, self.stage) not in WINDOWS

    def ring(self, now: datetime) -> "Rung":
        """What it has to tell by `now` and has not told yet, in order."""
        moments = Moments.of(self.reminder_at, self.yellow_at, self.due_at)
        due = moments.passed(now, self.told)
        clock: dict[str, Any] = {
            "clock_id": self.clock_id,
            "subject_kind": self.subject_kind,
            "kind": self.kind,
            "stage": self.stage,
            "org": self.org,
            "dept": self.dept,
            "cycle": self.cycle,
            "due_on": self.due_on,
            "due_at": self.due_at,
        }
        signals = [SIGNALS[signal](**clock, detected_at=now) for signal in due]
        lamp, told = lamp_at(now, self.yellow_at, self.due_at), self.told.union(due)
        facts = [*signals, *turned(lamp, self.lamp, signals, now, **clock)]
        return Rung(self.clock_id, lamp, told, moments.next(lamp, told), facts)


class Rung(NamedTuple):
    """A clock that has told. `next_fire_at`: when there is something to tell next."""

    clock_id: UUID
    lamp: Lamp
    told: frozenset[Signal]
    next_fire_at: datetime | None
    facts: Sequence[EventData]
