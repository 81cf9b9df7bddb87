"""Signals of a clock and its lamp: when each signal is due, and what the lamp shows.

A lamp is the traffic-light status of a clock (灯): green, yellow or red. A clock sends each signal once, wherever its
end moves afterwards. The lamp follows the end: it can turn back.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from bianmin.events.parts import Lamp
from services.deadlines.domain.periods.period import is_late

Signal = Literal["reminder", "yellow", "red"]
SIGNALS: tuple[Signal, ...] = ("reminder", "yellow", "red")
"""All signals, in the order in which they are due."""

_WORSE_LAMPS: dict[Lamp, tuple[Lamp, ...]] = {"green": ("yellow", "red"), "yellow": ("red",), "red": ()}


class SignalTimes(NamedTuple):
    """When each signal of a clock is due; None for a signal that the clock does not have."""

    reminder: datetime | None
    yellow: datetime | None
    red: datetime | None

    @classmethod
    def of(cls, reminder_at: datetime | None, yellow_at: datetime | None, due_at: datetime | None) -> "SignalTimes":
        """Return the times of a clock that is due at `due_at`; None while it is paused.

        Red is due a microsecond later: the last moment of a period is still in time.
        """
        return cls(reminder_at, yellow_at, None if due_at is None else due_at + datetime.resolution)

    def due(self, now: datetime, sent: frozenset[Signal]) -> list[Signal]:
        """Return the signals that are due by `now` and not yet `sent`, in their order."""
        return [
            signal
            for signal, at in zip(SIGNALS, self, strict=True)
            if at is not None and now >= at and signal not in sent
        ]

    def next(self, lamp: Lamp, sent: frozenset[Signal]) -> datetime | None:
        """Return when the next signal is due or the lamp turns; None when neither can happen any more."""
        worse = _WORSE_LAMPS[lamp]
        waiting = [
            at
            for signal, at in zip(SIGNALS, self, strict=True)
            if at is not None and (signal not in sent or signal in worse)
        ]
        return min(waiting, default=None)


def lamp_at(moment: datetime, yellow_at: datetime | None, due_at: datetime) -> Lamp:
    """Return the lamp of a running clock at a moment. `yellow_at`: None for a clock that does not turn yellow."""
    if is_late(moment, due_at):
        return "red"
    return "yellow" if yellow_at is not None and moment >= yellow_at else "green"


def less_severe(one: Lamp, other: Lamp) -> Lamp:
    """Return the less severe of two lamps: green before yellow before red."""
    return one if other in _WORSE_LAMPS[one] else other
