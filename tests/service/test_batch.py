"""Commands that arrive together are one transaction; a lone one never waits; one that fails goes alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from bianmin.domain.actors import system
from bianmin.kit.batch import Batcher, DatabaseAway
from bianmin.kit.crypto import Sealer
from bianmin.kit.db import Database, Tx, rows, run
from bianmin.kit.decide import Cause, Done, Outcome, Refused, Work
from bianmin.kit.idempotency import Answer, AnswerStore, Key, KeyReused
from bianmin.kit.refusals import Conflict
from bianmin.kit.time_source import TimeSource
from tests.service import tiny

ANSWERS = AnswerStore(Sealer({1: b"a secret of thirty-two bytes or more"}))


@dataclass(frozen=True, slots=True)
class Write:
    what: str
    by: Cause = field(default_factory=lambda: Cause(system("52")))


class ServiceRuntime:
    """A handler that writes each command down and remembers the size of each batch."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, tx: Tx, commands: Sequence[Any], now: datetime) -> Work[Any, Any]:
        self.batches.append(len(commands))
        await self.gate.wait()
        outcomes: list[Outcome] = []
        for command in commands:
            if command.what == "no":
                outcomes.append(Refused(Conflict("no")))
                continue
            if command.what == "impossible":
                await tx.execute(text("SELECT 1 / 0"))
            if command.what.startswith("locked"):
                await run(tx, "SELECT pg_advisory_xact_lock(29)")
            await run(tx, "INSERT INTO effect VALUES ('', $1, 1)", command.what)
            outcomes.append(Done(command.what))
        return Work(outcomes)


@pytest.fixture
async def database(new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Database]:
    database = await tiny.furnished(new_database)
    yield database
    await database.close()


@pytest.fixture
def runtime() -> ServiceRuntime:
    return ServiceRuntime()


@pytest.fixture
async def batcher(database: Database, runtime: ServiceRuntime) -> AsyncIterator[Batcher]:
    batcher = Batcher("tiny", database, runtime.handle, TimeSource(), answers=ANSWERS, announced=lambda: None)
    yield batcher
    await batcher.close()


def answer(state: Any) -> Answer:
    return Answer(201, str(state).encode(), '"1"')


def a_key(name: str, fingerprint: bytes = b"f") -> Key:
    return Key("somebody", name, fingerprint)


async def written(database: Database) -> list[str]:
    async with database.reading() as tx:
        return [subject for (subject,) in await rows(tx, "SELECT subject FROM effect ORDER BY ctid")]


async def test_a_lone_command_is_a_batch_of_its_own(batcher: Batcher, runtime: ServiceRuntime) -> None:
    assert (await batcher.submit(Write("a"), answer)).body == b"a"
    assert runtime.batches == [1]


async def test_commands_that_come_while_a_batch_is_under_way_are_the_next_batch(
    batcher: Batcher, runtime: ServiceRuntime
) -> None:
    runtime.gate.clear()
    first = asyncio.create_task(batcher.submit(Write("first"), answer))
    while not runtime.batches:
        await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.submit(Write(str(n)), answer)) for n in range(10)]
    await asyncio.sleep(0)
    runtime.gate.set()
    await asyncio.gather(first, *rest)
    assert runtime.batches == [1, 10]


async def test_a_refusal_leaves_with_its_command_alone(batcher: Batcher, database: Database) -> None:
    results = await asyncio.gather(
        *(batcher.submit(Write(what), answer) for what in ("a", "no", "b")), return_exceptions=True
    )
    assert [type(result) for result in results] == [Answer, Conflict, Answer]
    assert await written(database) == ["a", "b"]


async def test_a_command_that_the_database_refuses_does_not_fail_the_others(
    batcher: Batcher, database: Database
) -> None:
    results = await asyncio.gather(
        *(batcher.submit(Write(what), answer, a_key(what)) for what in ("a", "impossible", "b")),
        return_exceptions=True,
    )
    assert isinstance(results[1], Exception)
    assert isinstance(results[0], Answer)
    assert isinstance(results[2], Answer)
    assert await written(database) == ["a", "b"]


async def test_d26_the_same_key_is_answered_the_same_and_done_once(batcher: Batcher, database: Database) -> None:
    one = await batcher.submit(Write("a"), answer, a_key("k"))
    assert await batcher.submit(Write("a"), answer, a_key("k")) == one
    assert await written(database) == ["a"]


