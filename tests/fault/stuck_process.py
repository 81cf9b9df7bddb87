"""All services in one process with a log whose consumers fail in a way that nobody expects: run by the fault tests.

python -m tests.fault.stuck_process URL DATA PORT silent|ended
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from bianmin.kit import logs
from bianmin.kit.log import Consumer, Log, Producer, Stored
from command.deployment import Deployment, load_settings
from command.options import run
from command.serving import serve_deployment


class Unexpected(BaseException):
    """An error that no `except Exception` sees."""


@dataclass(frozen=True, slots=True)
class StuckConsumer:
    inner: Consumer
    how: str

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        await asyncio.sleep(3)  # long enough to be ready first
        if self.how == "ended":
            raise Unexpected
        await asyncio.Event().wait()
        raise AssertionError

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        await self.inner.commit(upto)

    async def rewind(self) -> None:
        await self.inner.rewind()

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class StuckLog:
    inner: Log
    how: str

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        await self.inner.ensure(topics, partitions)

    async def producer(self, name: str) -> Producer:
        return await self.inner.producer(name)

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return StuckConsumer(await self.inner.consumer(group, topics), self.how)

    def scan(self, topic: str) -> AsyncIterator[Stored]:
        return self.inner.scan(topic)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        return await self.inner.lag(group, topics)

    async def close(self) -> None:
        await self.inner.close()


@dataclass(frozen=True)
class StuckDeployment(Deployment):
    how: str = ""

    @asynccontextmanager
    async def log(self) -> AsyncIterator[Log]:
        async with super().log() as event_log:
            yield StuckLog(event_log, self.how)


def main(url: str, data: str, port: str, how: str) -> None:
    logs.setup("WARNING", json=True)
    settings = load_settings(data=Path(data), database_url=url, port=int(port), max_silence=6)
    try:
        run(serve_deployment(StuckDeployment(settings, how=how)))
    except typer.Exit as end:
        sys.exit(end.exit_code)


if __name__ == "__main__":
    main(*sys.argv[1:])
