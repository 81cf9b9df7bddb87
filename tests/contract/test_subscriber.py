"""What a service makes of a log: the same on every one of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bianmin.kit.consumer import Subscriber
from bianmin.kit.db import Database
from bianmin.kit.log import Record
from bianmin.kit.time_source import TimeSource
from tests.contract.log_topic import LogTopic
from tests.service import tiny


@pytest.fixture
async def database(new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Database]:
    database = await tiny.furnished(new_database)
    yield database
    await database.close()


@asynccontextmanager
async def listening(topic: LogTopic, database: Database) -> AsyncIterator[Subscriber]:
    name = str(topic.group)
    subscriber = Subscriber(
        name, database, await topic.log(), [topic.name], tiny.an_inbox(), TimeSource(), announced=lambda: None
    )
    task = asyncio.create_task(subscriber.run())
    try:
        yield subscriber
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def publish(topic: LogTopic, *values: bytes | None) -> None:
    producer = await topic.producer()
    await producer.append([Record(topic.name, "k", value) for value in values])


async def until(database: Database, expected: list[tuple[str, int]]) -> None:
    async with asyncio.timeout(60):
        while await tiny.effects(database) != expected:
            await asyncio.sleep(0.02)


async def test_an_event_that_fails_is_parked_and_stops_no_other_subject(topic: LogTopic, database: Database) -> None:
    await publish(
        topic,
        tiny.some_bytes("a", 1),
        tiny.some_bytes("x", 1, "broken"),
        tiny.some_bytes("x", 2),
        tiny.some_bytes("y", 1, "refused"),
        b"no event at all",
        tiny.some_bytes("a", 2),
    )
    async with listening(topic, database) as subscriber:
        await until(database, [("a", 1), ("a", 2)])
        states = await tiny.held(database)
        assert {key: states[key] for key in [("x", 1), ("x", 2), ("y", 1)]} == {
            ("x", 1): "parked",
            ("x", 2): "behind",
            ("y", 1): "parked",
        }
        async with asyncio.timeout(30):
            while await subscriber.lag():
                await asyncio.sleep(0.02)


async def test_unknown_types_and_tombstones_are_skipped(topic: LogTopic, database: Database) -> None:
    unknown = tiny.some_bytes("a", 1, type_="cn.bianmin.dragon.landed.v1")
    await publish(topic, unknown, None, tiny.some_bytes("a", 2))
    async with listening(topic, database):
        await until(database, [("a", 2)])
    assert await tiny.held(database) == {}


async def test_an_event_that_took_effect_before_a_crash_has_no_second_effect(
    topic: LogTopic, database: Database
) -> None:
    """Killed between effect and offset: the log gives the events again, the inbox drops them."""
    await publish(topic, tiny.some_bytes("a", 1), tiny.some_bytes("a", 2))
    async with database.transaction() as tx:
        await tiny.an_inbox().take(tx, [tiny.an_event("a", 1)], tiny.NOW)
    async with listening(topic, database):
        await until(database, [("a", 1), ("a", 2)])
