"""All services in one process with a log whose consumers fail in a way that nobody expects: run by the fault tests.

python -m tests.fault.stuck_process URL DATA PORT silent|ended
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from bench.wrapped_log import WrappedConsumer, WrappedLog
from bianmin.kit import logs
from bianmin.kit.log import Consumer, Log, Stored
from command.deployment import Deployment, load_settings
from command.options import run
from command.serving import serve_deployment


class Unexpected(BaseException):
    """An error that no `except Exception` sees."""


class StuckConsumer(WrappedConsumer):
    def __init__(self, inner: Consumer, how: str) -> None:
        super().__init__(inner)
        self.how = how

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        await asyncio.sleep(3)  # long enough to be ready first
        if self.how == "ended":
            raise Unexpected
        await asyncio.Event().wait()
        raise AssertionError


class StuckLog(WrappedLog):
    def __init__(self, inner: Log, how: str) -> None:
        super().__init__(inner)
        self.how = how

    async def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        return StuckConsumer(await super().consumer(group, topics), self.how)


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
