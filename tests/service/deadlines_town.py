"""A service of deadlines that can be stopped, and its timers alone: nobody ticks but who is told to."""

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
    """The timers of one replica. What they tell stays in the outbox, in the order in which they told it."""

    ticker: Ticker
    database: Database
    clock: TimeSource

    async def looks(self, timer: Timer = SIGNALS) -> None:
        """Until nothing is due any more."""
        while await self.ticker.tick(timer):
            pass

    async def told(self) -> list[Event]:
        """What waits to be published, in its order."""
        async with self.database.reading() as tx:
            return [parse_event(payload) for (payload,) in await rows(tx, "SELECT payload FROM outbox ORDER BY id")]


@dataclass
class Town:
    """A county of which the service can be stopped, and started later."""

    url: str
    data: Path
    now: datetime

    @asynccontextmanager
    async def running(self) -> AsyncIterator[County]:
        """All of it, before there is any clock: it begins with the time of the machine."""
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


def of_signals(events: list[Event], *kinds: type) -> list[tuple[str, Any]]:
    """Whose signals, and what they tell; of all kinds where none is named."""
    wanted = kinds or (ClockReminded, ClockYellow, ClockRed)
    return [(event.subject, event.data) for event in events if isinstance(event.data, wanted)]
