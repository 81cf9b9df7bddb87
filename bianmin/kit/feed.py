"""Change feeds without gaps: `?updated_since=` never skips a row whose transaction commits late."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select

from bianmin.kit.db import Tx, rows

# changed_at is the start of the transaction that wrote the row (`now()` of the database, real time).
# A row can still appear behind one that is visible already, but not before the oldest open transaction.
_HORIZON = """
SELECT coalesce(min(xact_start), clock_timestamp()) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


async def changed_since(tx: Tx, query: Select[Any], changed_at: Any, since: datetime | None) -> Select[Any]:
    """The query, limited to rows that changed at `since` or later; as it is where `since` is None.

    `changed_at` is the column. Rows after the horizon are left to a later page of the feed.
    """
    return query if since is None else query.where(changed_at >= since, changed_at < await horizon(tx))


async def horizon(tx: Tx) -> datetime:
    """The moment before which no new row can appear.

    Ask for it in a statement before the list itself: in one statement a transaction could commit between the snapshot
    of the list and this look.
    """
    moment: datetime = (await rows(tx, _HORIZON))[0][0]
    return moment
