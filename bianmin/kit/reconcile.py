"""Whether anything was lost, doubled or put out of order: counters, outboxes, log, inboxes and effects compared.

Everything is read in the direction in which events travel, so a system at work raises no false alarm: what has left
one place when it is read has arrived in the next when that is read.
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
    """One thing that is not as promised. `where`: the service or topic that shows it."""

    kind: Kind
    where: str
    source: str
    subject: str
    detail: str


@dataclass(slots=True)
class Report:
    """What was compared, and what does not agree. Events still on their way are no difference."""

    subjects: int = 0
    events: int = 0
    on_their_way: int = 0
    held: int = 0
    repeated: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class _Published:
    """What the log holds of one subject: the sequences seen, and the highest so far."""

    seen: set[int] = field(default_factory=set)
    highest: int = 0


Positions = dict[str, int]


async def reconcile(services: Sequence[Service], databases: Mapping[str, Database], log: Log) -> Report:
    """Compare everything. `databases` by service name."""
    report = Report()
    owned = {each.name: await _counters(each, databases[each.name]) for each in services}
    waiting = {each.name: await _outbox(databases[each.name]) for each in services}
    published = {each.name: await _published(each, log, report) for each in services}
    for listener in services:
        await _listener(listener, databases[listener.name], owned, waiting, published, report)
    for service in services:
        later = await _counters(service, databases[service.name])
        for subject, entry in published[service.name].items():
            if entry.highest > later.get(subject, 0):
                told = f"the log has {entry.highest}, the owner counts {later.get(subject, 0)}"
                report.differences.append(
                    Difference("ahead", topic_of(service.name), source_of(service.name), subject, told)
                )
    report.subjects = sum(len(positions) for positions in owned.values())
    report.events = sum(sum(positions.values()) for positions in owned.values())
    report.on_their_way = sum(sum(map(len, sequences.values())) for sequences in waiting.values())
    return report


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


async def _published(service: Service, log: Log, report: Report) -> dict[str, _Published]:
    """What the topic holds, read once from its start. A first sight behind a higher one is out of order."""
    entries: dict[str, _Published] = defaultdict(_Published)
    topic = topic_of(service.name)
    async for stored in log.scan(topic):
        if stored.record.value is None:
            continue
        try:
            event = parse_event(stored.record.value)
        except MalformedEvent:
            where = f"{stored.partition}@{stored.offset}"
            report.differences.append(Difference("unreadable", topic, source_of(service.name), where, "no event"))
            continue
        entry = entries[event.subject]
        if event.sequence in entry.seen:
            report.repeated += 1
        elif event.sequence < entry.highest:
            told = f"{event.sequence} stands behind {entry.highest}"
            report.differences.append(Difference("out of order", topic, event.source, event.subject, told))
        entry.seen.add(event.sequence)
        entry.highest = max(entry.highest, event.sequence)
    return entries


async def _listener(
    listener: Service,
    database: Database,
    owned: Mapping[str, Positions],
    waiting: Mapping[str, Mapping[str, set[int]]],
    published: Mapping[str, Mapping[str, _Published]],
    report: Report,
) -> None:
    """Whether each event of those it listens to took effect here once, or is still on its way."""
    async with database.transaction() as tx:
        await run(tx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        inbox = {(source, subject): n for source, subject, n in await rows(tx, _INBOX)}
        late = {(source, subject): n for source, subject, n in await rows(tx, _PASSED_OVER)}
        held: dict[tuple[str, str], set[int]] = defaultdict(set)
        for source, subject, sequence in await rows(tx, "SELECT source, subject, sequence FROM held"):
            held[source, subject].add(sequence)
        effects = await rows(tx, listener.effects) if listener.effects else []
    report.held += sum(map(len, held.values()))
    for name in listener.listens:
        source = source_of(name)
        for subject, count in owned.get(name, {}).items():
            position = inbox.get((source, subject), 0)
            on_the_way = waiting[name].get(subject, set()) | held.get((source, subject), set())
            if entry := published[name].get(subject):
                on_the_way = on_the_way | entry.seen
            lost = [n for n in range(position + 1, count + 1) if n not in on_the_way]
            if lost:
                told = f"of {count} events, {_few(lost)} are nowhere on the way to {listener.name} (it has {position})"
                report.differences.append(Difference("lost", listener.name, source, subject, told))
    for source, subject, count in effects:
        expected = inbox.get((source, subject), 0) - late.get((source, subject), 0)
        if count != expected:
            kind: Kind = "doubled" if count > expected else "lost"
            told = f"{count} effects of {expected} events"
            report.differences.append(Difference(kind, listener.name, source, subject, told))


_INBOX = "SELECT source, subject, sequence FROM inbox"
_PASSED_OVER = "SELECT source, subject, count(*) FROM passed_over GROUP BY source, subject"


def _few(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown if len(numbers) <= 5 else f"{shown} … ({len(numbers)} in all)"
