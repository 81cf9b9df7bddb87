"""Types for the part of aiokafka that is used here (it has none), and a way to stop clients that would not stop."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, cast

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    TopicPartition,
)
from aiokafka.admin import AIOKafkaAdminClient

from bianmin.kit.wait import end_tasks

MEGABYTE = 1 << 20
LARGEST_ENTRY = 2 * MEGABYTE
"""Bytes of one entry with its key and headers; topics are created with this limit."""

REQUEST_SECONDS = 15
TRANSACTION_SECONDS = 30
"""After this time the broker aborts the transaction of a silent producer; until then nobody reads past it."""

Compression = Literal["none", "lz4", "zstd"]

log = structlog.get_logger(__name__)


class Place(NamedTuple):
    """A partition of a topic, equal to aiokafka's own tuple."""

    topic: str
    partition: int


class KafkaEntry(Protocol):
    """A record of aiokafka."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class TransactionalProducer(Protocol):
    """The part of AIOKafkaProducer that is used here."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def begin_transaction(self) -> None: ...
    async def commit_transaction(self) -> None: ...
    async def abort_transaction(self) -> None: ...
    async def send(
        self, topic: str, value: bytes | None, key: bytes, *, headers: Sequence[tuple[str, bytes]]
    ) -> asyncio.Future[object]: ...


class Admin(Protocol):
    """The part of AIOKafkaAdminClient that is used here."""

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def create_topics(self, topics: Sequence[Any]) -> Any: ...
    async def describe_topics(self, topics: Sequence[str]) -> Any: ...
    async def list_consumer_group_offsets(self, group: str) -> Any: ...


class Reader(Protocol):
    """The part of AIOKafkaConsumer that is used here."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def assignment(self) -> Iterable[Place]: ...
    async def getmany(self, *, timeout_ms: int, max_records: int | None = None) -> dict[Place, list[KafkaEntry]]: ...
    async def position(self, place: Place) -> int: ...
    async def beginning_offsets(self, places: Sequence[Place]) -> dict[Place, int]: ...
    async def end_offsets(self, places: Sequence[Place]) -> dict[Place, int]: ...
    def seek(self, place: Place, offset: int) -> None: ...
    async def seek_to_beginning(self, place: Place) -> bool: ...
    async def committed(self, place: Place) -> int | None: ...
    async def commit(self, upto: Mapping[Place, int]) -> None: ...


class Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Knows whether a rebalance is under way: `settled` is set when it is not."""

    def __init__(self) -> None:
        self.settled = asyncio.Event()
        self._began = time.monotonic()

    @property
    def unsettled(self) -> float:
        """Return for how many seconds the rebalance has been under way; 0 without one."""
        return 0.0 if self.settled.is_set() else time.monotonic() - self._began

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Called by aiokafka when a rebalance begins."""
        if self.settled.is_set():
            self._began = time.monotonic()
        self.settled.clear()

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Called by aiokafka when a rebalance has ended."""
        self.settled.set()


def place(topic: str, partition: int) -> Place:
    """A partition of a topic."""
    return cast(Place, TopicPartition(topic, partition))


def new_producer(bootstrap: str, name: str, compression: Compression) -> TransactionalProducer:
    """A producer whose writes all replicas acknowledge; idempotent. The broker fences older ones of the name."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=name,
        transactional_id=name,
        transaction_timeout_ms=TRANSACTION_SECONDS * 1000,
        acks="all",
        compression_type=None if compression == "none" else compression,
        request_timeout_ms=REQUEST_SECONDS * 1000,
        max_request_size=LARGEST_ENTRY,
        # below the broker's limit for one request, so that none is refused
        max_batch_size=MEGABYTE // 2,
    )
    return cast(TransactionalProducer, producer)


def new_member(bootstrap: str, group: str, topics: Sequence[str], session: float, assignments: Assignments) -> Reader:
    """A member of a group; `session`: seconds of silence after which the broker takes it for dead."""
    member = AIOKafkaConsumer(
        client_id=group,
        group_id=group,
        enable_auto_commit=False,
        session_timeout_ms=int(session * 1000),
        # a member learns of a rebalance by its heartbeat
        heartbeat_interval_ms=int(session * 1000 / 10),
        **_reading(bootstrap),
    )
    member.subscribe(topics, listener=assignments)
    return cast(Reader, member)


def new_reader(bootstrap: str, topics: Sequence[str]) -> Reader:
    """A reader of whole topics, in no group."""
    return cast(Reader, AIOKafkaConsumer(*topics, group_id=None, **_reading(bootstrap)))


def _reading(bootstrap: str) -> dict[str, Any]:
    return {
        "bootstrap_servers": bootstrap,
        "isolation_level": "read_committed",
        "auto_offset_reset": "earliest",
        "request_timeout_ms": REQUEST_SECONDS * 1000,
        "max_partition_fetch_bytes": LARGEST_ENTRY,
        "fetch_max_bytes": 8 * LARGEST_ENTRY,
    }


async def stop_client(client: TransactionalProducer | Reader | Admin, *, grace: float) -> None:
    """Stop the client within `grace` seconds and three more, whatever aiokafka does. Raises nothing.

    Without a broker `stop` may never return (aiokafka#1101), or swallow a cancellation and go on waiting; the client
    keeps no list of its tasks. Tasks that survive two cancellations are abandoned, without connections.
    """
    stop = client.close if isinstance(client, AIOKafkaAdminClient) else cast(TransactionalProducer, client).stop
    stopping = asyncio.create_task(stop())
    await asyncio.wait({stopping}, timeout=grace)
    if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
        return
    parts = [client, *(found for name in _PARTS if (found := getattr(client, name, None)) is not None)]
    left = [task for task in asyncio.all_tasks() if any(part is _owner(task) for part in parts)]
    ended = await end_tasks([stopping, *left], every=1.0, attempts=2)
    for part in parts:
        for connection in list(getattr(part, "_conns", {}).values()):
            connection.close()
    log.warning("kafka.client_cancelled", abandoned=not ended)


_PARTS = ("_sender", "_message_accumulator", "_coordinator", "_fetcher", "client", "_client")


def _owner(task: asyncio.Task[Any]) -> object:
    """Return the object whose method the task runs, by its frame."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")
