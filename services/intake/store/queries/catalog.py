"""The catalog in lists and views: the items that hold at an org, and their versions."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from bianmin.domain.divisions import ancestors
from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.name_search import name_contains
from bianmin.kit.pages import Cursors, Keyset, read_page
from services.intake.store.tables import items, versions


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a list of items is limited to. `org`: the org at which they hold; `q`: a part of the name."""

    org: str | None
    category: str | None
    mode: str | None
    q: str | None


_VERSIONS = select(
    versions.c.org,
    versions.c.code,
    versions.c.number,
    versions.c.status,
    versions.c.content,
    versions.c.changed_at,
    items.c.version,
    items.c.latest,
).join(items, (items.c.org == versions.c.org) & (items.c.code == versions.c.code))


def _nearest(org: str | None) -> Select[Any]:
    """Select published versions: of each code the one nearest above `org`, or the highest where `org` is None."""
    query = _VERSIONS.where(items.c.published == versions.c.number).ext(distinct_on(versions.c.code))
    if org is None:
        return query.order_by(versions.c.code, func.length(versions.c.org), versions.c.org)
    return query.where(sets.one_of(versions.c.org, [org, *ancestors(org)])).order_by(
        versions.c.code, func.length(versions.c.org).desc()
    )


async def list_items(
    tx: Tx, wanted: ItemFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[RowMapping], str | None]:
    """Return a page of the items that hold at an org, by code, and the cursor of the next page.

    Raises the kit's refusal for a cursor that it did not write.
    """
    nearest = _nearest(wanted.org).subquery()
    query = select(nearest)
    if wanted.category is not None:
        query = query.where(nearest.c.content["category"].astext == wanted.category)
    if wanted.mode is not None:
        query = query.where(nearest.c.content["mode"].astext == wanted.mode)
    if wanted.q is not None:
        query = query.where(name_contains(nearest.c.content["name"].astext, wanted.q))
    keyset = Keyset([nearest.c.code], [str])
    return await read_page(tx, query, keyset, astuple(wanted), cursors, cursor, limit)


async def find_version(tx: Tx, org: str | None, code: str, *, drafts: bool) -> RowMapping | None:
    """Return the version of `code` that holds at `org`, or None.

    With `drafts`, also a draft of the org's own item that was never published.
    """
    row: RowMapping | None = (await tx.execute(_nearest(org).where(versions.c.code == code))).mappings().first()
    if row is not None or not drafts or org is None:
        return row
    row = (await tx.execute(_own(org, code))).mappings().first()
    return row


async def find_draft(tx: Tx, org: str, code: str) -> RowMapping | None:
    """Return the org's own draft of an item, or None."""
    row: RowMapping | None = (await tx.execute(_own(org, code).where(versions.c.status == "draft"))).mappings().first()
    return row


def _own(org: str, code: str) -> Select[Any]:
    return _VERSIONS.where(versions.c.org == org, versions.c.code == code).order_by(versions.c.number.desc()).limit(1)


async def list_versions(tx: Tx, org: str | None, code: str, *, drafts: bool) -> Sequence[RowMapping]:
    """Return all versions of the item that holds at `org`, the newest first; drafts only with `drafts`."""
    found = await find_version(tx, org, code, drafts=drafts)
    if found is None:
        return []
    query = select(
        versions.c.org, versions.c.code, versions.c.number.label("version"), versions.c.status, versions.c.changed_at
    ).where(versions.c.org == found["org"], versions.c.code == code)
    if not drafts:
        query = query.where(versions.c.status != "draft")
    return (await tx.execute(query.order_by(versions.c.number.desc()))).mappings().all()


async def etag_version(tx: Tx, org: str, code: str) -> int | None:
    """Return the item's version (its ETag), or None where the org has no such item of its own."""
    query = select(items.c.version).where(items.c.org == org, items.c.code == code)
    return (await tx.execute(query)).scalar()
