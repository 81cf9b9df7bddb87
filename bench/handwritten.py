"""Reporting's event consumer written by hand with asyncpg, as cheap as possible, for comparison.

It reads the same entries in the same batches, parses them with the same parser, folds them into the same patches, and
writes the same rows: facts, inbox positions, offsets. It assumes one reader, no repeated or early events and no errors,
and that log and figures are in one database, so that one transaction suffices.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from bianmin.events.envelope import Event, parse_event
from services.reporting.domain.facts import CasePatch, columns
from services.reporting.domain.fold import fold

_PARTITIONS = "SELECT id FROM log.partition WHERE topic = ANY($1::text[]) ORDER BY id"
_READ = """
WITH behind AS (
    SELECT mine.id, mine.position, ceil($3::float8 / count(*) OVER ())::bigint AS fair
    FROM unnest($1::smallint[], $2::bigint[]) AS mine (id, position)
    JOIN log.partition ON partition.id = mine.id AND partition.next_offset > mine.position
)
SELECT behind.id, entry."offset", entry.value
FROM behind CROSS JOIN LATERAL (
    SELECT "offset", value FROM log.record
    WHERE partition_id = behind.id AND "offset" >= behind.position ORDER BY "offset" LIMIT behind.fair
) AS entry
ORDER BY entry."offset" - behind.position LIMIT $3::bigint
"""
_FACTS = """
INSERT INTO case_fact AS f (case_id, cycle, seen_intake, seen_routing, seen_deadlines, org, accepting_org, dept,
    item_org, item_code, mode, registered_on, accepted_on, refused_on, withdrawn_on, result, decided_on, closed_on,
    lapsed_on, promise_due_on, promise_late, promise_early, statutory_due_on, statutory_late, first_on, last_on)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::date[], $13::date[], $14::date[], $15::date[], $16::text[], $17::date[],
    $18::date[], $19::date[], $20::date[], $21::bool[], $22::bool[], $23::date[], $24::bool[], $25::date[], $26::date[])
ON CONFLICT (case_id, cycle) DO UPDATE SET
    seen_intake = f.seen_intake + excluded.seen_intake,
    seen_routing = f.seen_routing + excluded.seen_routing,
    seen_deadlines = f.seen_deadlines + excluded.seen_deadlines,
    org = coalesce(excluded.org, f.org),
    accepting_org = coalesce(excluded.accepting_org, f.accepting_org),
    dept = coalesce(excluded.dept, f.dept),
    item_org = coalesce(excluded.item_org, f.item_org),
    item_code = coalesce(excluded.item_code, f.item_code),
    mode = coalesce(excluded.mode, f.mode),
    registered_on = coalesce(excluded.registered_on, f.registered_on),
    accepted_on = coalesce(excluded.accepted_on, f.accepted_on),
    refused_on = coalesce(excluded.refused_on, f.refused_on),
    withdrawn_on = least(excluded.withdrawn_on, f.withdrawn_on),
    result = coalesce(excluded.result, f.result),
    decided_on = coalesce(excluded.decided_on, f.decided_on),
    closed_on = coalesce(excluded.closed_on, f.closed_on),
    lapsed_on = coalesce(excluded.lapsed_on, f.lapsed_on),
    promise_due_on = coalesce(excluded.promise_due_on, f.promise_due_on),
    promise_late = coalesce(excluded.promise_late, f.promise_late),
    promise_early = coalesce(excluded.promise_early, f.promise_early),
    statutory_due_on = coalesce(excluded.statutory_due_on, f.statutory_due_on),
    statutory_late = coalesce(excluded.statutory_late, f.statutory_late),
    first_on = least(excluded.first_on, f.first_on),
    last_on = greatest(excluded.last_on, f.last_on)
"""
_POSITIONS = """
INSERT INTO inbox (source, subject, sequence) SELECT * FROM unnest($1::text[], $2::text[], $3::int[])
ON CONFLICT (source, subject) DO UPDATE SET sequence = excluded.sequence
"""
_OFFSETS = """
INSERT INTO log.claim (group_name, partition_id, next_offset)
SELECT $1, * FROM unnest($2::smallint[], $3::bigint[])
ON CONFLICT (group_name, partition_id) DO UPDATE SET next_offset = excluded.next_offset
"""

_pick = attrgetter(*columns(CasePatch))


async def consume(connection: Any, group: str, topics: Sequence[str], size: int) -> int:
    """Consume the topics from the start; return the number of events."""
    position = {row["id"]: 0 for row in await connection.fetch(_PARTITIONS, list(topics))}
    events = 0
    while True:
        async with connection.transaction():
            rows = await connection.fetch(_READ, list(position), list(position.values()), size)
            if not rows:
                return events
            batch = [parse_event(row[2]) for row in rows]
            events += len(batch)
            await _write(connection, batch)
            moved = {row[0]: row[1] + 1 for row in rows}
            await connection.execute(_OFFSETS, group, list(moved), list(moved.values()))
        for partition, offset in moved.items():  # the partitions just read go to the end of the queue
            position.pop(partition)
            position[partition] = offset


async def _write(connection: Any, batch: Sequence[Event]) -> None:
    patches = fold(batch)
    facts = [_pick(patches.cases[key]) for key in sorted(patches.cases)]
    await connection.execute(_FACTS, *zip(*facts, strict=True))
    positions = {(event.source, event.subject): event.sequence for event in batch}
    chains = [(source, subject, sequence) for (source, subject), sequence in sorted(positions.items())]
    await connection.execute(_POSITIONS, *zip(*chains, strict=True))
