"""The event log: keeps the events of each key in order; each group of readers reads at its own pace.

Two implementations pass one contract suite: `postgres.PostgresLog` and `kafka.KafkaLog`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """An entry to write. `value` None is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as read, with its place in the log."""

    record: Record
    partition: int
    offset: int


class Fenced(Exception):
    """A newer producer of the same name has started: this one may no longer write."""


class Lost(Exception):
    """This member no longer owns the partitions whose offsets it wanted to commit."""


class Producer(Protocol):
    """Writes entries. Of several producers of one name only the newest may write."""

    async def append(self, records: Sequence[Record]) -> None:
        """Write all of them or none, in this order per key; return after the log's acknowledgement.

        Raises `Fenced`. After another error they may have been written all the same, where only the answer was lost;
        appending them again then repeats them. A producer that keeps failing has to be replaced by a new one.
        """

    async def close(self) -> None:
        """Stop the producer."""


class Consumer(Protocol):
    """A member of a group that reads topics."""

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        """At most `limit` entries, in order per partition; none after `wait` seconds without new ones."""

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        """Store the next offset to read of each (topic, partition), of all or of none. Raises `Lost`."""

    async def rewind(self) -> None:
        """Go back to the committed offsets, after a batch that failed."""

    async def close(self) -> None:
        """Leave the group."""


class Log(Protocol):
    """The event log."""

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        """Create the topics that do not exist yet."""

    async def producer(self, name: str) -> Producer:
        """Start the producer of this name. It fences every older one of the name."""

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Join a group. A new group starts at the first entry; its members share the partitions."""

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        """All entries that are in the topic now, from its start, independent of groups."""

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """The number of entries that the group has not committed yet."""

    async def close(self) -> None:
        """Close the log, after its producers and consumers."""
