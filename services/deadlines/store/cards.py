"""Cards of subjects: load them, and make rows of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.deadlines.domain.clocks.clock import ResponsibleUnit
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.store.local_time import local_row
from services.deadlines.store.tables import CardRow, cards

_CODEC = Codec(
    CardRow,
    Card,
    paths={"org": "responsible.org", "dept": "responsible.dept", "to_weigh": "awaits_year_check"},
    unmapped=("subject_id", "changed_at"),
)
_OF_SUBJECTS = sets.Load(
    select(cards).where(cards.c.subject_id == any_(sets.named("ids", cards.c.subject_id))).order_by(cards.c.id)
)


async def of_subjects(tx: Tx, ids: Iterable[UUID]) -> list[tuple[UUID, Card]]:
    """Return the cards of these subjects, each with the id of its subject."""
    return [(row["subject_id"], card_of_row(row)) for row in await _OF_SUBJECTS(tx, ids=ids)]


def card_of_row(row: sets.Row) -> Card:
    """Return the card that a row stands for, its moments in the county's zone."""
    responsible = ResponsibleUnit(row["org"], row["dept"])
    return _CODEC.load(local_row(row), responsible=responsible, awaits_year_check=row["to_weigh"])


def row_of_card(subject_id: UUID, card: Card) -> dict[str, Any]:
    """Return the row of a card, all columns but `changed_at`."""
    return {**_CODEC.row(card), "subject_id": subject_id}
