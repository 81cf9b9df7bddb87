"""Replicas of deadlines, each a process, that die by kill -9 and are followed by new ones until stdin is closed.

    python -m tests.fault.replicas URL DATA SHIFT REPLICAS '[["after the claim", 1], …]'

SHIFT is by how many seconds the business clock is ahead. The fates are given out in turn: a point, and the how often
reached it kills. A line of stdin is a number: so many are killed from outside; whose own fate did not come true,
another one gets. On stdout every death is told, with its point, or `kill`.

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
from tests.fault.child import Fate, MortalLog, mortal, open_log

POINTS = (
    "before the claim",
    "after the claim",
    "in the middle of a batch",
    "while it is committed",
    "after the commit",
    "between commit and publish",
    "between publish and delete",
)
OF_THE_RELAY = POINTS[-2:]


def mortal_timer(timer: Timer, fate: Fate) -> Timer:
    async def claim(tx: Tx, now: datetime, limit: int) -> Sequence[DueCommand]:
        fate.reached("before the claim")
        claimed = await timer.claim(tx, now, limit)
        if claimed:
            fate.reached("after the claim")
        return claimed

    return replace(timer, claim=claim)


async def replica(url: str, data: str, shift: timedelta, fate: Fate) -> None:
    logs.setup("WARNING", json=True)
    settings = Settings.load({}, data=Path(data), database_url=url)
    timers = [mortal_timer(timer, fate) for timer in SERVICE.timers]
    service = replace(SERVICE, listens=(), handle=mortal(SERVICE.handle, fate), timers=timers)
    log, _ = open_log(url)
    app = process([service], settings, MortalLog(log, fate))
    app.state.clock.set(datetime.now(UTC) + shift)
    runtime = app.state.runtimes[SERVICE.name]
    watch_commits(runtime.database.engine.sync_engine.pool, fate)
    observe = runtime.ticker.late

    def late(seconds: float) -> None:
        fate.reached("after the commit")
        observe(seconds)

    runtime.ticker.late = late
    async with app.router.lifespan_context(app):
        await asyncio.Event().wait()


def watch_commits(pool: Any, fate: Fate) -> None:
    """The driver tells of a statement in the next turn of the loop: by then the COMMIT behind it is on its way."""

    def sent(query: LoggedQuery) -> None:
        if query.query.lstrip().startswith("INSERT INTO outbox"):
            fate.reached("while it is committed")

    def connected(connection: Any, record: Any) -> None:
        connection.driver_connection.add_query_logger(sent)

    event.listen(pool, "connect", connected)


class Nursery:
    def __init__(self, url: str, data: str, shift: timedelta, fates: Sequence[tuple[str, int]]) -> None:
        self._url, self._data = url, data
        self._shift = shift
        self._fates = deque(fates)
        self._living: dict[int, tuple[int, tuple[str, int] | None]] = {}
        """By the end of a pipe on which the last words are said: the process, and its fate."""
        self._selector = selectors.DefaultSelector()
        self._chance = random.Random(20260312)

    def run(self, replicas: int) -> None:
        self._selector.register(0, selectors.EVENT_READ)
        try:
            for _ in range(replicas):
                self.bear()
            while True:
                for key, _ in self._selector.select():
                    if key.fd != 0:
                        self.bury(key.fd)
                        self.bear()
                    elif ordered := os.read(0, 1000):
                        self.kill(sum(map(int, ordered.split())))
                    else:
                        return
        finally:
            self.kill(len(self._living))
            for pid, _ in self._living.values():
                os.waitpid(pid, 0)

    def bear(self) -> None:
        fate = self._fates.popleft() if self._fates else None
        ear, mouth = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.live(fate, mouth)
        os.close(mouth)
        self._living[ear] = (pid, fate)
        self._selector.register(ear, selectors.EVENT_READ)

    def live(self, fate: tuple[str, int] | None, mouth: int) -> NoReturn:
        try:
            self._selector.close()
            uuid_utils.reseed_rng()
            point, count = fate or (None, 0)
            own = Fate(point, count, lambda: os.write(mouth, b"!"))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(replica(self._url, self._data, self._shift, own))
        finally:
            os._exit(1)

    def bury(self, ear: int) -> None:
        """Whoever is buried has ended: nobody holds the other end of the pipe any more."""
        pid, fate = self._living.pop(ear)
        fulfilled = b""
        while said := os.read(ear, 1):
            fulfilled += said
        self._selector.unregister(ear)
        os.close(ear)
        _, status = os.waitpid(pid, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "a replica ended by itself"
        if fate and not fulfilled:
            self._fates.appendleft(fate)
        sys.stdout.write(f"{fate[0] if fate and fulfilled else 'kill'}\n")
        sys.stdout.flush()

    def kill(self, number: int) -> None:
        for pid, _ in self._chance.sample(list(self._living.values()), number):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    url, data, shift, replicas, told = sys.argv[1:]
    fates = [(point, count) for point, count in json.loads(told)]
    gc.freeze()
    Nursery(url, data, timedelta(seconds=float(shift)), fates).run(int(replicas))


if __name__ == "__main__":
    main()
