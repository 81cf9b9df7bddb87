"""All services in one process that kills itself (SIGKILL) at a named point: run by the fault tests.

    python -m tests.fault.crashing_process URL DATA PORT [POINT COUNT]

The points are reached by wrapping the handlers of the services and the log: both are values, so the product needs no
code for it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from bench.wrapped_log import WrappedConsumer, WrappedLog, WrappedProducer
from bianmin.events.registry import topic_of
from bianmin.kit import logs
from bianmin.kit.db import Tx
from bianmin.kit.decide import Work
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.log import Consumer, Log, Producer, Record
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


class CrashPoint:
    """Kills the process the `count`-th time that `point` is reached, after calling `before_crash`."""

    def __init__(self, point: str | None, count: int, before_crash: Callable[[], object] = lambda: None) -> None:
        self._point = point
        self._left = count
        self._before_crash = before_crash

    def reached(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                self._before_crash()
                os.kill(os.getpid(), signal.SIGKILL)


class CrashingProducer(WrappedProducer):
    def __init__(self, inner: Producer, crash_point: CrashPoint) -> None:
        super().__init__(inner)
        self.crash_point = crash_point

    async def append(self, records: Sequence[Record]) -> None:
        self.crash_point.reached("between commit and publish")
        await super().append(records)
        self.crash_point.reached("between publish and delete")


class CrashingConsumer(WrappedConsumer):
    def __init__(self, inner: Consumer, crash_point: CrashPoint) -> None:
        super().__init__(inner)
        self.crash_point = crash_point

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        self.crash_point.reached("between effect and offset")
        await super().commit(upto)


class CrashingLog(WrappedLog):
    def __init__(self, inner: Log, crash_point: CrashPoint) -> None:
        super().__init__(inner)
        self.crash_point = crash_point

    async def producer(self, name: str) -> Producer:
        return CrashingProducer(await super().producer(name), self.crash_point)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return CrashingConsumer(await super().consumer(group, topics), self.crash_point)


def crashing(handle: CarryOut, crash_point: CrashPoint) -> CarryOut:
    """Return a handler that reaches a point when everything is written and nothing is committed."""

    async def handled(tx: Tx, commands: Sequence[Any], now: datetime) -> Work[Any, Any]:
        done = await handle(tx, commands, now)
        crash_point.reached("in the middle of a batch")
        return done

    return handled


async def main(url: str, data: str, port: int, point: str | None, count: int) -> None:
    logs.setup("WARNING", json=True)
    crash_point = CrashPoint(point, count)
    settings = Settings.load({}, data=Path(data), database_url=url, port=port, public_rate="1000000/minute")
    services = [replace(service, handle=crashing(service.handle, crash_point)) for service in SERVICES]
    log, close = open_log(url)
    await log.ensure([topic_of(service.name) for service in services], 3)
    app = process(services, settings, CrashingLog(log, crash_point))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, loop="uvloop", log_config=None, access_log=False, lifespan="on")
    )
    await server.serve()
    await close()


def open_log(url: str) -> tuple[Log, Callable[[], Awaitable[None]]]:
    """Return the log, in Kafka where the test names a broker, else in PostgreSQL, and what closes it."""
    if broker := os.environ.get("BIANMIN_TEST_BROKER"):
        kafka = KafkaLog(broker, session=6.0)
        return kafka, kafka.close
    database = log_database(url)
    log = PostgresLog(database, lease=3.0)

    async def close() -> None:
        await log.close()
        await database.close()

    return log, close


if __name__ == "__main__":
    url, data, port, *given = sys.argv[1:]
    asyncio.run(main(url, data, int(port), given[0] if given else None, int(given[1]) if given else 0))
