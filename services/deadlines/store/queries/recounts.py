"""How far recounts have come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.kit.db import Tx, rows
from bianmin.kit.time_source import TZ
from services.deadlines.store.local_time import local

_PROGRESS = """
SELECT r.id, r.region, r.year, r.state, r.total, r.created_at, r.finished_at,
    (SELECT count(*) FROM recount_subject s WHERE s.recount_id = r.id)
FROM recount r ORDER BY r.created_at DESC LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class RecountProgress:
    """How far a recount has come. `total`: subjects in all; `left`: those still to recalculate."""

    id: UUID
    region: str
    year: int
    state: str
    total: int
    ordered_at: datetime
    finished_at: datetime | None
    left: int


async def latest(tx: Tx, limit: int) -> list[RecountProgress]:
    """Return the latest recounts, the newest first, at most `limit`; moments in the county's zone."""
    return [
        RecountProgress(id, region, year, state, total, ordered_at.astimezone(TZ), local(finished_at), left)
        for id, region, year, state, total, ordered_at, finished_at, left in await rows(tx, _PROGRESS, limit)
    ]
