"""Events arrive: each takes effect once, in order per (source, subject), in one transaction with its position.

An event that cannot be carried out now is held in the database, with those behind it in its chain; others go on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from bianmin.domain.actors import Actor
from bianmin.events.envelope import Event, parse_event
from bianmin.kit import held, outbox
from bianmin.kit.db import Tx, is_transient, kind_of, rows, run
from bianmin.kit.decide import Behind, Cause, Command, Done, Outcome, Refused, Work
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.execute import Raced
from bianmin.kit.held import Chain, Hindrance, columns
from bianmin.kit.refusals import Conflict, NotFound

# of each chain: the last sequence that took effect, the first one held, and whether anything is held about its subject
_POSITIONS = """
SELECT c.source, c.subject, i.sequence,
    (SELECT min(h.sequence) FROM held h WHERE h.source = c.source AND h.subject = c.subject),
    EXISTS (SELECT FROM held h WHERE h.subject = c.subject)
FROM unnest($1::text[], $2::text[]) AS c(source, subject) LEFT JOIN inbox i USING (source, subject)
"""
# each chain must still be where it was read; otherwise the batch is rolled back and done again (`Raced`)
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
_PASS_OVER = """
INSERT INTO passed_over (source, subject, sequence, type, reason)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[])
ON CONFLICT DO NOTHING
"""


@dataclass(slots=True)
class Tally:
    """How many of a transaction's events took effect, were repeats, are held, came too late; events announced."""

    done: int = 0
    repeated: int = 0
    held: int = 0
    passed_over: int = 0
    announced: int = 0


class ChainPosition(NamedTuple):
    """Where a chain is: the last sequence done, the first one held, whether any event about its subject is held."""

    position: int | None = None
    first_held: int | None = None
    has_held: bool = False


@dataclass(slots=True)
class _Batch:
    """One round of events: what can run, what has to be held, and how far each chain came."""

    runnable: list[Event] = field(default_factory=list)
    hindered: list[tuple[Event, Hindrance]] = field(default_factory=list)
    before: dict[Chain, int | None] = field(default_factory=dict)
    moved: dict[Chain, int] = field(default_factory=dict)
    passed_over: list[tuple[Event, str]] = field(default_factory=list)

    def admit(self, event: Event, chain: Chain, before: int | None) -> None:
        self.runnable.append(event)
        self.before.setdefault(chain, before)


class Inbox:
    """A service's way of taking in events: `command_of` says what an event orders, `handle` carries it out."""

    def __init__(self, service: str, command_of: Callable[[Event], Command | None], handle: CarryOut) -> None:
        self._service = service
        self._command_of = command_of
        self._handle = handle

    async def carry_out(self, tx: Tx, events: Sequence[Event], now: datetime) -> Work[Any, Any]:
        """Carry out what the events order; an event that orders nothing is done."""
        commands = [self._command_of(event) for event in events]
        ordered = [command for command in commands if command is not None]
        if not ordered:
            return Work(outcomes=[Done()] * len(events))
        work = await self._handle(tx, ordered, now)
        outcomes = iter(work.outcomes)
        spread: list[Outcome] = [Done() if command is None else next(outcomes) for command in commands]
        return Work(outcomes=spread, announced=work.announced)

    async def take(self, tx: Tx, events: Sequence[Event], now: datetime, carry_out: CarryOut | None = None) -> Tally:
        """Carry out what the events order, as far as that can be done now, and hold the rest.

        Raises `Raced` when another member of the group moved a chain on meanwhile.
        """
        tally = Tally()
        chains = [chain_of(event) for event in events]
        positions = await _positions(tx, dict.fromkeys(chains))
        batch = _classify(events, chains, positions, tally)
        done = await self._run(tx, batch, now, tally, carry_out or self.carry_out)
        any_held = bool(batch.hindered) or any(each.has_held for each in positions.values())
        await _write(tx, batch)
        if any_held:
            await self._wake(tx, done, now, tally, carry_out or self.carry_out)
        return tally

    async def retry(self, tx: Tx, chains: Iterable[Chain], now: datetime, carry_out: CarryOut | None = None) -> Tally:
        """Try the held events of these chains again, in order, as far as they go. Raises `Raced`."""
        tally = Tally()
        await self._retry(tx, sorted(set(chains)), now, tally, carry_out or self.carry_out)
        return tally

    async def _wake(self, tx: Tx, subjects: set[str], now: datetime, tally: Tally, carry_out: CarryOut) -> None:
        """Retry what waited for something about these subjects; what is done then may let others go on in turn."""
        while subjects:
            chains = await held.waiting_for(tx, sorted(subjects))
            subjects = await self._retry(tx, chains, now, tally, carry_out) if chains else set()

    async def _retry(
        self, tx: Tx, chains: Sequence[Chain], now: datetime, tally: Tally, carry_out: CarryOut
    ) -> set[str]:
        queues: dict[Chain, list[tuple[held.LockedEvent, Event]]] = defaultdict(list)
        newly_readable: list[tuple[int, Event]] = []
        for locked in await held.lock(tx, chains):
            event = parse_event(locked.payload)
            if chain_of(event) != locked.chain:
                newly_readable.append((locked.id, event))
            else:
                queues[locked.chain].append((locked, event))
        positions = await _positions(tx, queues)
        batch = _Batch()
        ids: dict[tuple[Chain, int], int] = {}
        for chain, queue in queues.items():
            last = before = positions[chain].position
            if queue[0][0].state == "parked":
                continue
            for locked, event in queue:
                if last is not None and event.sequence > last + 1:
                    break
                ids[chain, event.sequence] = locked.id
                if last is None or event.sequence > last:
                    batch.admit(event, chain, before)
                    last = event.sequence
        done = await self._run(tx, batch, now, tally, carry_out)
        postponed = [(ids.pop((chain_of(event), event.sequence)), why) for event, why in batch.hindered]
        await held.release(tx, [*ids.values(), *(row_id for row_id, _ in newly_readable)])
        batch.hindered.clear()
        await held.postpone(tx, postponed)
        await _write(tx, batch)
        if newly_readable:
            await self.take(tx, [event for _, event in newly_readable], now, carry_out)
        return done

    async def _run(self, tx: Tx, batch: _Batch, now: datetime, tally: Tally, carry_out: CarryOut) -> set[str]:
        """Have the runnable events carried out and sort them by their outcomes; return the subjects that moved on."""
        if not batch.runnable:
            tally.held += len(batch.hindered)
            return set()
        work = await carry_out(tx, batch.runnable, now)
        await outbox.append(tx, work.announced, source=self._service, at=now)
        tally.announced += len(work.announced)
        stopped: set[Chain] = set()
        moved: set[str] = set()
        for event, outcome in zip(batch.runnable, work.outcomes, strict=True):
            chain = chain_of(event)
            if chain in stopped:
                batch.hindered.append((event, Hindrance("behind")))
                continue
            if isinstance(outcome, Refused):
                if not isinstance(outcome.error, Conflict):
                    stopped.add(chain)
                    batch.hindered.append((event, _hindrance(outcome.error)))
                    continue
                batch.passed_over.append((event, type(outcome.error).__name__))
                tally.passed_over += 1
            else:
                tally.done += 1
            batch.moved[chain] = event.sequence
            moved.add(event.subject)
        tally.held += len(batch.hindered)
        return moved


