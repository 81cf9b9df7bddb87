"""The cards of a case as deadlines announces them: what was missed, and what became of the appeal."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from bianmin.events import deadlines
from bianmin.events.parts import CardLevel, ClockKind, Dept

CardEvent = deadlines.CardIssued | deadlines.CardAppealed | deadlines.CardUpheld | deadlines.CardRevoked


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One yellow or red card of a case. It is stored as JSON in `cases.cards`, under these names.

    `kind` is that of the clock that was missed; `reason_code` is as `CardIssued` has it.
    """

    id: UUID
    level: CardLevel
    kind: ClockKind
    org: str
    issued_at: datetime
    reason_code: str
    status: Literal["issued", "appealed", "upheld", "revoked"] = "issued"
    dept: Dept | None = None
    cycle: int = 1


def follow_card(cards: tuple[CaseCard, ...], event: CardEvent) -> tuple[CaseCard, ...]:
    """Return the cards after an event of one of them, the oldest first."""
    if isinstance(event, deadlines.CardIssued):
        issued = CaseCard(
            id=event.card_id,
            level=event.level,
            kind=event.kind,
            org=event.org,
            issued_at=event.issued_at,
            reason_code=event.reason_code,
            dept=event.dept,
            cycle=event.cycle,
        )
        return (*cards, issued)
    status = _status_after(event)
    return tuple(replace(card, status=status) if card.id == event.card_id else card for card in cards)


def _status_after(
    event: deadlines.CardAppealed | deadlines.CardUpheld | deadlines.CardRevoked,
) -> Literal["appealed", "upheld", "revoked"]:
    match event:
        case deadlines.CardAppealed():
            return "appealed"
        case deadlines.CardUpheld():
            return "upheld"
        case deadlines.CardRevoked():
            return "revoked"
    assert_never(event)
