"""Looking at cases: what lists, single views and tracking read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from bianmin.domain.access import keys_of
from bianmin.domain.actors import Actor
from bianmin.kit import feed, sets
from bianmin.kit.db import Tx
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursors, Keyset
from bianmin.kit.subtree import opened_by, under
from bianmin.kit.time_source import TZ
from services.intake.domain.case import Case
from services.intake.store.cases import CASES, case_of
from services.intake.store.tables import AuditRow, applicants, cases, timeline


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is asked for. `org`: the subtree of the registering org."""

    org: str | None
    status: str | None
    item_code: str | None
    lamp: str | None
    updated_since: datetime | None

    def values(self, actor: Actor) -> list[Any]:
        """What a cursor is bound to: the filters, and who asks."""
        return [self.org, self.status, self.item_code, self.lamp, self.updated_since, actor.id, actor.org, actor.dept]


_NEWEST_FIRST = Keyset([cases.c.id], [UUID], descending=True)
_AS_CHANGED = Keyset([cases.c.changed_at, cases.c.id], [datetime.fromisoformat, UUID])


async def list_cases(
    tx: Tx, actor: Actor, wanted: CaseFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[Case, datetime]], str | None]:
    """A page of the cases that `actor` may see, with the moment each was changed."""
    query = CASES.where(_seen_by(actor))
    keyset = _NEWEST_FIRST
    if wanted.updated_since is not None:
        keyset = _AS_CHANGED
        until = await feed.horizon(tx)
        query = query.where(cases.c.changed_at >= wanted.updated_since, cases.c.changed_at < until)
    query = _filtered(query, wanted)
    after = cursors.read(cursor, wanted.values(actor), keyset)
    rows = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    page = rows[:limit]
    following = None
    if len(rows) > limit:
        following = cursors.write([page[-1][column.name] for column in keyset.columns], wanted.values(actor))
    return [(case_of(row), row["changed_at"]) for row in page], following


def _seen_by(actor: Actor) -> Any:
    if actor.roles == {"citizen"}:
        return cases.c.registered_by == actor.id
    return opened_by(cases.c.seen_by, keys_of(actor))


def _filtered(query: Select[Any], wanted: CaseFilter) -> Select[Any]:
    if wanted.org is not None:
        query = query.where(under(cases.c.org, wanted.org))
    for column, value in (
        (cases.c.status, wanted.status),
        (cases.c.item_code, wanted.item_code),
        (cases.c.lamp, wanted.lamp),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


@dataclass(frozen=True, slots=True)
class Vault:
    """What is kept of a person: the sealed form, and the digest that tracking compares with."""

    sealed: bytes
    tail: bytes


_WITH_VAULT = CASES.join(applicants, applicants.c.case_id == cases.c.id).add_columns(
    applicants.c.sealed, applicants.c.tail
)


async def case_and_vault(tx: Tx, case_id: UUID) -> tuple[Case, Vault] | None:
    return await _one(tx, _WITH_VAULT.where(cases.c.id == case_id))


async def by_number(tx: Tx, case_no: str) -> tuple[Case, Vault] | None:
    return await _one(tx, _WITH_VAULT.where(cases.c.case_no == case_no))


async def _one(tx: Tx, query: Select[Any]) -> tuple[Case, Vault] | None:
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    return case_of(row), Vault(row["sealed"], row["tail"])


async def timeline_of(tx: Tx, case_id: UUID) -> list[dict[str, Any]]:
    """The story of a case, oldest first; what happened at one moment in the order of its source."""
    query = (
        select(timeline.c.at, timeline.c.type, timeline.c.actor, timeline.c.org, timeline.c.data)
        .where(timeline.c.case_id == case_id)
        .order_by(timeline.c.at, timeline.c.source, timeline.c.sequence)
    )
    rows = (await tx.execute(query)).mappings()
    return [{**row, "at": row["at"].astimezone(TZ)} for row in rows]


async def audit(tx: Tx, at: datetime, actor: Actor, case_id: UUID, purpose: str) -> None:
    """Put on record that somebody saw a person's unmasked data."""
    row = {
        "id": new_id(),
        "at": at,
        "actor": actor.id,
        "org": actor.org,
        "action": "applicant.read",
        "case_id": case_id,
        "purpose": purpose,
    }
    await sets.write(tx, sets.insert(AuditRow, [row]))