async def test_the_same_key_twice_at_once_is_done_once(batcher: Batcher, database: Database) -> None:
    answers = await asyncio.gather(*(batcher.submit(Write("a"), answer, a_key("k")) for _ in range(20)))
    assert set(answers) == {answers[0]}
    assert await written(database) == ["a"]


async def test_d25_the_same_key_at_two_replicas_at_once_is_done_once(
    database: Database, runtime: ServiceRuntime
) -> None:
    replicas = [
        Batcher("tiny", database, runtime.handle, TimeSource(), answers=ANSWERS, announced=lambda: None)
        for _ in range(2)
    ]
    runtime.gate.clear()
    both = [asyncio.create_task(each.submit(Write("a"), answer, a_key("k"))) for each in replicas]
    while len(runtime.batches) < 2:
        await asyncio.sleep(0)
    runtime.gate.set()
    one, other = await asyncio.gather(*both)
    assert one == other
    assert await written(database) == ["a"]
    for each in replicas:
        await each.close()


async def test_the_same_key_with_another_request_is_refused(batcher: Batcher, database: Database) -> None:
    await batcher.submit(Write("a"), answer, a_key("k", b"one"))
    with pytest.raises(KeyReused):
        await batcher.submit(Write("b"), answer, a_key("k", b"other"))
    assert await written(database) == ["a"]


async def test_a_refused_command_does_not_use_up_its_key(batcher: Batcher, database: Database) -> None:
    with pytest.raises(Conflict):
        await batcher.submit(Write("no"), answer, a_key("k"))
    assert (await batcher.submit(Write("yes"), answer, a_key("k"))).status == 201


async def test_a_batch_of_repetitions_only_is_answered(batcher: Batcher, runtime: ServiceRuntime) -> None:
    await batcher.submit(Write("a"), answer, a_key("k"))
    await batcher.submit(Write("a"), answer, a_key("k"))
    assert runtime.batches == [1]


async def test_without_a_database_submit_raises_database_away() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", "tiny")
    batcher = Batcher("tiny", database, ServiceRuntime().handle, TimeSource(), answers=ANSWERS, announced=lambda: None)
    with pytest.raises(DatabaseAway):
        await batcher.submit(Write("a"), answer, a_key("k"))
    await batcher.close()
    await database.close()


async def test_stale_connections_are_replaced_without_an_error(batcher: Batcher, database: Database) -> None:
    await batcher.submit(Write("a"), answer)
    async with database.reading() as tx:
        await run(
            tx,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    assert (await batcher.submit(Write("b"), answer)).body == b"b"


@asynccontextmanager
async def held_row(database: Database) -> AsyncIterator[None]:
    """Hold the lock that a command "locked" needs."""
    async with database.transaction() as tx:
        await run(tx, "SELECT pg_advisory_xact_lock(29)")
        yield


async def test_g29_a_command_whose_row_is_held_leaves_its_batch_and_delays_no_other(
    database: Database, batcher: Batcher
) -> None:
    async with held_row(database):
        waiting = [asyncio.create_task(batcher.submit(Write(f"locked {n}"), answer, a_key(f"l{n}"))) for n in range(3)]
        for start in range(0, 40, 20):
            await asyncio.gather(
                *(batcher.submit(Write(str(n)), answer, a_key(str(n))) for n in range(start, start + 20)),
                batcher.submit(Write(f"without a key {start}"), answer),
            )
        assert not any(task.done() for task in waiting)
        assert len(await written(database)) == 42
    assert [(await task).body for task in waiting] == [b"locked 0", b"locked 1", b"locked 2"]
    assert len(await written(database)) == 45


async def test_g29_a_row_that_stays_held_is_answered_with_try_again(
    database: Database, runtime: ServiceRuntime
) -> None:
    batcher = Batcher(
        "tiny",
        database,
        runtime.handle,
        TimeSource(),
        answers=ANSWERS,
        announced=lambda: None,
        last_lock_wait="100ms",
    )
    async with held_row(database):
        with pytest.raises(DatabaseAway):
            await batcher.submit(Write("locked"), answer, a_key("a"))
        assert (await batcher.submit(Write("free"), answer, a_key("b"))).body == b"free"
    assert (await batcher.submit(Write("locked"), answer, a_key("a"))).body == b"locked"
    await batcher.close()
