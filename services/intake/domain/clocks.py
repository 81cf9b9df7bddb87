"""A case's clocks and cards as deadlines tells of them: what the citizen and the desk are shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bianmin.events import deadlines
from bianmin.kit.refusals import NotFound

Told = tuple[Mapping[str, Any], ...]
CLOCK_EVENTS = (
    deadlines.ClockStarted,
    deadlines.ClockPaused,
    deadlines.ClockResumed,
    deadlines.ClockExtended,
    deadlines.ClockRescheduled,
    deadlines.ClockReminded,
    deadlines.ClockYellow,
    deadlines.ClockRed,
    deadlines.ClockLampTurned,
    deadlines.ClockStopped,
)
SUPPLEMENT = "supplement"
"""The stage of the clock that watches how long a supplement is waited for."""
_ENDING = (deadlines.ClockStarted, deadlines.ClockRescheduled)
_OF_THE_START = {"kind", "stage", "cycle", "org", "dept", "unit", "budget", "started_on"}
_OF_THE_END = {"due_on", "due_at", "provisional"}


class NotYet(NotFound):
    slug, title = "not-yet", "尚未办到这一步"


def follow_clock(clocks: Told, event: Any) -> Told:
    """The clocks after an event of one of them, the oldest first. Raises `NotYet` for one that has not started."""
    key = str(event.clock_id)
    if isinstance(event, deadlines.ClockStarted):
        told = event.model_dump(mode="json", include=_OF_THE_START | _OF_THE_END)
        return (*clocks, {"id": key, **told, "extended_by": 0, "lamp": "green", "state": "running"})
    if not any(clock["id"] == key for clock in clocks):
        raise NotYet("时钟尚未开始。")
    return tuple({**clock, **_change(clock, event)} if clock["id"] == key else clock for clock in clocks)


def is_of_notice(kind: str, stage: str | None) -> bool:
    """Whether a clock watches that it is told in time what is missing; not the wait for that."""
    return kind == "completeness" and stage is None


def awaited_until(clocks: Told, event: Any) -> tuple[date, date] | None:
    """From when and until when a supplement is waited for, where the event tells of that."""
    if (event.kind, event.stage) != ("completeness", SUPPLEMENT) or not isinstance(event, _ENDING):
        return None
    started_on = next(clock["started_on"] for clock in clocks if clock["id"] == str(event.clock_id))
    return date.fromisoformat(started_on), event.due_on


def _change(clock: Mapping[str, Any], event: Any) -> Mapping[str, Any]:
    match event:
        case deadlines.ClockYellow():
            return {"lamp": "yellow"}
        case deadlines.ClockRed():
            return {"lamp": "red"}
        case deadlines.ClockLampTurned():
            return {"lamp": event.lamp}
        case deadlines.ClockPaused():
            return {"state": "paused", "due_on": None, "due_at": None}
        case deadlines.ClockResumed():
            return {"state": "running", "lamp": event.lamp, **_ending(event)}
        case deadlines.ClockExtended():
            return {"extended_by": clock.get("extended_by", 0) + event.by, "lamp": event.lamp, **_ending(event)}
        case deadlines.ClockRescheduled():
            return {"lamp": event.lamp, **_ending(event)}
        case deadlines.ClockStopped():
            ended = event.model_dump(mode="json", include={"due_on", "due_at", "stopped_at", "late", "lamp"})
            return {"state": "stopped", **ended}
    return {}


def _ending(event: Any) -> Mapping[str, Any]:
    ending: Mapping[str, Any] = event.model_dump(mode="json", include=_OF_THE_END)
    return ending


CARD_EVENTS = (deadlines.CardIssued, deadlines.CardAppealed, deadlines.CardUpheld, deadlines.CardRevoked)
_OF_A_CARD = {"level", "kind", "org", "dept", "cycle", "issued_at", "reason_code"}


def follow_card(cards: Told, event: Any) -> Told:
    """The cards after an event of one of them, the oldest first."""
    key = str(event.card_id)
    match event:
        case deadlines.CardIssued():
            return (*cards, {"id": key, **event.model_dump(mode="json", include=_OF_A_CARD), "status": "issued"})
        case deadlines.CardAppealed():
            status = "appealed"
        case deadlines.CardUpheld():
            status = "upheld"
        case _:
            status = "revoked"
    return tuple({**card, "status": status} if card["id"] == key else card for card in cards)
