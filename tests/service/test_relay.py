"""What is announced is published once, in order, by one relay at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bianmin.domain.actors import system
from bianmin.events.envelope import parse_event
from bianmin.events.intake import ItemRetired
from bianmin.kit import outbox
from bianmin.kit.db import Database, run
from bianmin.kit.decide import Announcement, Cause
from bianmin.kit.lease import Lease, NotHeld
from bianmin.kit.log.postgres import PostgresLog
from bianmin.kit.relay import Relay
from tests.harness import a_log
from tests.service import tiny


@pytest.fixture
async def url(new_database: Callable[[], Awaitable[str]]) -> str:
    return await new_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async def same() -> str:
        return url

    database = await tiny.furnished(same)
    yield database
    await database.close()


@pytest.fixture
async def log(url: str) -> AsyncIterator[PostgresLog]:
    async with a_log(url) as log:
        await log.ensure(["bianmin.intake"], 3)
        yield log


async def announce(database: Database, *names: tuple[str, int]) -> None:
    announced = [
        Announcement(subject, sequence, ItemRetired(org="52", code=subject, version=1), Cause(system("52")))
        for subject, sequence in names
    ]
    async with database.transaction() as tx:
        await outbox.append(tx, announced, source="intake", at=tiny.NOW)


async def published(log: PostgresLog) -> list[tuple[str, int]]:
    events = [parse_event(stored.record.value) async for stored in log.scan("bianmin.intake") if stored.record.value]
    return [(event.subject, event.sequence) for event in events]


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[None]:
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await relay.close()


async def settles(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_announced_events_are_published_and_leave_the_outbox(database: Database, log: PostgresLog) -> None:
    relay = Relay("intake", database, log)
    await announce(database, ("a", 1), ("a", 2), ("b", 1))
    async with running(relay):
        await settles(lambda: _empty(relay))
    found = await published(log)
    assert sorted(found) == [("a", 1), ("a", 2), ("b", 1)]
    assert [n for subject, n in found if subject == "a"] == [1, 2]


async def test_events_published_but_not_deleted_are_published_again_in_order(
    database: Database, log: PostgresLog
) -> None:
    """Killed between publish and delete: the next relay repeats, and readers drop what they had."""
    await announce(database, ("a", 1), ("a", 2))
    producer = await log.producer("bianmin.intake.relay")
    async with database.reading() as tx:
        waiting = (await tx.exec_driver_sql("SELECT payload FROM outbox ORDER BY id")).scalars().all()
    from bianmin.kit.log import Record

    await producer.append([Record("bianmin.intake", "a", payload) for payload in waiting])
    await producer.close()
    relay = Relay("intake", database, log)
    async with running(relay):
        await settles(lambda: _empty(relay))
    assert await published(log) == [("a", 1), ("a", 2), ("a", 1), ("a", 2)]


async def test_only_one_relay_leads_and_another_takes_over_when_it_leaves(database: Database, log: PostgresLog) -> None:
    one, other = (Relay("intake", database, log, lease=0.4, poll=0.02) for _ in range(2))
    async with running(one):
        await settles(lambda: _leads(one))
        async with running(other):
            await announce(database, ("a", 1))
            await settles(lambda: _empty(one))
            assert one.leading
            assert not other.leading
    async with running(other):
        await announce(database, ("a", 2))
        await settles(lambda: _empty(other))
    assert await published(log) == [("a", 1), ("a", 2)]


async def test_a_relay_that_was_fenced_changes_nothing(database: Database, log: PostgresLog) -> None:
    """Both believe they lead: the log itself refuses the older one, and its rows stay for the newer."""
    one = Relay("intake", database, log, poll=0.02)
    async with running(one):
        await settles(lambda: _leads(one))
        async with database.transaction() as tx:
            await run(tx, "UPDATE lease SET expires_at = '-infinity'")
        other = Relay("intake", database, log, poll=0.02)
        async with running(other):
            await settles(lambda: _leads(other))
            for n in range(1, 30):
                await announce(database, ("a", n))
            await settles(lambda: _empty(other))
    found = await published(log)
    first_sights = list(dict.fromkeys(found))
    assert first_sights == [("a", n) for n in range(1, 30)]


async def test_a_lease_is_renewed_only_by_who_won_it_last(database: Database) -> None:
    one, other = Lease(database, "x", seconds=60), Lease(database, "x", seconds=60)
    assert await one.acquire()
    assert not await other.acquire()
    await one.release()
    assert await other.acquire()
    with pytest.raises(NotHeld):
        await one.renew()


async def _empty(relay: Relay) -> bool:
    return (await relay.backlog())[0] == 0


async def _leads(relay: Relay) -> bool:
    return relay.leading
