"""Events arrive: each one's effect happens once, in order per (source, subject), in one transaction with its position.

What cannot be done now is held in the database, with those behind it; others go on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bianmin.domain.actors import Actor
from bianmin.events.envelope import Event, parse_event
from bianmin.kit import outbox
from bianmin.kit.batch import Handle
from bianmin.kit.db import Tx, rows, run
from bianmin.kit.decide import Behind, Cause, Command, Done, Outcome, Refused
from bianmin.kit.log import Stored
from bianmin.kit.refusals import Conflict, NotFound

Chain = tuple[str, str]
"""(source, subject): within it, and only within it, order holds."""

# where each chain stands, its first held event, and whether anything is held about its subject at all
_STANDING = """
SELECT c.source, c.subject, i.sequence,
    (SELECT min(h.sequence) FROM held h WHERE h.source = c.source AND h.subject = c.subject),
    EXISTS (SELECT FROM held h WHERE h.subject = c.subject)
FROM unnest($1::text[], $2::text[]) AS c(source, subject) LEFT JOIN inbox i USING (source, subject)
"""
# every chain moves from where it was read, or the whole batch is not counted
_MOVE = """
WITH m AS (SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) AS m(source, subject, sequence, before)),
new AS (
    INSERT INTO inbox (source, subject, sequence)
    SELECT source, subject, sequence FROM m WHERE before IS NULL ORDER BY source, subject
    ON CONFLICT DO NOTHING RETURNING 1
),
moved AS (
    UPDATE inbox AS i SET sequence = m.sequence FROM m
    WHERE i.source = m.source AND i.subject = m.subject AND i.sequence = m.before RETURNING 1
)
SELECT (SELECT count(*) FROM new) + (SELECT count(*) FROM moved)
"""
_HOLD = """
INSERT INTO held (source, subject, sequence, state, reason, type, payload, next_try)
SELECT h.*, CASE WHEN h.state = 'waiting' THEN now() END
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bytea[])
AS h(source, subject, sequence, state, reason, type, payload)
ON CONFLICT (source, subject, sequence) DO NOTHING
"""
_PASS_OVER = """
INSERT INTO passed_over (source, subject, sequence, type, reason)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[])
ON CONFLICT DO NOTHING
"""
_WAITING_CHAINS = """
SELECT DISTINCT source, subject FROM held WHERE subject = ANY($1::text[]) AND state <> 'parked'
"""
_DUE_CHAINS = """
SELECT source, subject FROM held WHERE next_try <= now() ORDER BY next_try LIMIT $1
"""
_TAKE_CHAINS = """
SELECT h.id, h.source, h.subject, h.sequence, h.state, h.attempts, h.payload
FROM unnest($1::text[], $2::text[]) AS c(source, subject) JOIN held h USING (source, subject)
ORDER BY h.source, h.subject, h.sequence
FOR UPDATE OF h
"""
_RELEASE = "DELETE FROM held WHERE id = ANY($1::bigint[])"
# asked again after 1, 2, 4 … 64 seconds of real time
_STILL = """
UPDATE held AS h SET state = s.state, reason = s.reason, attempts = h.attempts + 1,
    next_try = CASE WHEN s.state = 'waiting' THEN now() + interval '1 second' * power(2, least(h.attempts, 6)) END
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS s(id, state, reason) WHERE h.id = s.id
"""


class Raced(Exception):
    """Another member of the group moved the same subject on meanwhile: this transaction must not count."""


@dataclass(slots=True)
class Tally:
    """What one transaction did with the events it was given."""

    done: int = 0
    repeated: int = 0
    held: int = 0
    passed_over: int = 0
    announced: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a chain stands: the last sequence that took effect, the first that is held, and whether anything held may
    wait for its subject."""

    position: int | None
    first_held: int | None
    waited_for: bool


@dataclass(slots=True)
class _Batch:
    """One round of events: what can run, and what has to be held."""

    runnable: list[Event] = field(default_factory=list)
    held: list[tuple[Event, str, str]] = field(default_factory=list)  # event, state, reason
    before: dict[Chain, int | None] = field(default_factory=dict)
    moved: dict[Chain, int] = field(default_factory=dict)
    passed_over: list[tuple[Event, str]] = field(default_factory=list)


