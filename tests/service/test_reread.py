"""What a migration lists is taken in again from the log, in order, with what comes after it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bianmin.kit.consumer import Subscriber
from bianmin.kit.db import Database, rows, run
from bianmin.kit.log import Record
from bianmin.kit.log.postgres import PostgresLog
from bianmin.kit.reread import hold_again
from bianmin.kit.time_source import TimeSource
from tests.harness import a_log
from tests.service import tiny
from tests.service.tiny import an_inbox, effects, held, positions, some_bytes

TOPIC = "bianmin.intake"


@pytest.fixture
async def url(new_database: Callable[[], Awaitable[str]]) -> str:
    return await new_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async def the_same() -> str:
        return url

    database = await tiny.furnished(the_same)
    yield database
    await database.close()


@pytest.fixture
async def log(url: str, database: Database) -> AsyncIterator[PostgresLog]:
    """The log, with three events of `a`, two of `b` and what is no event; all but a's third were taken in."""
    async with a_log(url) as log:
        await log.ensure([TOPIC], 2)
        producer = await log.producer("test")
        events = [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3)]
        values = [b"?", *(some_bytes(subject, number) for subject, number in events)]
        await producer.append([Record(TOPIC, "k", value) for value in values])
        await producer.close()
        async with database.transaction() as tx:
            await run(tx, "INSERT INTO inbox VALUES ('/bianmin/intake', 'a', 2), ('/bianmin/intake', 'b', 2)")
        yield log


async def listed(database: Database, subject: str) -> None:
    async with database.transaction() as tx:
        await run(tx, "INSERT INTO reread VALUES ('/bianmin/intake', $1)", subject)


def subscriber(database: Database, log: PostgresLog) -> Subscriber:
    return Subscriber("tiny", database, log, [TOPIC], an_inbox(), TimeSource(), announced=lambda: None)


async def test_a_listed_chain_is_taken_in_again_as_far_as_it_was_and_then_goes_on(
    database: Database, log: PostgresLog
) -> None:
    await listed(database, "a")
    await hold_again(database, "tiny", log)
    assert await held(database) == {("a", 1): "waiting", ("a", 2): "behind"}
    assert await positions(database) == {"b": 2}
    reader = subscriber(database, log)
    await reader.digest([stored async for stored in log.scan(TOPIC)][-1:])
    assert await effects(database) == [], "the third waits for the first two"
    await reader.sweep()
    assert await effects(database) == [("a", 1), ("a", 2), ("a", 3)]
    assert await positions(database) == {"a": 3, "b": 2}
    assert await held(database) == {}


async def test_it_is_done_once(database: Database, log: PostgresLog) -> None:
    await listed(database, "a")
    for _ in range(2):
        await hold_again(database, "tiny", log)
        await subscriber(database, log).sweep()
    assert await effects(database) == [("a", 1), ("a", 2)]
    async with database.reading() as tx:
        assert await rows(tx, "SELECT FROM reread") == []


async def test_a_chain_that_the_log_does_not_have_whole_stays_as_it_is(database: Database, log: PostgresLog) -> None:
    async with database.transaction() as tx:
        await run(tx, "INSERT INTO inbox VALUES ('/bianmin/intake', 'gone', 0)")
        await run(tx, "UPDATE inbox SET sequence = 5 WHERE subject = 'gone'")
    for subject in ("gone", "b"):
        await listed(database, subject)
    await hold_again(database, "tiny", log)
    await subscriber(database, log).sweep()
    assert await effects(database) == [("b", 1), ("b", 2)]
    assert await positions(database) == {"a": 2, "b": 2, "gone": 5}
