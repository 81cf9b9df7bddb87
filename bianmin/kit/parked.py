"""What waits for a person: held events and parked timer commands, in one list with ids of one sequence."""

from collections.abc import Sequence

from bianmin.kit import held, parked_timers
from bianmin.kit.db import Database, Tx
from bianmin.kit.held import HeldEvent


async def listed(database: Database, *, behind: bool = False, limit: int = 200) -> Sequence[HeldEvent]:
    """Return what is held or parked, the oldest first; with `behind` also events that wait behind another."""
    async with database.reading() as tx:
        found = [*await held.listed(tx, behind=behind, limit=limit), *await parked_timers.listed(tx, limit=limit)]
    return sorted(found, key=lambda each: (each.held_at, each.id))[:limit]


async def count(database: Database) -> int:
    """Return how many events and timer commands wait for a person."""
    async with database.reading() as tx:
        return await held.count_parked(tx) + await parked_timers.count(tx)


async def replay(database: Database, ids: Sequence[int] | None) -> int:
    """Have these (None: all) tried again by the running service within a second or two; return how many."""
    async with database.transaction() as tx:
        return await parked_timers.replay(tx, ids) + await held.replay(tx, ids)


async def replay_reason(tx: Tx, reason: str) -> None:
    """Have everything parked for this reason tried again after the commit: what hindered it may be gone."""
    await held.replay_reason(tx, reason)
    await parked_timers.replay_reason(tx, reason)


async def discard(database: Database, ids: Sequence[int]) -> int:
    """Give these events up for good and on record; return how many. Events behind them go on."""
    async with database.transaction() as tx:
        return await held.discard(tx, ids)
