"""Notifications wake waiting readers: one LISTEN connection for the whole log, renewed when it is lost."""

import asyncio
from collections.abc import Iterable
from typing import Any

from bianmin.kit.db import Database
from bianmin.kit.wait import Activity, Backoff, end_tasks, keep_running

CHANNEL = "bianmin_log"


def topic_subject(topic: str) -> str:
    """The text of the notification that a topic has new entries."""
    return f"topic {topic}"


def group_subject(group: str) -> str:
    """The text of the notification that the members or claims of a group changed."""
    return f"group {group}"


class Notifications:
    """Sets the events of the followers of a subject. Notifications may get lost: readers also poll."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None

    def follow(self, event: asyncio.Event, subjects: Iterable[str]) -> None:
        """Set `event` at every notification with one of the subjects."""
        for subject in subjects:
            self._followers.setdefault(subject, set()).add(event)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="log notifications")

    def unfollow(self, event: asyncio.Event) -> None:
        """Stop setting `event`."""
        for followers in self._followers.values():
            followers.discard(event)

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            await end_tasks([self._listening], every=2.0, attempts=3)
            self._listening = None

    async def _listen(self) -> None:
        await keep_running("notifications", "log", self._listen_once, Activity())

    async def _listen_once(self, backoff: Backoff) -> None:
        next = asyncio.Event()
        async with self._database.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                driver.add_termination_listener(lambda _: next.set())
                await driver.add_listener(CHANNEL, self._on_notice)
                backoff.reset()
                # there may have been notifications while nobody listened
                for followers in self._followers.values():
                    _wake(followers)
                await next.wait()
            finally:
                # it still listens and must not go back to the pool
                await connection.invalidate()

    def _on_notice(self, connection: object, pid: int, channel: str, subject: str) -> None:
        _wake(self._followers.get(subject, ()))


def _wake(followers: Iterable[asyncio.Event]) -> None:
    for event in followers:
        event.set()
