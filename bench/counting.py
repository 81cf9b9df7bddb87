"""A wrapper around an event log that signals when a number of entries was processed, so that nothing has to poll."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.wrapped_log import WrappedConsumer, WrappedLog, WrappedProducer
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


class CountingProducer(WrappedProducer):
    """A producer that counts appended entries."""

    def __init__(self, inner: Producer, count: Count) -> None:
        super().__init__(inner)
        self.count = count

    async def append(self, records: Sequence[Record]) -> None:
        await super().append(records)
        self.count.add(len(records))


class CountingConsumer(WrappedConsumer):
    """A consumer that counts committed entries."""

    def __init__(self, inner: Consumer, count: Count) -> None:
        super().__init__(inner)
        self.count = count
        self.fetched = 0

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        found = await super().fetch(limit, wait)
        self.fetched = len(found)
        return found

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        await super().commit(upto)
        self.count.add(self.fetched)


class CountingLog(WrappedLog):
    """A log whose producers and consumers count."""

    def __init__(self, inner: Log, count: Count) -> None:
        super().__init__(inner)
        self.count = count

    async def producer(self, name: str) -> Producer:
        return CountingProducer(await super().producer(name), self.count)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return CountingConsumer(await super().consumer(group, topics), self.count)
