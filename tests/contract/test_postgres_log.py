"""What only the log in PostgreSQL promises."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bianmin.kit.db import Database, is_away
from bianmin.kit.log import Record
from bianmin.kit.log.postgres import PostgresLog, log_database
from tests.contract.log_topic import PARTITIONS, LogTopic, fetch_entries, offsets_after, values
from tests.contract.proxy import proxy_to

Fresh = Callable[[], Awaitable[str]]


@pytest.fixture
async def topic(new_database: Fresh) -> AsyncIterator[LogTopic]:
    async with AsyncExitStack() as opened:
        yield LogTopic(await new_database(), opened)


async def test_a_lost_connection_is_reported_as_such_and_calls_work_again_when_it_is_back(new_database: Fresh) -> None:
    async with proxy_to(await new_database()) as (proxy, url), AsyncExitStack() as opened:
        topic = LogTopic(url, opened)
        producer, reader = await topic.producer(), await topic.member()
        await producer.append(topic.entries(["a", "b", "c"]))
        before = await fetch_entries(reader, 3)
        waiting = asyncio.create_task(reader.fetch(10, 30.0))
        await proxy.cut()
        log = await topic.log()
        for attempt in (
            waiting,
            reader.fetch(10, 0),
            reader.commit(offsets_after(before)),
            reader.rewind(),
            producer.append(topic.entries(["lost"])),
            log.lag(topic.group, [topic.name]),
            log.producer("other"),
            log.consumer(topic.group, [topic.name]),
        ):
            with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is the database's affair
                await attempt
            assert is_away(raised.value)
        await proxy.restore()
        await reader.commit(offsets_after(before))
        await producer.append(topic.entries(["d"]))
        assert values(await fetch_entries(reader, 1)) == ["d"]
        assert await log.lag(topic.group, [topic.name]) == 1


async def test_notifications_arrive_again_after_a_lost_connection(new_database: Fresh) -> None:
    address = await new_database()
    async with proxy_to(address) as (proxy, url), AsyncExitStack() as opened:
        topic = LogTopic(url, opened)
        reader = await topic.member()
        await _listeners(address, 1)
        await proxy.cut()
        await _listeners(address, 0)
        await proxy.restore()
        await _listeners(address, 1)
        assert await reader.fetch(10, 0) == []


async def test_a_waiting_reader_is_woken_without_polling(new_database: Fresh) -> None:
    database = log_database(await new_database())
    log = PostgresLog(database, poll=3600)
    await log.ensure(["topic"], PARTITIONS)
    producer, reader = await log.producer("producer"), await log.consumer("group", ["topic"])
    for n in range(20):
        waiting = asyncio.create_task(reader.fetch(10, 60.0))
        await producer.append([Record("topic", str(n), str(n).encode())])
        assert values(await waiting) == [str(n)]
    await reader.close()
    await log.close()
    await database.close()


async def test_a_closed_log_leaves_no_task_and_no_connection(new_database: Fresh) -> None:
    address = await new_database()
    async with AsyncExitStack() as opened:
        topic = LogTopic(address, opened)
        producer, reader = await topic.producer(), await topic.member()
        await producer.append(topic.entries(["a"]))
        await reader.commit(offsets_after(await fetch_entries(reader, 1)))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    database = log_database(address)
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with asyncio.timeout(60):
        while await _ask(database, others):
            pass
    await database.close()


async def test_a_closed_member_leaves_its_partitions_at_once(new_database: Fresh) -> None:
    database = log_database(await new_database())
    log = PostgresLog(database, lease=3600)
    await log.ensure(["topic"], PARTITIONS)
    producer = await log.producer("producer")
    await producer.append([Record("topic", str(n), b"") for n in range(40)])
    for _ in range(2):
        member = await log.consumer("group", ["topic"])
        assert len(await member.fetch(100, 0)) == 40
        await member.close()
    await log.close()
    await database.close()


async def test_fetched_entries_are_given_to_no_other_member(topic: LogTopic) -> None:
    producer, first = await topic.producer(), await topic.member()
    await producer.append(topic.entries([f"early {n}" for n in range(40)]))
    in_hand = await fetch_entries(first, 40)
    second = await topic.member(log=await topic.another_log())
    assert await second.fetch(100, 0.2) == []
    await first.commit(offsets_after(in_hand))
    await producer.append(topic.entries([f"late {n}" for n in range(40)]))
    shared: list[str] = []
    async with asyncio.timeout(60):
        while len(shared) < 40:
            for member in (first, second):
                some = await member.fetch(100, 0.1)
                await member.commit(offsets_after(some))
                shared += values(some)
    assert sorted(shared) == sorted(f"late {n}" for n in range(40))


async def test_offsets_have_no_gaps_with_several_producers_and_failed_appends(topic: LogTopic) -> None:
    log = await topic.log()
    producers = [await topic.producer() for _ in range(4)]

    async def append(number: int) -> None:
        for n in range(10):
            await producers[number].append(topic.entries([f"{number} {n} {m}" for m in range(40)]))
            with pytest.raises(LookupError):
                await producers[number].append([topic.entry("key", "never"), Record("no such topic", "key", b"")])

    await asyncio.gather(*(append(number) for number in range(4)))
    offsets: dict[int, list[int]] = {}
    async for entry in log.scan(topic.name):
        offsets.setdefault(entry.partition, []).append(entry.offset)
    assert sum(map(len, offsets.values())) == 1600
    assert all(found == list(range(len(found))) for found in offsets.values())


async def test_nothing_is_skipped_while_several_append_at_once(topic: LogTopic) -> None:
    reader = await topic.member()
    producers = [await topic.producer() for _ in range(4)]

    async def append(number: int) -> None:
        for n in range(20):
            await producers[number].append(topic.entries([f"{number} {n:02} {m:02}" for m in range(40)]))

    reading = asyncio.create_task(fetch_entries(reader, 3200, limit=100))
    await asyncio.gather(*(append(number) for number in range(4)))
    assert values(await reading) == [f"{k} {n:02} {m:02}" for k in range(4) for n in range(20) for m in range(40)]


async def test_a_full_partition_does_not_delay_the_others(topic: LogTopic) -> None:
    producer, reader = await topic.producer(), await topic.member()
    await producer.append([topic.entry("busy", f"busy {n}") for n in range(500)])
    await producer.append(topic.entries([str(n) for n in range(40)]))
    assert {entry.partition for entry in await reader.fetch(PARTITIONS, 0)} == set(range(PARTITIONS))
    served: set[int] = set()
    for _ in range(PARTITIONS):
        [entry] = await reader.fetch(1, 0)
        served.add(entry.partition)
    assert served == set(range(PARTITIONS))


async def test_appending_to_an_unknown_topic_raises_lookup_error(topic: LogTopic) -> None:
    producer = await topic.producer()
    with pytest.raises(LookupError, match="no such topic: missing"):
        await producer.append([Record("missing", "key", b"")])


async def test_a_topic_created_later_is_read_by_waiting_members(topic: LogTopic) -> None:
    log, producer = await topic.log(), await topic.producer()
    early = await log.consumer("early", ["later"])
    await log.ensure(["later"], 1)
    await producer.append([Record("later", "key", b"a")])
    assert values(await fetch_entries(early, 1)) == ["a"]
    await early.close()


async def test_concurrent_starts_create_the_tables_once(new_database: Fresh) -> None:
    databases = [log_database(address) for address in [await new_database()] * 5]
    logs = [PostgresLog(database) for database in databases]
    await asyncio.gather(*(log.ensure(["topic"], PARTITIONS) for log in logs))
    for log in logs:
        await (await log.producer("producer")).append([Record("topic", str(n), b"") for n in range(40)])
    seen = [entry async for entry in logs[0].scan("topic")]
    assert len(seen) == 200
    assert {entry.partition for entry in seen} == set(range(PARTITIONS))
    for database in databases:
        await database.close()


async def _listeners(address: str, wanted: int) -> None:
    """Wait until so many connections listen."""
    database = log_database(address)
    async with asyncio.timeout(60):
        while await _ask(database, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'") != wanted:
            pass
    await database.close()


async def _ask(database: Database, question: str) -> int:
    async with database.reading() as tx:
        answer: int = (await tx.exec_driver_sql(question)).scalar_one()
    return answer
