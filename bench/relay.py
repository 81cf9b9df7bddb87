"""The relay, compared with a bare loop that moves the same rows from the outbox to the log."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zlib import crc32

from bench.counting import Count, CountingLog
from bench.environment import SESSION, Environment, connected, wait_until
from bench.event_histories import EVENTS_A_CASE, history_of
from bench.figures import Figure, Goal, ratios
from bench.proc import Cpu
from bianmin.kit import outbox
from bianmin.kit.db import Database
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.relay import Relay

GOAL = Goal("least", 50, "%")
SIZE = 500
"""Rows per batch: the default of the relay."""


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Measure both in alternating rounds, each with the same number of events in the outbox."""
    rounds, events = (3, 15_000) if quick else (6, 40_000)
    url = await environment.new_database()
    database, logs = Database(url, "routing"), log_database(url, pool=8)
    meter = environment.meter()
    relayed: list[Cpu] = []
    bare: list[Cpu] = []
    try:
        async with connected(url, search_path="routing", **SESSION) as connection:
            for number in range(2 * rounds + 2):
                await _fill(database, connection, events)
                before = meter.cpu()
                if by_relay := number % 4 in (0, 3):
                    await _relay(database, logs, connection, events)
                else:
                    await _bare_loop(connection)
                if number >= 2:  # the first of each warms up
                    (relayed if by_relay else bare).append(meter.cpu() - before)
    finally:
        await database.close()
        await logs.close()
    spread = ratios([cost.total for cost in bare], [cost.total for cost in relayed], scale=100)
    one, other = sum(relayed, Cpu(0, 0)), sum(bare, Cpu(0, 0))
    count = rounds * events
    detail = f"每个事件 {one.per_item(count)}，裸循环 {other.per_item(count)}；{rounds} 轮 × {events} 个"
    return [Figure("转发：对比同样增删的裸循环", GOAL, spread.middle, spread, detail)]


async def _fill(database: Database, connection: Any, events: int) -> None:
    """Empty the log and fill the outbox with events of routing."""
    await connection.execute("TRUNCATE outbox, log.record; UPDATE log.partition SET next_offset = 0")
    routing_events = (
        announcement for source, announcement in history_of(events * 2 // EVENTS_A_CASE) if source == "routing"
    )
    waiting = islice(routing_events, events)
    while chunk := list(islice(waiting, SIZE)):
        async with database.transaction() as tx:
            await outbox.append(tx, chunk, source="routing", at=datetime.now(UTC))
    # both start after a checkpoint, so both pay for the first write of a page
    await connection.execute("ANALYZE outbox; CHECKPOINT")


async def _relay(database: Database, logs: Database, connection: Any, events: int) -> None:
    log = CountingLog(PostgresLog(logs), Count(events))
    relay = Relay("routing", database, log, size=SIZE)
    running = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(120):
            await log.count.reached.wait()
            await wait_until(lambda: connection.fetchval("SELECT NOT EXISTS (SELECT FROM outbox)"), every=0.005)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await relay.close()
        await log.close()


_READ = "SELECT id, aggregateid, payload FROM outbox ORDER BY id LIMIT $1"
_APPEND = """
INSERT INTO log.record (partition_id, "offset", key, headers, value)
SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
"""
_DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"


async def _bare_loop(connection: Any) -> None:
    """Move all rows without lease, fence, lock or wake-up; offsets are counted in memory, and one transaction covers
    both tables, as they are in one database."""
    partitions = await connection.fetch("SELECT id FROM log.partition WHERE topic = 'bianmin.routing' ORDER BY number")
    offsets = {row["id"]: 0 for row in partitions}
    ids = list(offsets)
    while True:
        async with connection.transaction():
            rows = await connection.fetch(_READ, SIZE)
            if not rows:
                return
            placed, given = [], []
            for _, key, _ in rows:
                partition = ids[crc32(key.encode()) % len(ids)]
                placed.append(partition)
                given.append(offsets[partition])
                offsets[partition] += 1
            keys, values = [row[1] for row in rows], [row[2] for row in rows]
            await connection.execute(_APPEND, placed, given, keys, [None] * len(rows), values)
            await connection.execute(_DELETE, [row[0] for row in rows])
