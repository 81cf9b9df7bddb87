"""The part of aiokafka that is used here, with types (it has none), and an end for clients that would not end."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    TopicPartition,
)

MEGABYTE = 1 << 20
LARGEST_ENTRY = 2 * MEGABYTE
"""Bytes of one entry with its key and headers; topics are made to take it."""

REQUEST_SECONDS = 15
TRANSACTION_SECONDS = 30
"""After this the broker gives up a transaction whose producer fell silent; until then nobody reads past it."""

log = structlog.get_logger(__name__)


class Place(NamedTuple):
    """A partition of a topic, equal to aiokafka's own tuple."""

    topic: str
    partition: int


class Entry(Protocol):
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class TransactionalProducer(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def begin_transaction(self) -> None: ...
    async def commit_transaction(self) -> None: ...
    async def abort_transaction(self) -> None: ...
    async def send(
        self, topic: str, value: bytes | None, key: bytes, *, headers: Sequence[tuple[str, bytes]]
    ) -> asyncio.Future[object]: ...


class Reader(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def assignment(self) -> Iterable[Place]: ...
    async def getmany(self, *, timeout_ms: int, max_records: int | None = None) -> dict[Place, list[Entry]]: ...
    async def position(self, place: Place) -> int: ...
    async def beginning_offsets(self, places: Sequence[Place]) -> dict[Place, int]: ...
    async def end_offsets(self, places: Sequence[Place]) -> dict[Place, int]: ...
    def seek(self, place: Place, offset: int) -> None: ...
    async def seek_to_beginning(self, place: Place) -> bool: ...
    async def committed(self, place: Place) -> int | None: ...
    async def commit(self, upto: Mapping[Place, int]) -> None: ...


class Assignments(ConsumerRebalanceListener):  # type: ignore[misc]
    """Knows whether partitions are being dealt out anew."""

    def __init__(self) -> None:
        self.settled = asyncio.Event()

    async def on_partitions_revoked(self, revoked: object) -> None:
        self.settled.clear()

    async def on_partitions_assigned(self, assigned: object) -> None:
        self.settled.set()


def place(topic: str, partition: int) -> Place:
    return cast(Place, TopicPartition(topic, partition))


def new_producer(bootstrap: str, name: str) -> TransactionalProducer:
    """Acknowledged by all replicas, idempotent; the broker fences an older one of the same name."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=name,
        transactional_id=name,
        transaction_timeout_ms=TRANSACTION_SECONDS * 1000,
        acks="all",
        request_timeout_ms=REQUEST_SECONDS * 1000,
        max_request_size=LARGEST_ENTRY,
        # below a broker's own limit for what is sent at once: an append is few requests, and none is refused
        max_batch_size=MEGABYTE // 2,
    )
    return cast(TransactionalProducer, producer)


def new_member(bootstrap: str, group: str, topics: Sequence[str], session: float, assignments: Assignments) -> Reader:
    member = AIOKafkaConsumer(
        client_id=group,
        group_id=group,
        enable_auto_commit=False,
        session_timeout_ms=int(session * 1000),
        # by its heartbeat a member also learns that the partitions are dealt out anew
        heartbeat_interval_ms=int(session * 1000 / 10),
        **_reading(bootstrap),
    )
    member.subscribe(topics, listener=assignments)
    return cast(Reader, member)


def new_reader(bootstrap: str, topics: Sequence[str]) -> Reader:
    """A reader of everything, in no group."""
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


async def end(client: TransactionalProducer | Reader, *, grace: float) -> None:
    """Stop it; what still runs of it after `grace` seconds is cancelled.

    Without a broker `stop` waits for ever (aiokafka#1101), and so do tasks that the client keeps no list of.
    """
    try:
        async with asyncio.timeout(grace):
            await client.stop()
            return
    except TimeoutError:
        log.warning("kafka.client_killed")
    parts = [getattr(client, name, None) for name in ("_sender", "_message_accumulator", "_coordinator", "_fetcher")]
    left = [task for task in asyncio.all_tasks() if any(part is _owner(task) for part in parts if part is not None)]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    connections = getattr(client, "client", None) or getattr(client, "_client", None)
    if connections is not None:
        with contextlib.suppress(ConnectionError):
            await connections.close()


def _owner(task: asyncio.Task[Any]) -> object:
    """The object whose method the task runs."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")
