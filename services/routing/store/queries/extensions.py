"""Read pages of requests for an extension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from bianmin.domain.access import Holder, keys_of
from bianmin.domain.actors import Actor
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import opened_by, under
from services.routing.domain.route import Extension, ExtensionStatus
from services.routing.store.route_rows import extension_codec
from services.routing.store.tables import extensions, routes

OLDEST_FIRST = Keyset([extensions.c.id], [UUID])
_EXTENSIONS = select(extensions, routes.c.case_no).join(routes, routes.c.case_id == extensions.c.case_id)


@dataclass(frozen=True, slots=True)
class ListedExtension:
    """A request for an extension with its case number and the office that decides the case."""

    extension: Extension
    case_no: str
    office: Holder


@dataclass(frozen=True, slots=True)
class ExtensionFilter:
    """Filters of a list of extensions. `org` stands for the subtree in which the deciding office lies."""

    org: str | None
    status: ExtensionStatus | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL conditions."""
        conditions: list[ColumnElement[bool]] = []
        if self.org is not None:
            conditions.append(under(extensions.c.office_org, self.org))
        if self.status is not None:
            conditions.append(extensions.c.status == self.status)
        return conditions

    def bound(self, actor: Actor) -> Sequence[Any]:
        """What a cursor is bound to: the filters, and the keys of the actor."""
        return [self.org, self.status, *keys_of(actor)]


async def list_extensions(
    tx: Tx, actor: Actor, filters: ExtensionFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedExtension], str | None]:
    """A page of the requests in cases that the actor may see, the oldest first, and the cursor of the next page."""
    query = extensions_visible_to(actor, filters)
    found, following = await read_page(tx, query, OLDEST_FIRST, filters.bound(actor), cursors, cursor, limit)
    listed = [
        ListedExtension(extension_codec.load(row), row["case_no"], Holder(row["office_org"], row["office_dept"]))
        for row in found
    ]
    return listed, following


def extensions_visible_to(actor: Actor, filters: ExtensionFilter) -> Select[Any]:
    """SELECT of the requests in cases that the actor may see."""
    return _EXTENSIONS.where(opened_by(routes.c.seen_by, keys_of(actor)), *filters.conditions())