class Inbox:
    """One service's way of taking events in: `command_of` says what an event orders, `handle` does it."""

    def __init__(self, service: str, command_of: Callable[[Event], Command | None], handle: Handle) -> None:
        self._service = service
        self._command_of = command_of
        self._handle = handle

    async def take(self, tx: Tx, events: Sequence[Event], now: datetime) -> Tally:
        """Carry out what the events order, as far as it can be done now, and hold the rest."""
        tally = Tally()
        standing = await _standing(tx, {chain_of(event) for event in events})
        batch = _sift(events, standing, tally)
        done = await self._run(tx, batch, now, tally)
        waited = bool(batch.held) or any(each.waited_for for each in standing.values())
        await _write(tx, batch)
        if waited:
            await self._wake(tx, done, now, tally)
        return tally

    async def retry(self, tx: Tx, chains: Iterable[Chain], now: datetime) -> Tally:
        """Try the held events of these chains again, in order, as far as they go."""
        tally = Tally()
        await self._retry(tx, sorted(set(chains)), now, tally)
        return tally

    async def _wake(self, tx: Tx, subjects: set[str], now: datetime, tally: Tally) -> None:
        """What waited for something about these subjects may go on now, and may let others go on in turn."""
        while subjects:
            chains = [(source, subject) for source, subject in await rows(tx, _WAITING_CHAINS, sorted(subjects))]
            subjects = await self._retry(tx, chains, now, tally) if chains else set()

    async def _retry(self, tx: Tx, chains: Sequence[Chain], now: datetime, tally: Tally) -> set[str]:
        taken = await rows(tx, _TAKE_CHAINS, [source for source, _ in chains], [s for _, s in chains])
        queues: dict[Chain, list[tuple[int, Event, str]]] = defaultdict(list)
        strangers: list[tuple[int, Event]] = []  # they could not be read when they came, and now they can
        for row_id, source, subject, _, state, _, payload in taken:
            event = parse_event(payload)
            if chain_of(event) != (source, subject):
                strangers.append((row_id, event))
            else:
                queues[source, subject].append((row_id, event, state))
        standing = await _standing(tx, queues)
        batch = _Batch()
        ids: dict[tuple[Chain, int], int] = {}
        for chain, queue in queues.items():
            last = before = standing[chain].position
            if queue[0][2] == "parked":
                continue
            for row_id, event, _ in queue:
                if last is not None and event.sequence > last + 1:
                    break
                ids[chain, event.sequence] = row_id
                if last is None or event.sequence > last:
                    _admit(batch, event, before)
                    last = event.sequence
        done = await self._run(tx, batch, now, tally)
        still = [(ids.pop((chain_of(event), event.sequence)), state, why) for event, state, why in batch.held]
        await run(tx, _RELEASE, [*ids.values(), *(row_id for row_id, _ in strangers)])
        batch.held.clear()
        if still:
            await run(tx, _STILL, *_columns(still))
        await _write(tx, batch)
        if strangers:
            await self.take(tx, [event for _, event in strangers], now)
        return done

    async def _run(self, tx: Tx, batch: _Batch, now: datetime, tally: Tally) -> set[str]:
        """Hand the runnable events' commands to the handler; sort what became of them. Returns subjects that moved."""
        orders = [(event, self._command_of(event)) for event in batch.runnable]
        commands = [command for _, command in orders if command is not None]
        outcomes: Iterable[Outcome] = ()
        if commands:
            handled = await self._handle(tx, commands, now)
            outcomes = handled.outcomes
            await outbox.append(tx, handled.announced, source=self._service, at=now)
            tally.announced += len(handled.announced)
        results = iter(outcomes)
        stopped: set[Chain] = set()
        moved: set[str] = set()
        for event, command in orders:
            outcome = next(results) if command is not None else Done()
            chain = chain_of(event)
            if chain in stopped:
                batch.held.append((event, "behind", ""))
                continue
            if isinstance(outcome, Refused) and not isinstance(outcome.error, Conflict):
                stopped.add(chain)
                batch.held.append((event, *_hindrance(outcome.error)))
                continue
            if isinstance(outcome, Refused):
                batch.passed_over.append((event, type(outcome.error).__name__))
                tally.passed_over += 1
            batch.moved[chain] = event.sequence
            moved.add(event.subject)
            tally.done += 1
        tally.held += len(batch.held)
        return moved


