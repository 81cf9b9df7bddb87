"""The third door: what is due by the clock becomes commands, in batches, by any number of replicas."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Protocol
from uuid import UUID

import structlog

from bianmin.kit import outbox, parked
from bianmin.kit.batch import Handle, Handled
from bianmin.kit.db import Database, Tx, attempt, is_away, is_transient, kind_of, rows
from bianmin.kit.decide import Refused, Work
from bianmin.kit.time_source import TimeSource
from bianmin.kit.wait import Backoff, WakeUp

log = structlog.get_logger(__name__)


class Due(Protocol):
    """A command that a moment ordered."""

    @property
    def subject_id(self) -> UUID:
        """What it is about."""
        ...

    @property
    def fire_at(self) -> datetime:
        """The moment it was due."""
        ...


@dataclass(frozen=True, slots=True)
class Timer:
    """`claim(tx, now, limit)` locks what is due (SKIP LOCKED), oldest first, and says what is to be done with it.

    `waiting` is a condition in SQL, `$1` the moment: whether there may be anything due. It is asked all the time, so an
    index has to know the answer. A claim that takes out what it gives has a `put_back(tx, subject_ids)`: what could not
    be done is still to be done.
    """

    name: str
    waiting: str
    claim: Callable[[Tx, datetime, int], Awaitable[Sequence[Due]]]
    put_back: Callable[[Tx, Sequence[UUID]], Awaitable[None]] | None = None


@dataclass(slots=True)
class _Rest:
    """How long a timer that failed is left alone."""

    until: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)


class Ticker:
    """Runs one service's timers. It looks every `poll` seconds, sooner after it did something, and at once when the
    clock is set."""

    def __init__(
        self,
        service: str,
        database: Database,
        handle: Handle,
        timers: Sequence[Timer],
        clock: TimeSource,
        *,
        announced: Callable[[], None],
        poll: float = 0.5,
        size: int = 500,
    ) -> None:
        self._service = service
        self._database = database
        self._handle = handle
        self._timers = timers
        self._clock = clock
        self._announced = announced
        self._look = f"SELECT {', '.join(timer.waiting for timer in timers)}"
        self._rests = {timer.name: _Rest() for timer in timers}
        self._handled = 0
        self._poll = poll
        self._size = size
        self.late: Callable[[float], None] = lambda seconds: None
        """Told of every command handled, how long after it was due (seconds)."""

    async def run(self) -> None:
        """Tick for ever, in turns, one connection in all: where a timer fails, no other waits with it."""
        backoff, wake_up = Backoff(), WakeUp()
        self._clock.on_move(wake_up.signal)
        while True:
            try:
                due = await self.look()
            except Exception as error:
                self._failed("look", error)
                await asyncio.sleep(backoff.next())
                continue
            backoff.reset()
            before = self._handled
            if not any([await self._tried(timer) for timer in due]):
                await wake_up.wait(self._poll / 5 if self._handled > before else self._poll)

    async def look(self) -> Sequence[Timer]:
        """The timers that may have something to do: one statement for all of them."""
        async with self._database.reading() as tx:
            [waiting] = await rows(tx, self._look, self._clock.now())
        return [timer for timer, due in zip(self._timers, waiting, strict=True) if due]

    async def _tried(self, timer: Timer) -> bool:
        """Tick, unless it rests from a failure. Whether there may be more."""
        rest = self._rests[timer.name]
        if rest.until > monotonic():
            return False
        try:
            full = await self.tick(timer)
        except Exception as error:
            self._failed(timer.name, error)
            rest.until = monotonic() + rest.backoff.next()
            return False
        rest.backoff.reset()
        return full

    def _failed(self, what: str, error: Exception) -> None:
        if is_away(error):
            log.warning("timer.waits", service=self._service, timer=what, error=type(error).__name__)
        else:
            log.exception("timer.failed", service=self._service, timer=what)

    async def tick(self, timer: Timer) -> bool:
        """Do what is due now. Whether there may be more."""
        try:
            return await self._tick(timer, self._handle)
        except Exception as error:
            if is_away(error) or is_transient(error):
                raise
            log.info("timer.by_halves", service=self._service, timer=timer.name, error=kind_of(error))
        return await self._tick(timer, self._by_halves)

    async def _tick(self, timer: Timer, handle: Handle) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            commands = await timer.claim(tx, now, self._size)
            if not commands:
                return False
            handled = await handle(tx, commands, now)
            await outbox.append(tx, handled.announced, source=self._service, at=now)
            refused: dict[UUID, str] = {}
            for command, outcome in zip(commands, handled.outcomes, strict=True):
                if isinstance(outcome, Refused):
                    refused[command.subject_id] = kind_of(outcome.error)
            await parked.due_done(tx, timer.name, {command.subject_id for command in commands} - refused.keys())
            if refused:
                await parked.park_due(tx, timer.name, refused)
                if timer.put_back is not None:
                    await timer.put_back(tx, list(refused))
        self._handled += len(commands) - len(refused)
        for command in commands:
            self.late(now.timestamp() - command.fire_at.timestamp())
        for subject_id, reason in refused.items():
            log.error("timer.parked", service=self._service, timer=timer.name, subject=str(subject_id), reason=reason)
        if handled.announced:
            self._announced()
        return len(commands) >= self._size

    async def _by_halves(self, tx: Tx, commands: Sequence[Due], now: datetime) -> Handled:
        """What cannot be done as a whole is found by halving: who is not at fault is not held up."""
        try:
            async with attempt(tx):
                return await self._handle(tx, commands, now)
        except Exception as error:
            if is_away(error) or is_transient(error):
                raise
            if len(commands) == 1:
                return Work(outcomes=[Refused(error)])
        half = len(commands) // 2
        first = await self._by_halves(tx, commands[:half], now)
        second = await self._by_halves(tx, commands[half:], now)
        return Work(outcomes=[*first.outcomes, *second.outcomes], announced=[*first.announced, *second.announced])
