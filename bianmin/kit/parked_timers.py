"""Parked timer commands: what a timer could not do. The timer tries again after a minute; a person can see it here."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bianmin.kit.db import Tx, rows, run
from bianmin.kit.held import HeldEvent

_PARK = """
INSERT INTO parked_timer AS p (timer, subject, reason)
SELECT $1, subject, reason FROM unnest($2::text[], $3::text[]) AS due(subject, reason) ORDER BY subject
ON CONFLICT (timer, subject) DO UPDATE SET reason = excluded.reason, attempts = p.attempts + 1, parked_at = now()
"""
_ANY = "SELECT FROM parked_timer WHERE timer = $1 LIMIT 1"
# a row that is locked is being forgotten by another transaction
_FORGET = """
DELETE FROM parked_timer WHERE id = ANY(ARRAY(
    SELECT id FROM parked_timer WHERE timer = $1 AND subject = ANY($2::text[]) FOR UPDATE SKIP LOCKED
))
"""
_LIST = """
SELECT id, 'timer:' || timer, subject, 0, '', 'parked', reason, attempts, parked_at FROM parked_timer
ORDER BY parked_at, id LIMIT $1
"""
_COUNT = "SELECT count(*) FROM parked_timer"
_REPLAY = "DELETE FROM parked_timer WHERE id = ANY($1::bigint[]) OR $2"
_REPLAY_REASON = """
DELETE FROM parked_timer WHERE id = ANY(ARRAY(
    SELECT id FROM parked_timer WHERE reason = $1 FOR UPDATE SKIP LOCKED
))
"""


async def park(tx: Tx, timer: str, reasons: Mapping[UUID, str]) -> None:
    """Record what a timer could not do: the kind of the error by subject. It is tried again after a minute."""
    await run(tx, _PARK, timer, [str(subject) for subject in reasons], list(reasons.values()))


async def forget(tx: Tx, timer: str, subjects: Iterable[UUID]) -> None:
    """Forget what a timer could not do once and has done now."""
    if await rows(tx, _ANY, timer):
        await run(tx, _FORGET, timer, [str(subject) for subject in subjects])


def not_parked(timer: str, subject: str) -> str:
    """Return an SQL condition for a timer's claim: what it could not do for `subject` (a column, by its full name)
    within the last minute is left alone, so that it does not stand before the others again and again."""
    return f"""NOT EXISTS (
        SELECT FROM parked_timer p WHERE p.timer = '{timer}' AND p.subject = {subject}::text
            AND p.parked_at > now() - interval '1 minute'
    )"""


async def listed(tx: Tx, *, limit: int) -> list[HeldEvent]:
    """Return parked timer commands, the oldest first, in the shape of held events; the source is `timer:<name>`."""
    return [HeldEvent(*row) for row in await rows(tx, _LIST, limit)]


async def count(tx: Tx) -> int:
    """Return how many timer commands are parked."""
    return int((await rows(tx, _COUNT))[0][0])


async def replay(tx: Tx, ids: Sequence[int] | None) -> int:
    """Have the timer try these at once, all where `ids` is None; return how many."""
    return await run(tx, _REPLAY, list(ids or ()), ids is None)


async def replay_reason(tx: Tx, reason: str) -> None:
    """Have the timer try at once what it could not do for this reason."""
    await run(tx, _REPLAY_REASON, reason)
