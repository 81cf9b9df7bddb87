"""An event log around another one: it passes every call on. Subclasses count calls, fail or crash at some of them."""

from collections.abc import AsyncIterator, Mapping, Sequence

from bianmin.kit.log import Consumer, Log, Producer, Record, Stored


class WrappedProducer:
    """A producer that passes every call on."""

    def __init__(self, inner: Producer) -> None:
        self.inner = inner

    async def append(self, records: Sequence[Record]) -> None:
        await self.inner.append(records)

    async def close(self) -> None:
        await self.inner.close()


class WrappedConsumer:
    """A consumer that passes every call on."""

    def __init__(self, inner: Consumer) -> None:
        self.inner = inner

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        return await self.inner.fetch(limit, wait)

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        await self.inner.commit(upto)

    async def rewind(self) -> None:
        await self.inner.rewind()

    async def close(self) -> None:
        await self.inner.close()


class WrappedLog:
    """A log that passes every call on."""

    def __init__(self, inner: Log) -> None:
        self.inner = inner

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        await self.inner.ensure(topics, partitions)

    async def producer(self, name: str) -> Producer:
        return await self.inner.producer(name)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return await self.inner.consumer(group, topics)

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        return self.inner.scan(topic)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        return await self.inner.lag(group, topics)

    async def close(self) -> None:
        await self.inner.close()
