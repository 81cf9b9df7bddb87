"""Events set aside for a person: look at them, try them again, or give them up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.kit.db import Database, Tx, rows, run

_LIST = """
SELECT id, source, subject, sequence, type, state, reason, attempts, held_at FROM held
WHERE state <> 'behind' OR $1 ORDER BY held_at, id LIMIT $2
"""
_COUNT = "SELECT count(*) FROM held WHERE state = 'parked'"
_REPLAY = """
UPDATE held SET state = 'ready', next_try = now()
WHERE state IN ('parked', 'waiting', 'gap') AND (id = ANY($1::bigint[]) OR $2)
"""
# giving an event up counts as having had it: whoever waits behind it may go on
_DISCARD = """
WITH gone AS (
    DELETE FROM held WHERE id = ANY($1::bigint[]) AND state IN ('parked', 'waiting')
    RETURNING id, source, subject, sequence
), moved AS (
    INSERT INTO inbox AS i (source, subject, sequence)
    SELECT source, subject, max(sequence) FROM gone WHERE sequence > 0 GROUP BY source, subject
    ON CONFLICT (source, subject) DO UPDATE SET sequence = greatest(i.sequence, excluded.sequence)
)
INSERT INTO passed_over (source, subject, sequence, type, reason)
SELECT source, subject, sequence, '', 'discarded' FROM gone ON CONFLICT DO NOTHING RETURNING subject
"""
# what a timer could not do is no event: it is tried again by the timer itself, and only known here
_PARK_DUE = """
INSERT INTO held AS h (source, subject, sequence, state, reason, type, payload)
SELECT 'timer:' || $1::text, subject, 0, 'parked', reason, '', ''
FROM unnest($2::text[], $3::text[]) AS due(subject, reason) ORDER BY subject
ON CONFLICT (source, subject, sequence) DO UPDATE
SET state = 'parked', reason = excluded.reason, attempts = h.attempts + 1, held_at = now()
"""
_ANY_DUE = "SELECT FROM held WHERE source = 'timer:' || $1::text LIMIT 1"
# whoever holds one of these rows is forgetting it just now
_DUE_DONE = """
DELETE FROM held WHERE id = ANY(ARRAY(
    SELECT id FROM held WHERE source = 'timer:' || $1::text AND subject = ANY($2::text[]) FOR UPDATE SKIP LOCKED
))
"""
_FORGET_DUE = "DELETE FROM held WHERE source LIKE 'timer:%' AND state = 'parked' AND (id = ANY($1::bigint[]) OR $2)"
# whoever holds one of these rows is trying it just now, by what its transaction will find
_RETRY = """
UPDATE held SET state = 'ready', next_try = now() WHERE id = ANY(ARRAY(
    SELECT id FROM held WHERE state = 'parked' AND reason = $1 AND source NOT LIKE 'timer:%' FOR UPDATE SKIP LOCKED
))
"""
_RETRY_DUE = """
DELETE FROM held WHERE id = ANY(ARRAY(
    SELECT id FROM held WHERE state = 'parked' AND reason = $1 AND source LIKE 'timer:%' FOR UPDATE SKIP LOCKED
))
"""
_FREE = "UPDATE held SET state = 'ready', next_try = now() WHERE subject = ANY($1::text[]) AND state = 'behind'"


@dataclass(frozen=True, slots=True)
class Held:
    """One event that is not done. `state`: parked, waiting, gap, ready or behind; `reason` names the error's kind."""

    id: int
    source: str
    subject: str
    sequence: int
    type: str
    state: str
    reason: str
    attempts: int
    held_at: datetime


async def listed(database: Database, *, behind: bool = False, limit: int = 200) -> Sequence[Held]:
    """The held events, oldest first; with `behind`, also those that only wait for one of them."""
    async with database.reading() as tx:
        return [Held(*row) for row in await rows(tx, _LIST, behind, limit)]


async def count(database: Database) -> int:
    async with database.reading() as tx:
        return int((await rows(tx, _COUNT))[0][0])


async def replay(database: Database, ids: Sequence[int] | None) -> int:
    """Have these tried again by the running service within a second or two; all of them when `ids` is None."""
    async with database.transaction() as tx:
        due = await run(tx, _FORGET_DUE, list(ids or ()), ids is None)
        return due + await run(tx, _REPLAY, list(ids or ()), ids is None)


async def retry_parked_for(tx: Tx, reason: str) -> None:
    """What hindered these may be gone: they are tried again after the commit, events and what timers could not do."""
    await run(tx, _RETRY, reason)
    await run(tx, _RETRY_DUE, reason)


async def park_due(tx: Tx, timer: str, reasons: Mapping[UUID, str]) -> None:
    """Put on record what a timer could not do, by what it is about. It is tried again after a minute (`left_alone`)."""
    await run(tx, _PARK_DUE, timer, [str(subject) for subject in reasons], list(reasons.values()))


async def due_done(tx: Tx, timer: str, subjects: Iterable[UUID]) -> None:
    """What a timer could not do once and has done now is no matter for a person any more."""
    if await rows(tx, _ANY_DUE, timer):
        await run(tx, _DUE_DONE, timer, [str(subject) for subject in subjects])


def left_alone(timer: str, subject: str) -> str:
    """A condition on what a timer claims: for a minute it leaves alone what it could not do for `subject`, a column by
    its full name, so that this does not stand in front of the others again and again."""
    return f"""NOT EXISTS (
        SELECT FROM held h WHERE h.source = 'timer:{timer}' AND h.subject = {subject}::text
            AND h.held_at > now() - interval '1 minute'
    )"""


async def discard(database: Database, ids: Sequence[int]) -> int:
    """Give these up for good; it is on record, and what waited behind them goes on."""
    async with database.transaction() as tx:
        subjects = [subject for (subject,) in await rows(tx, _DISCARD, list(ids))]
        await run(tx, _FREE, subjects)
    return len(subjects)
