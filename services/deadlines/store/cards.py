"""Cards: as their matter keeps them, and as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, any_, select

from bianmin.domain.actors import Actor
from bianmin.events.parts import CardLevel
from bianmin.kit import feed, sets
from bianmin.kit.db import Tx, rows
from bianmin.kit.pages import Cursors, Keyset
from bianmin.kit.parked_timers import not_parked
from bianmin.kit.subtree import under
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import ResponsibleUnit
from services.deadlines.domain.lifecycle.card import Card, CardStatus
from services.deadlines.store.seen import visible
from services.deadlines.store.tables import cards, subjects

_OF_SUBJECTS = sets.Load(
    select(cards).where(cards.c.subject_id == any_(sets.named("ids", cards.c.subject_id))).order_by(cards.c.id)
)
_PLAIN = ("id", "clock_id", "kind", "stage", "level", "reason", "cycle", "status", "appealed_by", "appeal")
_PLAIN_TOO = ("settled_by", "settlement", "settled_reason", "version")
_MOMENTS = ("issued_at", "appeal_by", "appealed_at", "settled_at")


WAITING = "EXISTS (SELECT FROM card WHERE to_weigh)"
# one at a time, so that of two cards of a unit the later is weighed when the earlier is known
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('deadlines.cards'))"
_NEXT = f"""
SELECT id, subject_id FROM card WHERE to_weigh AND {not_parked("cards", "card.subject_id")}
ORDER BY issued_at, id LIMIT $1
"""
_LOCKED = "SELECT id FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
# its others: those that were weighed already, and those before it
_OTHERS = """
SELECT c.subject_id, c.id, c.org, c.issued_at, ARRAY(
    SELECT o.issued_at FROM card o
    WHERE o.org = c.org AND o.dept IS NOT DISTINCT FROM c.dept AND o.id <> c.id
        AND o.level = 'yellow' AND o.status <> 'revoked'
        AND (NOT o.to_weigh OR (o.issued_at, o.id) < (c.issued_at, c.id))
        AND o.issued_at BETWEEN c.issued_at - interval '367 days' AND c.issued_at + interval '367 days'
)
FROM card c WHERE c.id = ANY($1::uuid[]) AND c.to_weigh ORDER BY c.issued_at, c.id
"""


class ToWeigh(NamedTuple):
    """A yellow card, and when the others were issued that its unit was given around that time."""

    subject_id: UUID
    card_id: UUID
    org: str
    issued_at: datetime
    others: tuple[datetime, ...]


async def to_weigh(tx: Tx, limit: int) -> list[ToWeigh]:
    """The yellow cards that have still to be weighed, oldest first, by one replica at a time. Their matters are locked,
    in the order in which everybody locks them."""
    if not (await rows(tx, _ALONE))[0][0]:
        return []
    found = await rows(tx, _NEXT, limit)
    await rows(tx, _LOCKED, [subject_id for _, subject_id in found])
    return [
        ToWeigh(subject_id, card_id, org, issued_at, tuple(others))
        for subject_id, card_id, org, issued_at, others in await rows(tx, _OTHERS, [id for id, _ in found])
    ]


async def of_subjects(tx: Tx, ids: Sequence[UUID]) -> list[tuple[UUID, Card]]:
    """The cards of these matters, each with whose it is."""
    return [(row["subject_id"], card_of(row)) for row in await _OF_SUBJECTS(tx, ids=ids)]


def card_of(row: sets.Row) -> Card:
    moments = {name: row[name] and row[name].astimezone(TZ) for name in _MOMENTS}
    plain = {name: row[name] for name in (*_PLAIN, *_PLAIN_TOO)}
    responsible = ResponsibleUnit(row["org"], row["dept"])
    return Card(**plain, **moments, responsible=responsible, awaits_year_check=row["to_weigh"])


def row_of(subject_id: UUID, card: Card) -> dict[str, Any]:
    return {
        **{name: getattr(card, name) for name in (*_PLAIN, *_PLAIN_TOO, *_MOMENTS)},
        "subject_id": subject_id,
        "org": card.responsible.org,
        "dept": card.responsible.dept,
        "to_weigh": card.awaits_year_check,
    }


@dataclass(frozen=True, slots=True)
class ShownCard:
    card: Card
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class WantedCards:
    """What a list is asked for. `org`: the subtree of the unit that was given the card."""

    org: str | None
    subject_id: UUID | None
    level: CardLevel | None
    status: CardStatus | None
    updated_since: datetime | None

    def conditions(self) -> list[ColumnElement[bool]]:
        c = cards.c
        by_value = ((c.subject_id, self.subject_id), (c.level, self.level), (c.status, self.status))
        found = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            found.append(under(c.org, self.org))
        if self.updated_since is not None:
            found.append(c.changed_at >= self.updated_since)
        return found

    def bound(self, actor: Actor) -> list[Any]:
        """What a cursor is bound to: the filters, and who asks."""
        filters = (self.org, self.subject_id, self.level, self.status, self.updated_since)
        return [*filters, actor.id, actor.org, actor.dept]


_CARDS = select(cards).join(subjects, subjects.c.id == cards.c.subject_id)
_NEWEST_FIRST = Keyset([cards.c.issued_at, cards.c.id], [datetime.fromisoformat, UUID], descending=True)
_AS_CHANGED = Keyset([cards.c.changed_at, cards.c.id], [datetime.fromisoformat, UUID])


async def page(
    tx: Tx, actor: Actor, wanted: WantedCards, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ShownCard], str | None]:
    """A page of the cards that `actor` may see, and the cursor of the next."""
    keyset = _NEWEST_FIRST if wanted.updated_since is None else _AS_CHANGED
    after = cursors.read(cursor, wanted.bound(actor), keyset)
    query = _CARDS.where(visible(actor), *wanted.conditions())
    if wanted.updated_since is not None:
        query = query.where(cards.c.changed_at < await feed.horizon(tx))
    found = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = cursors.write([last[column.name] for column in keyset.columns], wanted.bound(actor))
    return [ShownCard(card_of(row), row["subject_id"]) for row in found[:limit]], following


async def one(tx: Tx, actor: Actor, card_id: UUID) -> ShownCard | None:
    """The card, where `actor` may see it."""
    row = (await tx.execute(_CARDS.where(cards.c.id == card_id, visible(actor)))).mappings().first()
    return None if row is None else ShownCard(card_of(row), row["subject_id"])
