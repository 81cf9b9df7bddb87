"""The log in Apache Kafka, through aiokafka."""

from collections.abc import AsyncIterator, Sequence

from bianmin.kit.log import Stored
from bianmin.kit.log.kafka.clients import Compression
from bianmin.kit.log.kafka.consumer import KafkaConsumer, to_stored
from bianmin.kit.log.kafka.producer import KafkaProducer
from bianmin.kit.log.kafka.ranges import offset_ranges, read_ranges, reader_of
from bianmin.kit.log.kafka.topics import committed_offsets, create_topics

COUNTED = 10_000


class KafkaLog:
    """A log in a Kafka cluster.

    A member that is silent for `session` seconds counts as dead. A request that the brokers do not answer within
    `max_wait` seconds raises `errors.Away`, a ConnectionError. Producers compress by `compression`; consumers read any.
    """

    def __init__(
        self, bootstrap: str, *, session: float = 10.0, max_wait: float = 20.0, compression: Compression = "none"
    ) -> None:
        self._bootstrap = bootstrap
        self._session = session
        self._max_wait = max_wait
        self._compression = compression

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        """Create the topics that do not exist yet. Raises `Away`."""
        await create_topics(self._bootstrap, topics, partitions, self._max_wait)

    async def producer(self, name: str) -> KafkaProducer:
        """Start the producer of this name; it fences every older one. Raises `Away`."""
        return await KafkaProducer.start(self._bootstrap, name, self._max_wait, self._compression)

    async def consumer(self, group: str, topics: Sequence[str]) -> KafkaConsumer:
        """Join a group. Raises `Away`."""
        return await KafkaConsumer.join(self._bootstrap, group, topics, self._session, self._max_wait)

    async def scan(self, topic: str) -> AsyncIterator[Stored]:
        """All entries that are in the topic now. Raises `Away`."""
        async with reader_of(self._bootstrap, [topic], self._max_wait) as reader:
            async for entry in read_ranges(reader, await offset_ranges(reader, self._max_wait), self._max_wait):
                yield to_stored(entry)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """The number of entries that the group has not committed. Raises `Away`.

        Exact up to 10,000. Beyond that it is the distance in offsets, which counts ends of transactions too.
        """
        committed = await committed_offsets(self._bootstrap, group, self._max_wait)
        async with reader_of(self._bootstrap, topics, self._max_wait) as reader:
            there = await offset_ranges(reader, self._max_wait)
            left = {
                where: range(max(offsets.start, committed.get(where, 0)), offsets.stop)
                for where, offsets in there.items()
            }
            distance = sum(len(offsets) for offsets in left.values())
            if distance > COUNTED:
                return distance
            return len([entry async for entry in read_ranges(reader, left, self._max_wait)])

    async def close(self) -> None:
        """Nothing is held between calls: producers and consumers have clients of their own."""
