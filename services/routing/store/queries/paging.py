"""Read one page of a query."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, Select

from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset


async def read_page(
    tx: Tx,
    query: Select[Any],
    keyset: Keyset,
    bound: Sequence[Any],
    cursors: Cursors,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[RowMapping], str | None]:
    """The rows of the page behind `cursor`, and the cursor of the next page.

    `bound` are the filters to which cursors are bound. Raises `MalformedRequest` for a cursor of other filters.
    """
    after = cursors.read(cursor, bound, keyset)
    found = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    page = found[:limit]
    if len(found) == len(page):
        return page, None
    return page, cursors.write([page[-1][column.name] for column in keyset.columns], bound)
