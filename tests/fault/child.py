"""The house as one process that dies, by its own kill -9, at a named point: run by the fault tests.

    python -m tests.fault.child URL DATA PORT [POINT COUNT]

The points are reached through the parts of which a process is made: the services' handlers and the log are values
that can be wrapped, so the product itself knows nothing of it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from bianmin.events.registry import topic_of
from bianmin.kit import logs
from bianmin.kit.db import Tx
from bianmin.kit.decide import Work
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.log import Consumer, Log, Producer, Record, Stored
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.process import process
from bianmin.kit.settings import Settings
from command.deployment import SERVICES

POINTS = (
    "between commit and publish",
    "between publish and delete",
    "between effect and offset",
    "in the middle of a batch",
)


class Fate:
    """Ends the process the `count`-th time that `point` is reached, after its `last_words`."""

    def __init__(self, point: str | None, count: int, last_words: Callable[[], object] = lambda: None) -> None:
        self._point = point
        self._left = count
        self._last_words = last_words

    def reached(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                self._last_words()
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class MortalProducer:
    inner: Producer
    fate: Fate

    async def append(self, records: Sequence[Record]) -> None:
        self.fate.reached("between commit and publish")
        await self.inner.append(records)
        self.fate.reached("between publish and delete")

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class MortalConsumer:
    inner: Consumer
    fate: Fate

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        return await self.inner.fetch(limit, wait)

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        self.fate.reached("between effect and offset")
        await self.inner.commit(upto)

    async def rewind(self) -> None:
        await self.inner.rewind()

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class MortalLog:
    inner: Log
    fate: Fate

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        await self.inner.ensure(topics, partitions)

    async def producer(self, name: str) -> Producer:
        return MortalProducer(await self.inner.producer(name), self.fate)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return MortalConsumer(await self.inner.consumer(group, topics), self.fate)

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        return self.inner.scan(topic)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        return await self.inner.lag(group, topics)

    async def close(self) -> None:
        await self.inner.close()


def mortal(handle: CarryOut, fate: Fate) -> CarryOut:
    """A handler whose process may die when everything is written and nothing is committed."""

    async def handled(tx: Tx, commands: Sequence[Any], now: datetime) -> Work[Any, Any]:
        done = await handle(tx, commands, now)
        fate.reached("in the middle of a batch")
        return done

    return handled


async def main(url: str, data: str, port: int, point: str | None, count: int) -> None:
    logs.setup("WARNING", json=True)
    fate = Fate(point, count)
    settings = Settings.load({}, data=Path(data), database_url=url, port=port, public_rate="1000000/minute")
    services = [replace(service, handle=mortal(service.handle, fate)) for service in SERVICES]
    log, close = open_log(url)
    await log.ensure([topic_of(service.name) for service in services], 3)
    app = process(services, settings, MortalLog(log, fate))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, loop="uvloop", log_config=None, access_log=False, lifespan="on")
    )
    await server.serve()
    await close()


def open_log(url: str) -> tuple[Log, Callable[[], Awaitable[None]]]:
    """Kafka where the tests name a broker, else PostgreSQL."""
    if broker := os.environ.get("BIANMIN_TEST_OVER"):
        kafka = KafkaLog(broker, session=6.0)
        return kafka, kafka.close
    database = log_database(url)
    log = PostgresLog(database, lease=3.0)

    async def close() -> None:
        await log.close()
        await database.close()

    return log, close


if __name__ == "__main__":
    url, data, port, *fate = sys.argv[1:]
    asyncio.run(main(url, data, int(port), fate[0] if fate else None, int(fate[1]) if fate else 0))
