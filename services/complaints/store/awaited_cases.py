"""Complaints that name a case of which no event has arrived, and when to stop waiting for it.

The inbox tells which cases are known. Ids of cases and complaints are UUIDv7, so they tell when each was made.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from bianmin.domain.actors import system
from bianmin.events.registry import source_of
from bianmin.kit.db import Tx, rows
from bianmin.kit.decide import Cause
from bianmin.kit.timers import Timer
from services.complaints.domain.recusal import EndCaseWait

_INTAKE = source_of("intake")
_HOUR = 3_600_000  # milliseconds


def _made_at(uuid: str) -> str:
    """Return SQL for the moment a UUIDv7, as text, was made, in milliseconds; null where the text is no UUID."""
    return f"CASE WHEN {uuid} ~ '^[0-9a-f]{{8}}-[0-9a-f]{{4}}-' THEN {_first_48_bits(uuid)} END"


def _first_48_bits(uuid: str) -> str:
    return f"('x' || left(replace({uuid}, '-', ''), 12))::bit(48)::bigint"


# Ids of cases begin with 0; subjects of items with an org code, so with a higher digit.
_NEWEST_CASE = f"(SELECT max(subject) FROM inbox WHERE source = '{_INTAKE}' AND subject < '1')"
# A case registered an hour after the complaint has arrived, and nothing of the awaited case: it does not exist.
_OVER = f"""
c.awaits_case AND NOT EXISTS (SELECT FROM held h WHERE h.source = '{_INTAKE}' AND h.subject = c.case_id::text) AND (
    EXISTS (SELECT FROM inbox i WHERE i.source = '{_INTAKE}' AND i.subject = c.case_id::text)
    OR {_made_at(_NEWEST_CASE)} - {_first_48_bits("c.id::text")} > {_HOUR}
)
"""
_CLAIM = f"""
SELECT c.id, c.handler_org FROM complaint c WHERE {_OVER} ORDER BY c.id LIMIT $1 FOR UPDATE OF c SKIP LOCKED
"""
_KNOWN = f"SELECT subject::uuid FROM inbox WHERE source = '{_INTAKE}' AND subject = ANY($1::text[])"


async def known_cases(tx: Tx, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the cases of which an event of intake has arrived."""
    if not case_ids:
        return frozenset()
    return frozenset(id for (id,) in await rows(tx, _KNOWN, sorted(map(str, case_ids))))


async def _claim(tx: Tx, now: datetime, limit: int) -> Sequence[EndCaseWait]:
    return [EndCaseWait(id, now, Cause(system(org))) for id, org in await rows(tx, _CLAIM, limit)]


_WAITING = f"EXISTS (SELECT FROM complaint c WHERE {_OVER} AND $1::timestamptz IS NOT NULL)"
TIMER = Timer("awaited_cases", _WAITING, _claim)
