"""Where the log's contract is tried: every implementation, on every server that it runs on here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from bianmin.kit.ids import new_id
from bianmin.kit.log import Consumer, Log, Producer, Record, Stored
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.postgres import PostgresLog, log_database

PARTITIONS = 4
PATIENCE_SECONDS = 60
"""No test takes as long; one that hangs ends."""

KAFKA = "kafka://"
_Opened = TypeVar("_Opened", Producer, Consumer)


@asynccontextmanager
async def open_log(address: str) -> AsyncIterator[Log]:
    """The log at a database's URL, or at the broker of `kafka://host:port`. Members there die soon."""
    if address.startswith(KAFKA):
        kafka = KafkaLog(address.removeprefix(KAFKA), session=6.0)
        yield kafka
        await kafka.close()
        return
    database = log_database(address)
    postgres = PostgresLog(database, lease=2.0)
    yield postgres
    await postgres.close()
    await database.close()


class Ground:
    """One topic on one server, and everything that a test opens there."""

    def __init__(self, address: str, opened: AsyncExitStack) -> None:
        self.address = address
        self.topic = f"topic-{new_id()}"
        self.group = f"group-{new_id()}"
        self._opened = opened
        self._log: Log | None = None

    async def another_log(self) -> Log:
        """As another process would have it."""
        return await self._opened.enter_async_context(open_log(self.address))

    async def log(self) -> Log:
        """The one of this test, with its topic."""
        if self._log is None:
            self._log = await self.another_log()
            await self._log.ensure([self.topic], PARTITIONS)
        return self._log

    async def producer(self, name: str | None = None) -> Producer:
        log = await self.log()
        return await self._closing(await log.producer(name or f"producer-{new_id()}"))

    async def member(self, group: str | None = None, log: Log | None = None) -> Consumer:
        log = log or await self.log()
        return await self._closing(await log.consumer(group or self.group, [self.topic]))

    async def _closing(self, opened: _Opened) -> _Opened:
        self._opened.push_async_callback(opened.close)
        return opened

    def entry(self, key: str, value: str) -> Record:
        return Record(self.topic, key, value.encode())

    def entries(self, values: Sequence[str], *, keys: int = 40) -> list[Record]:
        """One for each value, spread over so many keys that every partition gets some."""
        return [self.entry(f"key-{n % keys}", value) for n, value in enumerate(values)]


async def take(consumer: Consumer, count: int, *, limit: int = 1000) -> list[Stored]:
    """What the consumer gets until it has at least so many."""
    taken: list[Stored] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(taken) < count:
            taken += await consumer.fetch(limit, 5.0)
    return taken


async def take_each(consumer: Consumer, wanted: set[str]) -> set[str]:
    """The values that the consumer gets until all wanted ones came, some perhaps twice: the members just changed."""
    seen: set[str] = set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not wanted <= seen:
            seen.update(values(await consumer.fetch(1000, 5.0)))
    return seen


def upto(entries: Sequence[Stored]) -> dict[tuple[str, int], int]:
    return {(entry.record.topic, entry.partition): entry.offset + 1 for entry in entries}


def values(entries: Sequence[Stored]) -> list[str]:
    return sorted((entry.record.value or b"").decode() for entry in entries)
