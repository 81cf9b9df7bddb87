"""A wrapper around an event log that signals when a number of entries was processed, so that nothing has to poll."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from bianmin.kit.log import Consumer, Log, Producer, Record, Stored


@dataclass(slots=True)
class Count:
    """Counts entries that were appended or committed. `reached` is set at `target`."""

    target: int
    so_far: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, number: int) -> None:
        """Count `number` more entries."""
        self.so_far += number
        if self.so_far >= self.target:
            self.reached.set()


@dataclass(frozen=True, slots=True)
class CountingProducer:
    """A producer that counts appended entries."""

    inner: Producer
    count: Count

    async def append(self, records: Sequence[Record]) -> None:
        await self.inner.append(records)
        self.count.add(len(records))

    async def close(self) -> None:
        await self.inner.close()


@dataclass(slots=True)
class CountingConsumer:
    """A consumer that counts committed entries."""

    inner: Consumer
    count: Count
    fetched: int = 0

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        found = await self.inner.fetch(limit, wait)
        self.fetched = len(found)
        return found

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        await self.inner.commit(upto)
        self.count.add(self.fetched)

    async def rewind(self) -> None:
        await self.inner.rewind()

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class CountingLog:
    """A log whose producers and consumers count."""

    inner: Log
    count: Count

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        await self.inner.ensure(topics, partitions)

    async def producer(self, name: str) -> Producer:
        return CountingProducer(await self.inner.producer(name), self.count)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return CountingConsumer(await self.inner.consumer(group, topics), self.count)

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        return self.inner.scan(topic)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        return await self.inner.lag(group, topics)

    async def close(self) -> None:
        await self.inner.close()
