"""Replicas of deadlines, each a process, that crash (SIGKILL) and are replaced until stdin is closed.

    python -m tests.fault.replicas URL DATA SHIFT REPLICAS '[["after the claim", 1], …]'

SHIFT: by how many seconds the business clock is ahead. The last argument: crash points, each a point and the count at
which it kills; every new replica gets the next one. A number on stdin: so many replicas are killed from outside, and a
crash point that a killed replica did not reach goes to the next. On stdout a line for each crash: its point, or `kill`.

Replicas are forks of a process that has loaded everything: to start one takes next to nothing. They have no HTTP port
and read no other service's events: ten of them have to share the connections of one small PostgreSQL.
"""

import asyncio
import gc
import json
import os
import random
import selectors
import signal
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import uuid_utils
import uvloop
from asyncpg.connection import LoggedQuery
from sqlalchemy import event

from bianmin.kit import logs
from bianmin.kit.db import Tx
from bianmin.kit.process import process
from bianmin.kit.settings import Settings
from bianmin.kit.timers import DueCommand, Timer
from services.deadlines.app import SERVICE
from tests.fault.crashing_process import CrashingLog, CrashPoint, crashing, open_log

POINTS = (
    "before the claim",
    "after the claim",
    "in the middle of a batch",
    "while it is committed",
    "after the commit",
    "between commit and publish",
    "between publish and delete",
)
RELAY_POINTS = POINTS[-2:]


def crashing_timer(timer: Timer, crash_point: CrashPoint) -> Timer:
    async def claim(tx: Tx, now: datetime, limit: int) -> Sequence[DueCommand]:
        crash_point.reached("before the claim")
        claimed = await timer.claim(tx, now, limit)
        if claimed:
            crash_point.reached("after the claim")
        return claimed

    return replace(timer, claim=claim)


async def replica(url: str, data: str, shift: timedelta, crash_point: CrashPoint) -> None:
    logs.setup("WARNING", json=True)
    settings = Settings.load({}, data=Path(data), database_url=url)
    timers = [crashing_timer(timer, crash_point) for timer in SERVICE.timers]
    service = replace(SERVICE, listens=(), handle=crashing(SERVICE.handle, crash_point), timers=timers)
    log, _ = open_log(url)
    app = process([service], settings, CrashingLog(log, crash_point))
    app.state.clock.set(datetime.now(UTC) + shift)
    runtime = app.state.runtimes[SERVICE.name]
    watch_commits(runtime.database.engine.sync_engine.pool, crash_point)
    observe = runtime.ticker.late

    def late(seconds: float) -> None:
        crash_point.reached("after the commit")
        observe(seconds)

    runtime.ticker.late = late
    async with app.router.lifespan_context(app):
        await asyncio.Event().wait()


def watch_commits(pool: Any, crash_point: CrashPoint) -> None:
    """The driver tells of a statement in the next turn of the loop: by then the COMMIT behind it is on its way."""

    def sent(query: LoggedQuery) -> None:
        if query.query.lstrip().startswith("INSERT INTO outbox"):
            crash_point.reached("while it is committed")

    def connected(connection: Any, record: Any) -> None:
        connection.driver_connection.add_query_logger(sent)

    event.listen(pool, "connect", connected)


class ReplicaSupervisor:
    def __init__(self, url: str, data: str, shift: timedelta, crash_points: Sequence[tuple[str, int]]) -> None:
        self._url, self._data = url, data
        self._shift = shift
        self._crash_points = deque(crash_points)
        self._running: dict[int, tuple[int, tuple[str, int] | None]] = {}
        """Process and crash point, by the read end of a pipe: a replica writes to it before it crashes at its point."""
        self._selector = selectors.DefaultSelector()
        self._chance = random.Random(20260312)

    def run(self, replicas: int) -> None:
        self._selector.register(0, selectors.EVENT_READ)
        try:
            for _ in range(replicas):
                self.start_replica()
            while True:
                for key, _ in self._selector.select():
                    if key.fd != 0:
                        self.reap(key.fd)
                        self.start_replica()
                    elif ordered := os.read(0, 1000):
                        self.kill(sum(map(int, ordered.split())))
                    else:
                        return
        finally:
            self.kill(len(self._running))
            for pid, _ in self._running.values():
                os.waitpid(pid, 0)

    def start_replica(self) -> None:
        crash_point = self._crash_points.popleft() if self._crash_points else None
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.run_replica(crash_point, write_end)
        os.close(write_end)
        self._running[read_end] = (pid, crash_point)
        self._selector.register(read_end, selectors.EVENT_READ)

    def run_replica(self, crash_point: tuple[str, int] | None, write_end: int) -> NoReturn:
        try:
            self._selector.close()
            uuid_utils.reseed_rng()
            point, count = crash_point or (None, 0)
            own = CrashPoint(point, count, lambda: os.write(write_end, b"!"))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(replica(self._url, self._data, self._shift, own))
        finally:
            os._exit(1)

    def reap(self, read_end: int) -> None:
        """Wait for a replica that has ended: nobody holds the write end of its pipe any more."""
        pid, crash_point = self._running.pop(read_end)
        reached = b""
        while written := os.read(read_end, 1):
            reached += written
        self._selector.unregister(read_end)
        os.close(read_end)
        _, status = os.waitpid(pid, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "a replica ended by itself"
        if crash_point and not reached:
            self._crash_points.appendleft(crash_point)
        sys.stdout.write(f"{crash_point[0] if crash_point and reached else 'kill'}\n")
        sys.stdout.flush()

    def kill(self, number: int) -> None:
        for pid, _ in self._chance.sample(list(self._running.values()), number):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    url, data, shift, replicas, points = sys.argv[1:]
    crash_points = [(point, count) for point, count in json.loads(points)]
    gc.freeze()
    ReplicaSupervisor(url, data, timedelta(seconds=float(shift)), crash_points).run(int(replicas))


if __name__ == "__main__":
    main()
