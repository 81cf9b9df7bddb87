"""Reporting's event consumer, compared with handwritten SQL that writes the same rows."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bench.counting import Count, CountingLog
from bench.county import CannotMeasure
from bench.environment import SESSION, Environment, connected
from bench.event_histories import EVENTS_A_CASE, history_of
from bench.figures import Figure, Goal, ratios
from bench.handwritten import consume
from bench.proc import Cpu
from bianmin.events.envelope import compose
from bianmin.events.registry import topic_of
from bianmin.kit.consumer import Subscriber
from bianmin.kit.db import Database
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import Inbox
from bianmin.kit.log import Record
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.time_source import TimeSource
from services.reporting.app import SERVICE

GOAL = Goal("least", 70, "%")
SIZE = 500
"""Events per batch: the default of the subscriber."""
GROUP = "bianmin.reporting"
_EMPTY = """
TRUNCATE case_fact, complaint_fact, item, org, inbox, held;
DELETE FROM log.claim WHERE group_name = 'bianmin.reporting';
DELETE FROM log.member WHERE group_name = 'bianmin.reporting';
CHECKPOINT
"""


class NotTheSame(CannotMeasure):
    """The two wrote different rows, so their ratio would be meaningless."""


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Measure both in alternating rounds. Each round reads the whole log into empty tables."""
    rounds, cases = (3, 500) if quick else (7, 1_500)
    events = cases * EVENTS_A_CASE
    url = await environment.new_database()
    database, logs = Database(url, SERVICE.name), log_database(url, pool=8)
    meter = environment.meter()
    consumed: list[Cpu] = []
    by_hand: list[Cpu] = []
    written = set()
    try:
        async with connected(url, search_path=SERVICE.name, **SESSION) as connection:
            await _fill(logs, connection, cases)
            for number in range(2 * rounds + 2):
                await connection.execute(_EMPTY)
                before = meter.cpu()
                if by_consumer := number % 4 in (0, 3):
                    await _consume(database, logs, events)
                else:
                    await consume(connection, GROUP, [topic_of(source) for source in SERVICE.listens], SIZE)
                if number >= 2:  # the first of each warms up
                    (consumed if by_consumer else by_hand).append(meter.cpu() - before)
                written.add(await connection.fetchval(_FINGERPRINT))
    finally:
        await database.close()
        await logs.close()
    if len(written) != 1:
        raise NotTheSame("两种做法写入的内容不同")
    spread = ratios([cost.total for cost in by_hand], [cost.total for cost in consumed], scale=100)
    one, other = sum(consumed, Cpu(0, 0)), sum(by_hand, Cpu(0, 0))
    count = rounds * events
    detail = f"每个事件 {one.per_item(count)}，手写 {other.per_item(count)}；{rounds} 轮 × {events} 个"
    return [Figure("统计收取事件：对比手写 SQL", GOAL, spread.middle, spread, detail)]


_FINGERPRINT = """
SELECT md5((SELECT string_agg(f::text, '' ORDER BY case_id) FROM case_fact f)
    || (SELECT string_agg(i::text, '' ORDER BY source, subject) FROM inbox i)
    || (SELECT string_agg(next_offset::text, ' ' ORDER BY partition_id) FROM log.claim
        WHERE group_name = 'bianmin.reporting' AND next_offset > 0))
"""


async def _fill(logs: Database, connection: Any, cases: int) -> None:
    """Fill an empty log with the events of this many cases."""
    await connection.execute("TRUNCATE log.record; UPDATE log.partition SET next_offset = 0")
    producer = await PostgresLog(logs).producer("bench")
    now = datetime.now(UTC)
    waiting = history_of(cases)
    while chunk := list(islice(waiting, SIZE)):
        await producer.append(
            [
                Record(
                    topic_of(source),
                    one.subject,
                    compose(
                        one.data,
                        id=new_id(),
                        source=source,
                        subject=one.subject,
                        sequence=one.sequence,
                        time=now,
                        region=one.by.actor.org,
                        actor=one.by.actor.id,
                        correlation=one.subject,
                    ),
                )
                for source, one in chunk
            ]
        )
    await connection.execute("ANALYZE log.record")


async def _consume(database: Database, logs: Database, events: int) -> None:
    log = CountingLog(PostgresLog(logs), Count(events))
    inbox = Inbox(SERVICE.name, SERVICE.command_of, SERVICE.handle)
    topics = [topic_of(source) for source in SERVICE.listens]
    subscriber = Subscriber(SERVICE.name, database, log, topics, inbox, TimeSource(), announced=lambda: None, size=SIZE)
    running = asyncio.create_task(subscriber.run())
    try:
        async with asyncio.timeout(120):
            await log.count.reached.wait()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await log.close()
