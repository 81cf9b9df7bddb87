"""Events that an older program took in without what this one needs of them: taken in again, from the log.

A migration lists their chains in table `reread`. The subscriber forgets how far it came in those chains and holds their
events, which are then carried out in order, as if they had just arrived.
"""

from collections import defaultdict

import structlog

from bianmin.events.envelope import Event, MalformedEvent, parse_event
from bianmin.events.registry import SERVICES, source_of, topic_of
from bianmin.kit import held
from bianmin.kit.db import Database, rows, run
from bianmin.kit.execute import Raced
from bianmin.kit.held import Chain, Hindrance
from bianmin.kit.log import Log

_LISTED = "SELECT source, subject FROM reread"
_POSITIONS = """
SELECT i.source, i.subject, i.sequence FROM inbox i JOIN reread r USING (source, subject)
ORDER BY i.source, i.subject FOR UPDATE OF i
"""
_FORGET = """
DELETE FROM inbox i USING unnest($1::text[], $2::text[]) AS c(source, subject)
WHERE i.source = c.source AND i.subject = c.subject
"""
_DONE = "DELETE FROM reread"

log = structlog.get_logger(__name__)


async def hold_again(database: Database, service: str, event_log: Log) -> None:
    """Hold the events of the listed chains again, as far as they were taken in. Does nothing where none is listed.

    A chain whose first events are not in the log any more stays as it is, and an error is logged. Raises `Raced` where
    another replica took in an event of a chain meanwhile.
    """
    async with database.reading() as tx:
        listed: set[Chain] = {(source, subject) for source, subject in await rows(tx, _LISTED)}
    if not listed:
        return
    events = await _read(event_log, listed)
    async with database.transaction() as tx:
        again: list[Chain] = []
        kept = []
        for source, subject, position in await rows(tx, _POSITIONS):
            found = events[source, subject]
            if found and position > max(found):
                raise Raced
            if all(sequence in found for sequence in range(1, position + 1)):
                again.append((source, subject))
                kept += [found[sequence] for sequence in range(1, position + 1)]
            else:
                log.error("reread.incomplete", service=service, source=source, subject=subject)
        await run(tx, _FORGET, [source for source, _ in again], [subject for _, subject in again])
        first = Hindrance("waiting", "Reread")
        await held.hold(tx, [(event, first if event.sequence == 1 else Hindrance("behind")) for event in kept])
        await run(tx, _DONE)
    log.info("reread.held", service=service, chains=len(again), events=len(kept))


async def _read(event_log: Log, chains: set[Chain]) -> dict[Chain, dict[int, Event]]:
    """The events of the chains by sequence, as the log has them."""
    events: dict[Chain, dict[int, Event]] = defaultdict(dict)
    sources = {source for source, _ in chains}
    for name in SERVICES:
        if source_of(name) not in sources:
            continue
        async for stored in event_log.scan(topic_of(name)):
            if stored.record.value is None:
                continue
            try:
                event = parse_event(stored.record.value)
            except MalformedEvent:
                continue  # parked when it arrived
            if (event.source, event.subject) in chains:
                events[event.source, event.subject][event.sequence] = event
    return events
