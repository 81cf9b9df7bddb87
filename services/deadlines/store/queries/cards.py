"""Cards that an actor may see: lists and single ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select

from bianmin.domain.actors import Actor
from bianmin.events.parts import CardLevel
from bianmin.kit import feed
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import under
from services.deadlines.domain.lifecycle.card import Card, CardStatus
from services.deadlines.store.cards import card_of_row
from services.deadlines.store.tables import cards, subjects
from services.deadlines.store.visibility import visible


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A card, and the id of its subject."""

    card: Card
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class CardFilters:
    """Filters of a list of cards. `org`: the cards of units in this subtree."""

    org: str | None
    subject_id: UUID | None
    level: CardLevel | None
    status: CardStatus | None
    updated_since: datetime | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filters that are given, as SQL conditions."""
        c = cards.c
        by_value = ((c.subject_id, self.subject_id), (c.level, self.level), (c.status, self.status))
        found = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            found.append(under(c.org, self.org))
        if self.updated_since is not None:
            found.append(c.changed_at >= self.updated_since)
        return found

    def cursor_binding(self, actor: Actor) -> list[Any]:
        """Return what a cursor is bound to: the filters, and the actor."""
        filters = (self.org, self.subject_id, self.level, self.status, self.updated_since)
        return [*filters, actor.id, actor.org, actor.dept]


_CARDS = select(cards).join(subjects, subjects.c.id == cards.c.subject_id)
_NEWEST_FIRST = Keyset([cards.c.issued_at, cards.c.id], [datetime.fromisoformat, UUID], descending=True)
_AS_CHANGED = Keyset([cards.c.changed_at, cards.c.id], [datetime.fromisoformat, UUID])


async def page(
    tx: Tx, actor: Actor, filters: CardFilters, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedCard], str | None]:
    """Return a page of the cards that `actor` may see, and the cursor of the next page; None on the last.

    Raises `MalformedRequest` where the cursor was made for other filters, or another actor.
    """
    keyset = _NEWEST_FIRST if filters.updated_since is None else _AS_CHANGED
    query = _CARDS.where(visible(actor), *filters.conditions())
    if filters.updated_since is not None:
        query = query.where(cards.c.changed_at < await feed.horizon(tx))
    found, next_cursor = await read_page(tx, query, keyset, filters.cursor_binding(actor), cursors, cursor, limit)
    return [_listed(row) for row in found], next_cursor


async def find(tx: Tx, actor: Actor, card_id: UUID) -> ListedCard | None:
    """Return the card; None where it does not exist, or `actor` may not see it."""
    row = (await tx.execute(_CARDS.where(cards.c.id == card_id, visible(actor)))).mappings().first()
    return None if row is None else _listed(row)


def _listed(row: RowMapping) -> ListedCard:
    return ListedCard(card_of_row(row), row["subject_id"])
