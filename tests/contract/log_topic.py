"""A topic of the log under test, whatever implements the log, and reading from it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from bianmin.kit.ids import new_id
from bianmin.kit.log import Consumer, Log, Producer, Record, Stored
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.postgres import PostgresLog, log_database

PARTITIONS = 4
TIMEOUT_SECONDS = 60
"""No test takes as long; one that hangs ends."""

KAFKA = "kafka://"
_Opened = TypeVar("_Opened", Producer, Consumer)


@asynccontextmanager
async def open_log(address: str) -> AsyncIterator[Log]:
    """Give the log at a database's URL or at `kafka://host:port`; a silent member is expelled after seconds."""
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


class LogTopic:
    """One topic of the log under test; closes what a test opens there."""

    def __init__(self, address: str, opened: AsyncExitStack) -> None:
        self.address = address
        self.name = f"topic-{new_id()}"
        self.group = f"group-{new_id()}"
        self._opened = opened
        self._log: Log | None = None

    async def another_log(self) -> Log:
        """Return a log of its own connections, as another process would have."""
        return await self._opened.enter_async_context(open_log(self.address))

    async def log(self) -> Log:
        """Return the log of this test, with its topic."""
        if self._log is None:
            self._log = await self.another_log()
            await self._log.ensure([self.name], PARTITIONS)
        return self._log

    async def producer(self, name: str | None = None) -> Producer:
        log = await self.log()
        return await self._closing(await log.producer(name or f"producer-{new_id()}"))

    async def member(self, group: str | None = None, log: Log | None = None) -> Consumer:
        log = log or await self.log()
        return await self._closing(await log.consumer(group or self.group, [self.name]))

    async def _closing(self, opened: _Opened) -> _Opened:
        self._opened.push_async_callback(opened.close)
        return opened

    def entry(self, key: str, value: str) -> Record:
        return Record(self.name, key, value.encode())

    def entries(self, values: Sequence[str], *, keys: int = 40) -> list[Record]:
        """Return a record for each value, spread over so many keys that every partition gets some."""
        return [self.entry(f"key-{n % keys}", value) for n, value in enumerate(values)]


async def fetch_entries(consumer: Consumer, count: int, *, limit: int = 1000) -> list[Stored]:
    """Return at least `count` entries, in the order in which the consumer got them."""
    taken: list[Stored] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while len(taken) < count:
            taken += await consumer.fetch(limit, 5.0)
    return taken


async def fetch_values(consumer: Consumer, wanted: set[str]) -> set[str]:
    """Return the values got until all wanted ones came; some may come twice while members change."""
    seen: set[str] = set()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not wanted <= seen:
            seen.update(values(await consumer.fetch(1000, 5.0)))
    return seen


def offsets_after(entries: Sequence[Stored]) -> dict[tuple[str, int], int]:
    return {(entry.record.topic, entry.partition): entry.offset + 1 for entry in entries}


def values(entries: Sequence[Stored]) -> list[str]:
    return sorted((entry.record.value or b"").decode() for entry in entries)
