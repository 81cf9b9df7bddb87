"""Read pages of filings of refusals, and the case of one."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bianmin.domain.access import keys_of
from bianmin.domain.actors import Actor
from bianmin.domain.filing import FilingStatus
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.sets import Row
from bianmin.kit.subtree import opened_by, under
from services.intake.store.tables import cases, refusal_filings

_OLDEST_FIRST = Keyset([refusal_filings.c.id], [UUID])
_FILINGS = select(refusal_filings, cases.c.case_no, cases.c.accepting_org).join(
    cases, cases.c.id == refusal_filings.c.case_id
)


@dataclass(frozen=True, slots=True)
class RefusalFilingFilter:
    """What a list of filings is limited to. `org`: the subtree of the accepting org."""

    org: str | None
    status: FilingStatus | None

    def values(self, actor: Actor) -> list[Any]:
        """Return what a cursor is bound to: the filters, and the keys of who asks."""
        return [*astuple(self), *keys_of(actor)]


async def list_refusal_filings(
    tx: Tx, actor: Actor, wanted: RefusalFilingFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[Row], str | None]:
    """Return a page of the filings of the cases that `actor` may see, the oldest first, and the next cursor."""
    query = _FILINGS.where(opened_by(cases.c.seen_by, keys_of(actor)))
    if wanted.org is not None:
        query = query.where(under(cases.c.accepting_org, wanted.org))
    if wanted.status is not None:
        query = query.where(refusal_filings.c.status == wanted.status)
    return await read_page(tx, query, _OLDEST_FIRST, wanted.values(actor), cursors, cursor, limit)


async def case_of_filing(tx: Tx, filing_id: UUID) -> UUID | None:
    """Return the id of the case of a filing; None where there is no such filing."""
    found = await tx.execute(select(refusal_filings.c.case_id).where(refusal_filings.c.id == filing_id))
    case_id: UUID | None = found.scalar_one_or_none()
    return case_id
