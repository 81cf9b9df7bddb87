"""Cases whose wait for a supplement is over: what the timer claims."""

from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID

from bianmin.kit.db import Tx, rows
from bianmin.kit.parked_timers import not_parked
from bianmin.kit.time_source import TZ

ANY_LAPSED = "EXISTS (SELECT FROM cases WHERE waits_until < ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)"
"""The SQL condition by which the timer sees, at the moment `$1`, whether there is a case to claim."""

_CLAIM = f"""
SELECT id, accepting_org, waits_until FROM cases WHERE waits_until < $1 AND {not_parked("lapses", "cases.id")}
ORDER BY waits_until, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""


class LapsedWait(NamedTuple):
    """A case whose supplement was waited for until `waited_until`, the end of that day in the county's zone."""

    case_id: UUID
    accepting_org: str
    waited_until: datetime


async def claim_lapsed_waits(tx: Tx, today: date, limit: int) -> list[LapsedWait]:
    """Lock and return cases that waited until a day before `today`, the longest wait first.

    Cases that another replica has locked are left to it.
    """
    return [
        LapsedWait(case_id, org, datetime.combine(until, time.max, TZ))
        for case_id, org, until in await rows(tx, _CLAIM, today, limit)
    ]
