"""What only the log in PostgreSQL promises."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bianmin.kit.db import Database, is_away
from bianmin.kit.log import Record
from bianmin.kit.log.postgres import PostgresLog, log_database
from tests.contract.environments import PARTITIONS, Ground, take, upto, values
from tests.contract.line import line_to

Fresh = Callable[[], Awaitable[str]]


@pytest.fixture
async def ground(new_database: Fresh) -> AsyncIterator[Ground]:
    async with AsyncExitStack() as opened:
        yield Ground(await new_database(), opened)


async def test_a_lost_connection_is_told_as_such_and_all_goes_on_when_it_is_back(new_database: Fresh) -> None:
    async with line_to(await new_database()) as (line, url), AsyncExitStack() as opened:
        ground = Ground(url, opened)
        producer, reader = await ground.producer(), await ground.member()
        await producer.append(ground.entries(["a", "b", "c"]))
        before = await take(reader, 3)
        waiting = asyncio.create_task(reader.fetch(10, 30.0))
        await line.cut()
        log = await ground.log()
        for attempt in (
            waiting,
            reader.fetch(10, 0),
            reader.commit(upto(before)),
            reader.rewind(),
            producer.append(ground.entries(["lost"])),
            log.lag(ground.group, [ground.topic]),
            log.producer("other"),
            log.consumer(ground.group, [ground.topic]),
        ):
            with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is the database's affair
                await attempt
            assert is_away(raised.value)
        await line.mend()
        await reader.commit(upto(before))
        await producer.append(ground.entries(["d"]))
        assert values(await take(reader, 1)) == ["d"]
        assert await log.lag(ground.group, [ground.topic]) == 1


async def test_the_news_are_heard_again_after_the_connection_was_lost(new_database: Fresh) -> None:
    address = await new_database()
    async with line_to(address) as (line, url), AsyncExitStack() as opened:
        ground = Ground(url, opened)
        reader = await ground.member()
        await _listeners(address, 1)
        await line.cut()
        await _listeners(address, 0)
        await line.mend()
        await _listeners(address, 1)
        assert await reader.fetch(10, 0) == []


async def test_who_waits_is_woken_and_does_not_only_look_now_and_then(new_database: Fresh) -> None:
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
        ground = Ground(address, opened)
        producer, reader = await ground.producer(), await ground.member()
        await producer.append(ground.entries(["a"]))
        await reader.commit(upto(await take(reader, 1)))
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


async def test_entries_in_hand_are_given_to_nobody_else(ground: Ground) -> None:
    producer, first = await ground.producer(), await ground.member()
    await producer.append(ground.entries([f"early {n}" for n in range(40)]))
    in_hand = await take(first, 40)
    second = await ground.member(log=await ground.another_log())
    assert await second.fetch(100, 0.2) == []
    await first.commit(upto(in_hand))
    await producer.append(ground.entries([f"late {n}" for n in range(40)]))
    shared: list[str] = []
    async with asyncio.timeout(60):
        while len(shared) < 40:
            for member in (first, second):
                some = await member.fetch(100, 0.1)
                await member.commit(upto(some))
                shared += values(some)
    assert sorted(shared) == sorted(f"late {n}" for n in range(40))


async def test_offsets_have_no_gaps_whoever_appends_and_whatever_fails(ground: Ground) -> None:
    log = await ground.log()
    producers = [await ground.producer() for _ in range(4)]

    async def append(number: int) -> None:
        for n in range(10):
            await producers[number].append(ground.entries([f"{number} {n} {m}" for m in range(40)]))
            with pytest.raises(LookupError):
                await producers[number].append([ground.entry("key", "never"), Record("no such topic", "key", b"")])

    await asyncio.gather(*(append(number) for number in range(4)))
    offsets: dict[int, list[int]] = {}
    async for entry in log.scan(ground.topic):
        offsets.setdefault(entry.partition, []).append(entry.offset)
    assert sum(map(len, offsets.values())) == 1600
    assert all(found == list(range(len(found))) for found in offsets.values())


async def test_nothing_is_skipped_while_several_append_at_once(ground: Ground) -> None:
    reader = await ground.member()
    producers = [await ground.producer() for _ in range(4)]

    async def append(number: int) -> None:
        for n in range(20):
            await producers[number].append(ground.entries([f"{number} {n:02} {m:02}" for m in range(40)]))

    reading = asyncio.create_task(take(reader, 3200, limit=100))
    await asyncio.gather(*(append(number) for number in range(4)))
    assert values(await reading) == [f"{k} {n:02} {m:02}" for k in range(4) for n in range(20) for m in range(40)]


async def test_a_full_partition_does_not_hold_up_the_others(ground: Ground) -> None:
    producer, reader = await ground.producer(), await ground.member()
    await producer.append([ground.entry("crowd", f"crowd {n}") for n in range(500)])
    await producer.append(ground.entries([str(n) for n in range(40)]))
    assert {entry.partition for entry in await reader.fetch(PARTITIONS, 0)} == set(range(PARTITIONS))
    served: set[int] = set()
    for _ in range(PARTITIONS):
        [entry] = await reader.fetch(1, 0)
        served.add(entry.partition)
    assert served == set(range(PARTITIONS))


async def test_a_topic_that_is_not_there_is_said_so(ground: Ground) -> None:
    producer = await ground.producer()
    with pytest.raises(LookupError, match="no such topic: missing"):
        await producer.append([Record("missing", "key", b"")])


async def test_a_topic_made_later_is_read_by_those_who_wait_for_it(ground: Ground) -> None:
    log, producer = await ground.log(), await ground.producer()
    early = await log.consumer("early", ["later"])
    await log.ensure(["later"], 1)
    await producer.append([Record("later", "key", b"a")])
    assert values(await take(early, 1)) == ["a"]
    await early.close()


async def test_a_database_without_the_tables_gets_them_once(new_database: Fresh) -> None:
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
