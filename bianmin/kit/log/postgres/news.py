"""Who waits is woken: one LISTEN connection for the whole log, made again when it is lost."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import structlog

from bianmin.kit.db import Database, is_away
from bianmin.kit.wait import Backoff

CHANNEL = "bianmin_log"

log = structlog.get_logger(__name__)


def topic_subject(topic: str) -> str:
    """The notice that a topic has new entries."""
    return f"topic {topic}"


def group_subject(group: str) -> str:
    """The notice that somebody joined or left a group, or let a partition go."""
    return f"group {group}"


class News:
    """Sets the events of those who follow a subject. A notice may be missed: who waits looks by itself now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None

    def follow(self, event: asyncio.Event, subjects: Iterable[str]) -> None:
        for subject in subjects:
            self._followers.setdefault(subject, set()).add(event)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="log news")

    def forget(self, event: asyncio.Event) -> None:
        for followers in self._followers.values():
            followers.discard(event)

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    async def _listen(self) -> None:
        backoff = Backoff(first=0.05, longest=2.0)
        while True:
            try:
                await self._listen_once(backoff)
            except Exception as error:
                if not is_away(error):
                    log.exception("log.news_failed")
            await asyncio.sleep(backoff.next())

    async def _listen_once(self, backoff: Backoff) -> None:
        next = asyncio.Event()
        async with self._database.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                driver.add_termination_listener(lambda _: next.set())
                await driver.add_listener(CHANNEL, self._heard)
                backoff.reset()
                # what was said while nobody listened
                for followers in self._followers.values():
                    _wake(followers)
                await next.wait()
            finally:
                # it listens: nothing for the pool
                await connection.invalidate()

    def _heard(self, connection: object, pid: int, channel: str, subject: str) -> None:
        _wake(self._followers.get(subject, ()))


def _wake(followers: Iterable[asyncio.Event]) -> None:
    for event in followers:
        event.set()