def chain_of(event: Event) -> Chain:
    return event.source, event.subject


def cause_of(event: Event) -> Cause:
    """The cause of a command that an event orders: the house acts, where the event happened."""
    return Cause(
        actor=Actor(id="system", org=event.region),
        correlation=event.correlationid,
        causation=event.id,
        trace=event.traceparent,
        chain=chain_of(event),
    )


def _hindrance(error: Exception) -> tuple[str, str]:
    """What is not there yet is waited for; what nobody expected waits for a person."""
    match error:
        case NotFound():
            return "waiting", type(error).__name__
        case Behind():
            return "behind", ""
        case _:
            return "parked", type(error).__name__


def _sift(events: Iterable[Event], standing: Mapping[Chain, _Standing], tally: Tally) -> _Batch:
    batch = _Batch()
    reached: dict[Chain, int] = {}
    gaps = {chain: each.first_held for chain, each in standing.items() if each.first_held is not None}
    for event in events:
        chain = chain_of(event)
        before = standing[chain].position
        last = reached.get(chain, before)
        if last is not None and event.sequence <= last:
            tally.repeated += 1
        elif gaps.get(chain, event.sequence) < event.sequence:
            batch.held.append((event, "behind", ""))
        elif last is not None and event.sequence > last + 1:
            batch.held.append((event, "gap", f"expects {last + 1}"))
            gaps[chain] = event.sequence
        else:
            _admit(batch, event, before)
            reached[chain] = event.sequence
    return batch


def _admit(batch: _Batch, event: Event, before: int | None) -> None:
    batch.runnable.append(event)
    batch.before.setdefault(chain_of(event), before)


async def _standing(tx: Tx, chains: Iterable[Chain]) -> dict[Chain, _Standing]:
    wanted = list(chains)
    known = await rows(tx, _STANDING, [source for source, _ in wanted], [subject for _, subject in wanted])
    return {(source, subject): _Standing(*rest) for source, subject, *rest in known}


async def _write(tx: Tx, batch: _Batch) -> None:
    if batch.moved:
        moves = [(*chain, to, batch.before[chain]) for chain, to in batch.moved.items()]
        [(moved,)] = await rows(tx, _MOVE, *_columns(moves))
        if moved != len(moves):
            raise Raced
    if batch.held:
        await hold(tx, batch.held)
    if batch.passed_over:
        late = [(e.source, e.subject, e.sequence, e.type, reason) for e, reason in batch.passed_over]
        await run(tx, _PASS_OVER, *_columns(late))


def _columns(table: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*table, strict=True)]


async def hold(tx: Tx, held: Sequence[tuple[Event, str, str]]) -> None:
    """Keep events that cannot be done now: (event, state, reason)."""
    await run(
        tx,
        _HOLD,
        *_columns([(e.source, e.subject, e.sequence, state, reason, e.type, e.raw) for e, state, reason in held]),
    )


async def due(tx: Tx, limit: int = 200) -> list[Chain]:
    """Chains whose first event may be tried again now."""
    return [(source, subject) for source, subject in await rows(tx, _DUE_CHAINS, limit)]


async def park_unreadable(tx: Tx, stored: Stored) -> None:
    """Keep an entry that is no event: nobody knows its subject, so its place in the log stands for it."""
    place = f"{stored.partition}@{stored.offset}"
    row = (f"topic:{stored.record.topic}", place, 0, "parked", "Malformed", "", stored.record.value)
    await run(tx, _HOLD, *_columns([row]))


async def park_head(tx: Tx, chain: Chain, reason: str) -> None:
    """Set the first held event of a chain aside for a person."""
    await run(
        tx,
        "UPDATE held SET state = 'parked', reason = $3, next_try = NULL, attempts = attempts + 1 WHERE id = ("
        "SELECT id FROM held WHERE source = $1 AND subject = $2 ORDER BY sequence LIMIT 1)",
        *chain,
        reason,
    )