def chain_of(event: Event) -> Chain:
    """Return the chain an event belongs to."""
    return event.source, event.subject


def cause_of(event: Event) -> Cause:
    """Return the cause of a command that an event orders: `system` acts, at the org where the event happened."""
    return Cause(
        actor=Actor(id="system", org=event.region),
        correlation=event.correlationid,
        causation=event.id,
        trace=event.traceparent,
        chain=chain_of(event),
    )


def _hindrance(error: Exception) -> Hindrance:
    """Wait for what is not there yet and for what is locked; what nobody expected waits for a person."""
    match error:
        case NotFound():
            return Hindrance("waiting", type(error).__name__)
        case Behind():
            return Hindrance("behind")
        case _:
            return Hindrance("waiting" if is_transient(error) else "parked", kind_of(error))


def _classify(
    events: Sequence[Event], chains: Sequence[Chain], positions: Mapping[Chain, ChainPosition], tally: Tally
) -> _Batch:
    """Sort events into repeats, those that can run, and those that have to be held behind a gap or a held event."""
    batch = _Batch()
    reached: dict[Chain, int] = {}
    first_held = {chain: each.first_held for chain, each in positions.items() if each.first_held is not None}
    for event, chain in zip(events, chains, strict=True):
        before = positions[chain].position
        last = reached.get(chain, before)
        if last is not None and event.sequence <= last:
            tally.repeated += 1
        elif first_held.get(chain, event.sequence) < event.sequence:
            batch.hindered.append((event, Hindrance("behind")))
        elif last is not None and event.sequence > last + 1:
            batch.hindered.append((event, Hindrance("gap", f"expects {last + 1}")))
            first_held[chain] = event.sequence
        else:
            batch.admit(event, chain, before)
            reached[chain] = event.sequence
    return batch


async def _positions(tx: Tx, chains: Iterable[Chain]) -> dict[Chain, ChainPosition]:
    wanted = list(chains)
    sources, subjects = [source for source, _ in wanted], [subject for _, subject in wanted]
    found = await rows(tx, _POSITIONS, sources, subjects)
    return {(source, subject): ChainPosition(*rest) for source, subject, *rest in found}


async def _write(tx: Tx, batch: _Batch) -> None:
    if batch.moved:
        moves = [(*chain, to, batch.before[chain]) for chain, to in batch.moved.items()]
        [(moved,)] = await rows(tx, _MOVE, *columns(moves))
        if moved != len(moves):
            raise Raced
    if batch.hindered:
        await held.hold(tx, batch.hindered)
    if batch.passed_over:
        entries = [(e.source, e.subject, e.sequence, e.type, reason) for e, reason in batch.passed_over]
        await run(tx, _PASS_OVER, *columns(entries))
