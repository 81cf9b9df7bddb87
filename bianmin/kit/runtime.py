"""A service at run time: its database, its entrances (HTTP, events, timers) and its background tasks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from bianmin.events.registry import topic_of
from bianmin.kit import parked
from bianmin.kit.auth import Tokens
from bianmin.kit.batch import Batcher
from bianmin.kit.consumer import Subscriber
from bianmin.kit.crypto import Sealer
from bianmin.kit.db import Database
from bianmin.kit.guesses import Guesses
from bianmin.kit.idempotency import AnswerStore, KeyCleaner
from bianmin.kit.inbox import Inbox
from bianmin.kit.limits import Limits
from bianmin.kit.loader import K, Loader, LoadMany, V
from bianmin.kit.log import Log
from bianmin.kit.metrics import ServiceMetrics
from bianmin.kit.pages import Cursors
from bianmin.kit.relay import Relay
from bianmin.kit.service import Service
from bianmin.kit.settings import Settings
from bianmin.kit.time_source import TimeSource
from bianmin.kit.timers import Ticker
from bianmin.kit.wait import Activity, end_tasks

STOP_SECONDS = 10.0
"""How long the background tasks may take to end after a cancellation, until the next one."""

log = structlog.get_logger(__name__)


class ServiceRuntime:
    """One opened service. `settings` is shared by all services of the process."""

    def __init__(
        self, service: Service, settings: Settings, event_log: Log, clock: TimeSource, sealer: Sealer, tokens: Tokens
    ) -> None:
        self.service = service
        self.settings = settings
        self.clock = clock
        self.sealer = sealer
        self.tokens = tokens
        rates = settings.of(service.settings).rates()
        self.limits = Limits(settings.public_rate, rates, trusted_proxies=settings.trusted_proxies)
        self.guesses = Guesses(self.limits.source_of)
        self.parsing = asyncio.Semaphore(1)
        """One file at a time is parsed, so that files cannot take all memory and threads."""
        self.cursors = Cursors(lambda payload: sealer.digest("cursor", payload.decode()))
        self.database = Database(settings.database_of(service.name), service.name)
        self.relay = Relay(service.name, self.database, event_log)
        announced = self.relay.wake_up.signal
        self.batcher = Batcher(
            service.name,
            self.database,
            service.handle,
            clock,
            answers=AnswerStore(sealer),
            announced=announced,
            check_repeats=service.check_repeats,
        )
        self.key_cleaner = KeyCleaner(service.name, self.database, settings.idempotency_days)
        self.inbox = Inbox(service.name, service.command_of, service.handle)
        self.subscriber = Subscriber(
            service.name,
            self.database,
            event_log,
            [topic_of(source) for source in service.listens],
            self.inbox,
            clock,
            announced=announced,
        )
        self.ticker = Ticker(service.name, self.database, service.handle, service.timers, clock, announced=announced)
        self._loaders: dict[LoadMany[Any, Any], Loader[Any, Any]] = {}
        self._tasks: dict[asyncio.Task[None], Activity] = {}

    def observe_batches(self, observe: Callable[[str, int, int], None]) -> None:
        """Have `observe(entrance, commands, events)` called for every batch of commands that was carried out."""
        self.batcher.observe = partial(observe, "http")
        self.subscriber.observe = partial(observe, "events")
        self.ticker.observe = partial(observe, "timers")

    async def load(self, load_many: LoadMany[K, V], key: K) -> V | None:
        """Return what `load_many` finds under the key, or None; concurrent look-ups share its statements."""
        if load_many not in self._loaders:
            self._loaders[load_many] = Loader(f"{self.service.name} {load_many.__name__}", self.database, load_many)
        return await self._loaders[load_many].get(key)

    def start(self) -> None:
        """Start the relay, the subscriber, the timers and the cleaner of keys."""
        workers: dict[str, Relay | Subscriber | Ticker | KeyCleaner] = {
            "relay": self.relay,
            "key cleaner": self.key_cleaner,
        }
        if self.service.listens:
            workers["subscriber"] = self.subscriber
        if self.service.timers:
            workers["ticker"] = self.ticker
        self._tasks = {
            asyncio.create_task(worker.run(), name=f"{self.service.name} {name}"): worker.activity
            for name, worker in workers.items()
        }

    def faults(self) -> list[str]:
        """Return what is wrong with the background tasks: those that ended, and those that attempt nothing any more."""
        ended = [f"{task.get_name()}: ended" for task in self._tasks if task.done()]
        silent = [
            f"{task.get_name()}: no attempt for {activity.silence:.0f} s"
            for task, activity in self._tasks.items()
            if activity.silence > self.settings.max_silence
        ]
        return ended + silent

    async def measure(self, figures: ServiceMetrics) -> None:
        """Set the gauges of the service to their present values."""
        rows, age = await self.relay.backlog()
        figures.outbox_rows.set(rows)
        figures.outbox_age_seconds.set(age)
        figures.events_published.set(self.relay.published)
        figures.idempotency_keys_deleted.set(self.key_cleaner.deleted)
        figures.parked_events.set(await parked.count(self.database))
        if self.service.listens:
            figures.inbox_lag.set(await self.subscriber.lag())

    async def own_figures(self) -> dict[str, float]:
        """Return the values of the service's own metrics by name."""
        if not self.service.figures:
            return {}
        async with self.database.reading() as tx:
            return {each.name: await each.read(tx, self.clock.today()) for each in self.service.figures}

    async def stop(self) -> None:
        """Finish the submitted commands, end the tasks, give up the lease, close the connections."""
        tasks, self._tasks = self._tasks, {}
        await self.batcher.close()
        if not await end_tasks(tasks, every=STOP_SECONDS, attempts=3):
            log.error("service.abandoned", service=self.service.name)
        if tasks:
            with suppress(Exception):  # the database may be gone already: the lease ends by itself
                await self.relay.close()
        await self.database.close()
