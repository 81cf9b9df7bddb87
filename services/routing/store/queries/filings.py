"""Read pages of filings of denials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from bianmin.domain.access import Holder, keys_of
from bianmin.domain.actors import Actor
from bianmin.domain.filing import FilingStatus
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import opened_by, under
from services.routing.domain.route import DenialFiling
from services.routing.store.route_rows import filing_codec
from services.routing.store.tables import filings, routes

OLDEST_FIRST = Keyset([filings.c.id], [UUID])
_FILINGS = select(filings, routes.c.case_no).join(routes, routes.c.case_id == filings.c.case_id)


@dataclass(frozen=True, slots=True)
class ListedFiling:
    """A filing with its case number and the office that decides the case."""

    filing: DenialFiling
    case_no: str
    office: Holder


@dataclass(frozen=True, slots=True)
class FilingFilter:
    """Filters of a list of filings. `org` stands for the subtree in which the deciding office lies."""

    org: str | None
    status: FilingStatus | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL conditions."""
        conditions: list[ColumnElement[bool]] = []
        if self.org is not None:
            conditions.append(under(filings.c.office_org, self.org))
        if self.status is not None:
            conditions.append(filings.c.status == self.status)
        return conditions

    def bound(self, actor: Actor) -> Sequence[Any]:
        """What a cursor is bound to: the filters, and the keys of the actor."""
        return [self.org, self.status, *keys_of(actor)]


async def list_filings(
    tx: Tx, actor: Actor, filters: FilingFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedFiling], str | None]:
    """A page of the filings in cases that the actor may see, the oldest first, and the cursor of the next page."""
    query = filings_visible_to(actor, filters)
    found, following = await read_page(tx, query, OLDEST_FIRST, filters.bound(actor), cursors, cursor, limit)
    listed = [
        ListedFiling(filing_codec.load(row), row["case_no"], Holder(row["office_org"], row["office_dept"]))
        for row in found
    ]
    return listed, following


def filings_visible_to(actor: Actor, filters: FilingFilter) -> Select[Any]:
    """SELECT of the filings in cases that the actor may see."""
    return _FILINGS.where(opened_by(routes.c.seen_by, keys_of(actor)), *filters.conditions())
