"""A deadlines service that can be stopped, and workers: its timers without the service, run by the test alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bianmin.events.deadlines import ClockRed, ClockReminded, ClockYellow
from bianmin.events.envelope import Event, parse_event
from bianmin.kit.db import Database, rows
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.time_source import TimeSource
from bianmin.kit.timers import Ticker, Timer
from services.deadlines.app import SERVICE
from tests.harness import running_harness
from tests.service.deadlines_county import SIGNALS, County


@dataclass(frozen=True)
class Worker:
    """The timers of one replica. The events they announce stay in the outbox, in their order."""

    ticker: Ticker
    database: Database
    clock: TimeSource

    async def run_timer(self, timer: Timer = SIGNALS) -> None:
        """Run a timer until nothing is due."""
        while await self.ticker.tick(timer):
            pass

    async def outbox_events(self) -> list[Event]:
        """Return the events in the outbox, in their order."""
        async with self.database.reading() as tx:
            return [parse_event(payload) for (payload,) in await rows(tx, "SELECT payload FROM outbox ORDER BY id")]


@dataclass
class StoppableCounty:
    """A county whose deadlines service can be stopped and started later."""

    url: str
    data: Path
    now: datetime

    @asynccontextmanager
    async def running(self) -> AsyncIterator[County]:
        """Run the service on a database without clocks: it starts with the time of the machine."""
        async with running_harness(self.url, [SERVICE], self.data) as harness:
            harness.app.state.clock.set(self.now)
            yield County(harness)

    @asynccontextmanager
    async def with_a_worker(
        self, size: int = 500, handle: CarryOut = SERVICE.handle, timers: Sequence[Timer] = SERVICE.timers
    ) -> AsyncIterator[Worker]:
        database, clock = Database(self.url, SERVICE.name), TimeSource()
        clock.set(self.now)
        ticker = Ticker(SERVICE.name, database, handle, timers, clock, announced=lambda: None, size=size)
        yield Worker(ticker, database, clock)
        await database.close()


def signals_of(events: list[Event], *kinds: type) -> list[tuple[str, Any]]:
    """Return the signals of these kinds, each with its subject; of all kinds where none is named."""
    wanted = kinds or (ClockReminded, ClockYellow, ClockRed)
    return [(event.subject, event.data) for event in events if isinstance(event.data, wanted)]
