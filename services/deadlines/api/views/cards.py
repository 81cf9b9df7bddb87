"""The view of a card."""

from dataclasses import fields
from datetime import datetime
from typing import Self
from uuid import UUID

from bianmin.events.parts import CardLevel, ClockKind
from bianmin.kit.bodies import View
from bianmin.kit.crypto import Sealer
from services.deadlines import texts
from services.deadlines.api.sealing import unseal
from services.deadlines.domain.lifecycle.card import Card, CardStatus


class CardView(View):
    """A card. `level`: its colour; `kind`: that of the clock it was issued for; `reason`: why it was issued.

    `settled_reason`: `decided` by somebody above; `in_time` or `recounted` where the clock turned out to be in time.
    """

    id: UUID
    subject: UUID
    clock_id: UUID
    level: CardLevel
    kind: ClockKind
    reason: str
    text: str
    org: str
    dept: str | None
    cycle: int
    status: CardStatus
    issued_at: datetime
    appeal_by: datetime
    appealed_at: datetime | None
    appealed_by: str | None
    appeal: str | None
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None
    settlement: str | None

    @classmethod
    def of(cls, card: Card, subject_id: UUID, sealer: Sealer) -> Self:
        """Return the view of a card, its encrypted parts decrypted."""
        return cls(
            **{name: getattr(card, name) for name in _AS_THE_CARD},
            subject=subject_id,
            text=texts.card_reason(card),
            org=card.responsible.org,
            dept=card.responsible.dept,
            appeal=unseal(sealer, card.id, "appeal", card.appeal),
            settlement=unseal(sealer, card.id, "settlement", card.settlement),
        )


_AS_THE_CARD = CardView.model_fields.keys() & {field.name for field in fields(Card)} - {"appeal", "settlement"}
