"""Find lost, doubled and misordered events: compare counters, outboxes, log, inboxes and effects.

They are read in the direction in which events travel, so a running system raises no false alarm: an event that has left
one place when it is read has arrived at the next when that is read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bianmin.events.envelope import MalformedEvent, parse_event
from bianmin.events.registry import source_of, topic_of
from bianmin.kit.db import Database, rows, run
from bianmin.kit.log import Log
from bianmin.kit.service import Service

Kind = Literal["lost", "doubled", "out of order", "ahead", "unreadable"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One broken promise. `where`: the service or topic that shows it."""

    kind: Kind
    where: str
    source: str
    subject: str
    detail: str


@dataclass(slots=True)
class Reconciliation:
    """The counts of what was compared, and the differences. Events on their way are no difference."""

    subjects: int = 0
    events: int = 0
    on_their_way: int = 0
    held: int = 0
    repeated: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class _LogEntries:
    """The events of one subject in the log: their sequences, and the highest so far."""

    seen: set[int] = field(default_factory=set)
    highest: int = 0


Positions = dict[str, int]


async def reconcile(services: Sequence[Service], databases: Mapping[str, Database], log: Log) -> Reconciliation:
    """Compare all places of all services. `databases` by service name."""
    result = Reconciliation()
    owned = {each.name: await _counters(each, databases[each.name]) for each in services}
    waiting = {each.name: await _outbox(databases[each.name]) for each in services}
    published = {each.name: await _read_log(each, log, result) for each in services}
    for listener in services:
        await _check_listener(listener, databases[listener.name], owned, waiting, published, result)
    for service in services:
        later = await _counters(service, databases[service.name])
        for subject, entry in published[service.name].items():
            if entry.highest > later.get(subject, 0):
                detail = f"the log has {entry.highest}, the owner counts {later.get(subject, 0)}"
                result.differences.append(
                    Difference("ahead", topic_of(service.name), source_of(service.name), subject, detail)
                )
    result.subjects = sum(len(positions) for positions in owned.values())
    result.events = sum(sum(positions.values()) for positions in owned.values())
    result.on_their_way = sum(sum(map(len, sequences.values())) for sequences in waiting.values())
    return result


async def _counters(service: Service, database: Database) -> Positions:
    if service.counters is None:
        return {}
    async with database.reading() as tx:
        return {subject: sequence for subject, sequence in await rows(tx, service.counters) if sequence}


async def _outbox(database: Database) -> dict[str, set[int]]:
    waiting: dict[str, set[int]] = defaultdict(set)
    async with database.reading() as tx:
        for subject, payload in await rows(tx, "SELECT aggregateid, payload FROM outbox"):
            waiting[subject].add(parse_event(payload).sequence)
    return waiting


async def _read_log(service: Service, log: Log, result: Reconciliation) -> dict[str, _LogEntries]:
    """Read the topic once from its start, by subject. A new event after one with a higher sequence is out of order."""
    entries: dict[str, _LogEntries] = defaultdict(_LogEntries)
    topic = topic_of(service.name)
    async for stored in log.scan(topic):
        if stored.record.value is None:
            continue
        try:
            event = parse_event(stored.record.value)
        except MalformedEvent:
            where = f"{stored.partition}@{stored.offset}"
            result.differences.append(Difference("unreadable", topic, source_of(service.name), where, "no event"))
            continue
        entry = entries[event.subject]
        if event.sequence in entry.seen:
            result.repeated += 1
        elif event.sequence < entry.highest:
            detail = f"{event.sequence} stands behind {entry.highest}"
            result.differences.append(Difference("out of order", topic, event.source, event.subject, detail))
        entry.seen.add(event.sequence)
        entry.highest = max(entry.highest, event.sequence)
    return entries


async def _check_listener(
    listener: Service,
    database: Database,
    owned: Mapping[str, Positions],
    waiting: Mapping[str, Mapping[str, set[int]]],
    published: Mapping[str, Mapping[str, _LogEntries]],
    result: Reconciliation,
) -> None:
    """Check that each event of the services it listens to took effect once, or is on its way."""
    async with database.transaction() as tx:
        await run(tx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        inbox = {(source, subject): n for source, subject, n in await rows(tx, _INBOX)}
        late = {(source, subject): n for source, subject, n in await rows(tx, _PASSED_OVER)}
        held: dict[tuple[str, str], set[int]] = defaultdict(set)
        for source, subject, sequence in await rows(tx, "SELECT source, subject, sequence FROM held"):
            held[source, subject].add(sequence)
        effects = await rows(tx, listener.effects) if listener.effects else []
    result.held += sum(map(len, held.values()))
    for name in listener.listens:
        source = source_of(name)
        for subject, count in owned.get(name, {}).items():
            position = inbox.get((source, subject), 0)
            on_the_way = waiting[name].get(subject, set()) | held.get((source, subject), set())
            if entry := published[name].get(subject):
                on_the_way = on_the_way | entry.seen
            lost = [n for n in range(position + 1, count + 1) if n not in on_the_way]
            if lost:
                numbers = _first_of(lost)
                detail = f"of {count} events, {numbers} are nowhere on the way to {listener.name} (it has {position})"
                result.differences.append(Difference("lost", listener.name, source, subject, detail))
    for source, subject, count in effects:
        expected = inbox.get((source, subject), 0) - late.get((source, subject), 0)
        if count != expected:
            kind: Kind = "doubled" if count > expected else "lost"
            detail = f"{count} effects of {expected} events"
            result.differences.append(Difference(kind, listener.name, source, subject, detail))


_INBOX = "SELECT source, subject, sequence FROM inbox"
_PASSED_OVER = "SELECT source, subject, count(*) FROM passed_over GROUP BY source, subject"


def _first_of(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown if len(numbers) <= 5 else f"{shown} … ({len(numbers)} in all)"
