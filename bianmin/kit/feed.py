"""A change feed without gaps: `?updated_since=` never skips a row that was committed late."""

from datetime import datetime

from bianmin.kit.db import Tx, rows

# changed_at is the start of the transaction that wrote the row (`now()` of the database, real time).
# A row can still appear behind one that is visible already, but not before the oldest transaction under way.
_HORIZON = """
SELECT coalesce(min(xact_start), clock_timestamp()) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


async def horizon(tx: Tx) -> datetime:
    """The moment before which nothing can appear any more. Ask it in a statement before the list itself:
    in one statement a transaction could commit between the list's snapshot and this look."""
    moment: datetime = (await rows(tx, _HORIZON))[0][0]
    return moment
