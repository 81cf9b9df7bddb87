"""Cases in lists, in single views and in tracking."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, select

from bianmin.domain.access import keys_of
from bianmin.domain.actors import Actor
from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.feed import changed_since
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import opened_by, under
from services.intake.domain.case import Case
from services.intake.store.cases import CASES, case_of
from services.intake.store.tables import ApplicantAuditRow, applicants, cases


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is limited to. `org`: the subtree of the registering org."""

    org: str | None
    status: str | None
    item_code: str | None
    lamp: str | None
    client_ref: str | None
    updated_since: datetime | None

    def values(self, actor: Actor) -> list[Any]:
        """Return what a cursor is bound to: the filters, and who asks."""
        return [*astuple(self), actor.id, actor.org, actor.dept]


_NEWEST_FIRST = Keyset([cases.c.id], [UUID], descending=True)
_AS_CHANGED = Keyset([cases.c.changed_at, cases.c.id], [datetime.fromisoformat, UUID])


async def list_cases(
    tx: Tx, actor: Actor, wanted: CaseFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[Case, datetime]], str | None]:
    """Return a page of the cases that `actor` may see, each with the moment of its last change, and the next cursor.

    The newest case comes first; with `updated_since`, cases come in the order of their changes. Raises the kit's
    refusal for a cursor that it did not write for these filters.
    """
    keyset = _NEWEST_FIRST if wanted.updated_since is None else _AS_CHANGED
    query = _filtered(CASES.where(_visible_to(actor)), wanted)
    query = await changed_since(tx, query, cases.c.changed_at, wanted.updated_since)
    page, next_cursor = await read_page(tx, query, keyset, wanted.values(actor), cursors, cursor, limit)
    return [(case_of(row), row["changed_at"]) for row in page], next_cursor


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule of `domain.checks.may_see`."""
    keys = keys_of(actor)
    if not actor.may("citizen"):
        return opened_by(cases.c.seen_by, keys)
    own = cases.c.registered_by == actor.id
    return own | opened_by(cases.c.seen_by, keys) if keys else own


def _filtered(query: Select[Any], wanted: CaseFilter) -> Select[Any]:
    if wanted.org is not None:
        query = query.where(under(cases.c.org, wanted.org))
    for column, value in (
        (cases.c.status, wanted.status),
        (cases.c.item_code, wanted.item_code),
        (cases.c.lamp, wanted.lamp),
        (cases.c.client_ref, wanted.client_ref),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


@dataclass(frozen=True, slots=True)
class StoredTail:
    """The digest of the last four signs of the id of a case's applicant."""

    case_id: UUID
    digest: bytes


_WITH_APPLICANT = CASES.join(applicants, applicants.c.case_id == cases.c.id).add_columns(applicants.c.sealed)
_BY_ID = sets.Load(CASES.where(cases.c.id == any_(sets.named("ids", cases.c.id))))
_WITH_APPLICANT_BY_ID = sets.Load(_WITH_APPLICANT.where(cases.c.id == any_(sets.named("ids", cases.c.id))))
_TAILS = sets.Load(
    select(cases.c.case_no, cases.c.id, applicants.c.tail)
    .join(applicants, applicants.c.case_id == cases.c.id)
    .where(cases.c.case_no == any_(sets.named("numbers", cases.c.case_no)))
)


async def find_cases(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, Case]:
    """Return the cases with these ids, by id."""
    return {row["id"]: case_of(row) for row in await _BY_ID(tx, ids=ids)}


async def find_cases_with_applicant(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Case, bytes]]:
    """Return the cases with these ids, each with the encrypted form of its applicant, by id."""
    return {row["id"]: (case_of(row), row["sealed"]) for row in await _WITH_APPLICANT_BY_ID(tx, ids=ids)}


async def find_tails(tx: Tx, numbers: Sequence[str]) -> Mapping[str, StoredTail]:
    """Return what tracking compares, of the cases with these case numbers, by number."""
    return {row["case_no"]: StoredTail(row["id"], row["tail"]) for row in await _TAILS(tx, numbers=numbers)}


async def record_applicant_access(tx: Tx, at: datetime, actor: Actor, case_id: UUID, purpose: str) -> None:
    """Record that `actor` read the unmasked data of an applicant (个人信息保护法 art. 51)."""
    row = {
        "id": new_id(),
        "at": at,
        "actor": actor.id,
        "org": actor.org,
        "action": "applicant.read",
        "case_id": case_id,
        "purpose": purpose,
    }
    await sets.write(tx, sets.insert(ApplicantAuditRow, [row]))
