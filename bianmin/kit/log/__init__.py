"""The event log: what a service announces, kept in order per key, read by groups at their own pace.

Two implementations pass one contract suite: `postgres.PostgresLog` and `kafka.KafkaLog`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as its writer gives it. `value` None is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry as a reader finds it."""

    record: Record
    partition: int
    offset: int


class Fenced(Exception):
    """Another producer of the same name has started: this one may write no more."""


class Lost(Exception):
    """This member of the group no longer owns the partitions whose offsets it wanted to commit."""


class Producer(Protocol):
    async def append(self, records: Sequence[Record]) -> None:
        """Write all of them or none, in this order per key; return after the log's acknowledgement.

        Raises `Fenced`. After another failure they may be there all the same, when only the answer was lost: appending
        them again repeats them then. A producer that goes on failing has to be started anew.
        """

    async def close(self) -> None: ...


class Consumer(Protocol):
    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        """At most `limit` entries, in order per partition; empty after `wait` seconds without news."""

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        """Keep the next offset to read for each (topic, partition) of what was fetched, or none. Raises `Lost`."""

    async def rewind(self) -> None:
        """Go back to the committed offsets, after a batch that could not be finished."""

    async def close(self) -> None: ...


class Log(Protocol):
    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        """Make the topics that are not there yet."""

    async def producer(self, name: str) -> Producer:
        """Start the producer of this name; every older one of the name is fenced."""

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Join a group. A new group starts at the earliest entry; members share the partitions."""

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        """Everything that is in the topic now, from its start, apart from any group."""

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """How many entries the group has not committed yet."""

    async def close(self) -> None: ...
