"""The embedded log with its own way of telling that so many entries were dealt with: nobody has to ask and ask."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from bianmin.kit.log import Consumer, Log, Producer, Record, Stored


@dataclass(slots=True)
class Count:
    """Entries appended, or entries whose offsets were committed, up to `all_of` them."""

    all_of: int
    so_far: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, number: int) -> None:
        self.so_far += number
        if self.so_far >= self.all_of:
            self.reached.set()


@dataclass(frozen=True, slots=True)
class CountingProducer:
    inner: Producer
    count: Count

    async def append(self, records: Sequence[Record]) -> None:
        await self.inner.append(records)
        self.count.add(len(records))

    async def close(self) -> None:
        await self.inner.close()


@dataclass(slots=True)
class CountingConsumer:
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
