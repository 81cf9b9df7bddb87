"""Held events: events that cannot be carried out now, kept in order until they can, or until a person decides.

States: `waiting` for something that is not there yet, or locked; `gap`: an earlier event is missing; `parked` for a
person; `ready` to be tried again; `behind` one of these in its chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from bianmin.events.envelope import Event
from bianmin.kit.db import Tx, rows, run
from bianmin.kit.log import Stored

Chain = tuple[str, str]
"""(source, subject): within it, and only within it, order holds."""
State = Literal["waiting", "gap", "parked", "ready", "behind"]

_HOLD = """
INSERT INTO held (source, subject, sequence, state, reason, type, payload, next_try)
SELECT h.*, CASE WHEN h.state = 'waiting' THEN now() END
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bytea[])
AS h(source, subject, sequence, state, reason, type, payload)
ON CONFLICT (source, subject, sequence) DO NOTHING
"""
_WAITING_CHAINS = """
SELECT DISTINCT source, subject FROM held WHERE subject = ANY($1::text[]) AND state <> 'parked'
"""
_DUE_CHAINS = "SELECT source, subject FROM held WHERE next_try <= now() ORDER BY next_try LIMIT $1"
_LOCK_CHAINS = """
SELECT h.id, h.source, h.subject, h.state, h.payload
FROM unnest($1::text[], $2::text[]) AS c(source, subject) JOIN held h USING (source, subject)
ORDER BY h.source, h.subject, h.sequence
FOR UPDATE OF h
"""
_RELEASE = "DELETE FROM held WHERE id = ANY($1::bigint[])"
# tried again after 1, 2, 4 … 64 seconds of real time
_POSTPONE = """
UPDATE held AS h SET state = s.state, reason = s.reason, attempts = h.attempts + 1,
    next_try = CASE WHEN s.state = 'waiting' THEN now() + interval '1 second' * power(2, least(h.attempts, 6)) END
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS s(id, state, reason) WHERE h.id = s.id
"""
_PARK_FIRST = """
UPDATE held SET state = 'parked', reason = $3, next_try = NULL, attempts = attempts + 1 WHERE id = (
    SELECT id FROM held WHERE source = $1 AND subject = $2 ORDER BY sequence LIMIT 1
)
"""
_LIST = """
SELECT id, source, subject, sequence, type, state, reason, attempts, held_at FROM held
WHERE state <> 'behind' OR $1 ORDER BY held_at, id LIMIT $2
"""
_COUNT = "SELECT count(*) FROM held WHERE state = 'parked'"
_REPLAY = """
UPDATE held SET state = 'ready', next_try = now()
WHERE state IN ('parked', 'waiting', 'gap') AND (id = ANY($1::bigint[]) OR $2)
"""
# a row that is locked is being tried right now, and its transaction sees what this one wrote or waits for it
_REPLAY_REASON = """
UPDATE held SET state = 'ready', next_try = now() WHERE id = ANY(ARRAY(
    SELECT id FROM held WHERE state = 'parked' AND reason = $1 FOR UPDATE SKIP LOCKED
))
"""
# a discarded event counts as done: events behind it may go on
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
_FREE = "UPDATE held SET state = 'ready', next_try = now() WHERE subject = ANY($1::text[]) AND state = 'behind'"


class Hindrance(NamedTuple):
    """Why an event cannot be carried out now: its state among the held events, and the kind of the error."""

    state: State
    reason: str = ""


class LockedEvent(NamedTuple):
    """A held event whose row is locked. `chain` is where it is held; the payload may say otherwise once readable."""

    id: int
    chain: Chain
    state: State
    payload: bytes


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One entry of the list of what waits. `reason` names the kind of the error."""

    id: int
    source: str
    subject: str
    sequence: int
    type: str
    state: str
    reason: str
    attempts: int
    held_at: datetime


async def hold(tx: Tx, events: Sequence[tuple[Event, Hindrance]]) -> None:
    """Keep events that cannot be carried out now. An event that is held already stays as it is."""
    await run(
        tx,
        _HOLD,
        *columns([(e.source, e.subject, e.sequence, why.state, why.reason, e.type, e.raw) for e, why in events]),
    )


async def hold_unreadable(tx: Tx, stored: Stored) -> None:
    """Park an entry of the log that is no event: nobody knows its subject, so its place in the log stands for it."""
    place = f"{stored.partition}@{stored.offset}"
    row = (f"topic:{stored.record.topic}", place, 0, "parked", "Malformed", "", stored.record.value)
    await run(tx, _HOLD, *columns([row]))


async def due(tx: Tx, limit: int = 200) -> list[Chain]:
    """Return the chains whose first event may be tried again now, the longest due first."""
    return list(dict.fromkeys((source, subject) for source, subject in await rows(tx, _DUE_CHAINS, limit)))


async def waiting_for(tx: Tx, subjects: Sequence[str]) -> list[Chain]:
    """Return the chains that have events held about these subjects and do not wait for a person."""
    return [(source, subject) for source, subject in await rows(tx, _WAITING_CHAINS, sorted(subjects))]


async def lock(tx: Tx, chains: Sequence[Chain]) -> list[LockedEvent]:
    """Return the held events of these chains, locked, in order."""
    found = await rows(tx, _LOCK_CHAINS, [source for source, _ in chains], [subject for _, subject in chains])
    return [LockedEvent(id, (source, subject), state, payload) for id, source, subject, state, payload in found]


async def release(tx: Tx, ids: Sequence[int]) -> None:
    """Forget held events that were carried out."""
    await run(tx, _RELEASE, ids)


async def postpone(tx: Tx, events: Sequence[tuple[int, Hindrance]]) -> None:
    """Keep held events (by id) that still cannot be carried out; a waiting one is tried again after a pause."""
    if events:
        await run(tx, _POSTPONE, *columns([(id, why.state, why.reason) for id, why in events]))


async def park_first(tx: Tx, chain: Chain, reason: str) -> None:
    """Set the first held event of a chain aside for a person."""
    await run(tx, _PARK_FIRST, *chain, reason)


async def listed(tx: Tx, *, behind: bool, limit: int) -> list[HeldEvent]:
    """Return held events, the oldest first; with `behind` also those that wait behind another of their chain."""
    return [HeldEvent(*row) for row in await rows(tx, _LIST, behind, limit)]


async def count_parked(tx: Tx) -> int:
    """Return how many events wait for a person."""
    return int((await rows(tx, _COUNT))[0][0])


async def replay(tx: Tx, ids: Sequence[int] | None) -> int:
    """Have these events tried again within a second or two, all where `ids` is None; return how many."""
    return await run(tx, _REPLAY, list(ids or ()), ids is None)


async def replay_reason(tx: Tx, reason: str) -> None:
    """Have parked events of this reason tried again after the commit."""
    await run(tx, _REPLAY_REASON, reason)


async def discard(tx: Tx, ids: Sequence[int]) -> int:
    """Give these events up for good and on record; return how many. Events behind them go on."""
    subjects = [subject for (subject,) in await rows(tx, _DISCARD, list(ids))]
    await run(tx, _FREE, subjects)
    return len(subjects)


def columns(table: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Return the columns of a table given by its rows, as `unnest` wants them."""
    return [list(column) for column in zip(*table, strict=True)]
