"""The third door: what is due by the clock becomes commands, in batches, by any number of replicas."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from bianmin.kit import outbox
from bianmin.kit.batch import Handle
from bianmin.kit.clock import Clock
from bianmin.kit.db import Database, Tx, is_away
from bianmin.kit.decide import Refused
from bianmin.kit.wait import Bell, Patience

log = structlog.get_logger(__name__)


class Due(Protocol):
    """A command that a moment ordered."""

    @property
    def fire_at(self) -> datetime:
        """The moment it was due."""
        ...


@dataclass(frozen=True, slots=True)
class Timer:
    """`claim(tx, now, limit)` locks what is due (SKIP LOCKED), oldest first, and says what is to be done with it."""

    name: str
    claim: Callable[[Tx, datetime, int], Awaitable[Sequence[Due]]]


class Ticker:
    """Runs one service's timers. It looks every `poll` seconds, and at once when the clock is set."""

    def __init__(
        self,
        service: str,
        database: Database,
        handle: Handle,
        timers: Sequence[Timer],
        clock: Clock,
        *,
        announced: Callable[[], None],
        poll: float = 1.0,
        size: int = 500,
    ) -> None:
        self._service = service
        self._database = database
        self._handle = handle
        self._timers = timers
        self._clock = clock
        self._announced = announced
        self._poll = poll
        self._size = size
        self._bell = Bell()
        self.late: Callable[[float], None] = lambda seconds: None
        """Told of every command handled, how long after it was due (seconds)."""
        clock.on_move(self._bell.ring)

    async def run(self) -> None:
        """Tick for ever; a failure is waited out."""
        patience = Patience()
        while True:
            try:
                full = [await self.tick(timer) for timer in self._timers]
                patience.regained()
                if not any(full):
                    await self._bell.wait(self._poll)
            except Exception as error:
                if is_away(error):
                    log.warning("timer.waits", service=self._service, error=type(error).__name__)
                else:
                    log.exception("timer.failed", service=self._service)
                await asyncio.sleep(patience.lost())

    async def tick(self, timer: Timer) -> bool:
        """Do what is due now. Whether there may be more."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            commands = await timer.claim(tx, now, self._size)
            if not commands:
                return False
            handled = await self._handle(tx, commands, now)
            await outbox.append(tx, handled.announced, source=self._service, at=now)
        for command in commands:
            self.late((now - command.fire_at).total_seconds())
        for outcome in handled.outcomes:
            if isinstance(outcome, Refused):
                log.error("timer.refused", service=self._service, timer=timer.name, error=type(outcome.error).__name__)
        if handled.announced:
            self._announced()
        return len(commands) >= self._size
