"""The log in Apache Kafka, through aiokafka."""

from collections.abc import AsyncIterator, Sequence

from bianmin.kit.log import Stored
from bianmin.kit.log.kafka.consumer import KafkaConsumer, stored
from bianmin.kit.log.kafka.producer import KafkaProducer
from bianmin.kit.log.kafka.reading import entries, reader_of, span
from bianmin.kit.log.kafka.topics import committed, create

COUNTED = 10_000


class KafkaLog:
    """A log in a Kafka cluster.

    A member that is silent for `session` seconds is taken for dead. What the brokers do not answer within `patience`
    seconds raises `errors.Away`, a ConnectionError.
    """

    def __init__(self, bootstrap: str, *, session: float = 10.0, patience: float = 20.0) -> None:
        self._bootstrap = bootstrap
        self._session = session
        self._patience = patience

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        await create(self._bootstrap, topics, partitions, self._patience)

    async def producer(self, name: str) -> KafkaProducer:
        return await KafkaProducer.start(self._bootstrap, name, self._patience)

    async def consumer(self, group: str, topics: Sequence[str]) -> KafkaConsumer:
        return await KafkaConsumer.join(self._bootstrap, group, topics, self._session, self._patience)

    async def scan(self, topic: str) -> AsyncIterator[Stored]:
        async with reader_of(self._bootstrap, [topic], self._patience) as reader:
            async for entry in entries(reader, await span(reader, self._patience), self._patience):
                yield stored(entry)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """Exact up to ten thousand; beyond that the distance in offsets, in which ends of transactions count too."""
        begun = await committed(self._bootstrap, group, self._patience)
        async with reader_of(self._bootstrap, topics, self._patience) as reader:
            there = await span(reader, self._patience)
            left = {
                where: range(max(offsets.start, begun.get(where, 0)), offsets.stop) for where, offsets in there.items()
            }
            distance = sum(len(offsets) for offsets in left.values())
            if distance > COUNTED:
                return distance
            return len([entry async for entry in entries(reader, left, self._patience)])

    async def close(self) -> None:
        """Nothing is held between calls: producers and consumers have clients of their own."""
