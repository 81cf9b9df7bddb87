"""Timers: what is due by the clock becomes commands, in batches, at any number of replicas."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Protocol
from uuid import UUID

import structlog

from bianmin.kit import outbox, parked_timers
from bianmin.kit.db import Database, Tx, is_away, kind_of, rows
from bianmin.kit.decide import Refused
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.execute import execute
from bianmin.kit.time_source import TimeSource
from bianmin.kit.wait import Activity, Backoff, WakeUp, keep_running

log = structlog.get_logger(__name__)


class DueCommand(Protocol):
    """A command from a timer that is due."""

    @property
    def subject_id(self) -> UUID:
        """The subject that the command is about."""
        ...

    @property
    def fire_at(self) -> datetime:
        """The moment the command was due."""
        ...


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer. `claim(tx, now, limit)` locks what is due (SKIP LOCKED), the oldest first, and returns its commands.

    `waiting` is a condition in SQL, `$1` the moment: whether there may be anything due. It is asked all the time, so an
    index has to know the answer. Where `claim` removes the rows it returns, `put_back(tx, subject_ids)` stores those
    again that were refused.
    """

    name: str
    waiting: str
    claim: Callable[[Tx, datetime, int], Awaitable[Sequence[DueCommand]]]
    put_back: Callable[[Tx, Sequence[UUID]], Awaitable[None]] | None = None


@dataclass(slots=True)
class _Rest:
    """Until when (on the monotonic clock) a timer that failed is left alone."""

    until: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)


@dataclass(slots=True)
class _Tick:
    """What one batch of a timer came to. `refused`: the kind of the error by subject."""

    now: datetime
    commands: Sequence[DueCommand]
    refused: dict[UUID, str] = field(default_factory=dict)
    events: int = 0


class Ticker:
    """Runs the timers of one service. It looks for due work every `poll` seconds, sooner after it found some, and at
    once when the clock is set."""

    def __init__(
        self,
        service: str,
        database: Database,
        handle: CarryOut,
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
        self._wake_up = WakeUp()
        self.activity = Activity()
        """Every round of the timers."""
        self._poll = poll
        self._size = size
        self.observe: Callable[[int, int], None] = lambda commands, events: None
        """Called after every transaction with the number of its commands and of the events it announced."""
        self.late: Callable[[float], None] = lambda seconds: None
        """Called for every command with the seconds between the moment it was due and now."""

    async def run(self) -> None:
        """Tick for ever, one timer after the other over one connection; a timer that fails holds up no other."""
        self._clock.on_move(self._wake_up.signal)
        await keep_running("timer", self._service, self._round, self.activity)

    async def _round(self, backoff: Backoff) -> None:
        due = await self.look()
        backoff.reset()
        before = self._handled
        if not any([await self._tick_unless_resting(timer) for timer in due]):
            await self._wake_up.wait(self._poll / 5 if self._handled > before else self._poll)

    async def look(self) -> Sequence[Timer]:
        """Return the timers that may have something to do: one statement asks for all of them."""
        async with self._database.reading() as tx:
            [waiting] = await rows(tx, self._look, self._clock.now())
        return [timer for timer, due in zip(self._timers, waiting, strict=True) if due]

    async def _tick_unless_resting(self, timer: Timer) -> bool:
        rest = self._rests[timer.name]
        if rest.until > monotonic():
            return False
        try:
            full = await self.tick(timer)
        except Exception as error:
            if is_away(error):
                log.warning("timer.waits", service=self._service, timer=timer.name, error=type(error).__name__)
            else:
                log.exception("timer.failed", service=self._service, timer=timer.name)
            rest.until = monotonic() + rest.backoff.next()
            return False
        rest.backoff.reset()
        return full

    async def tick(self, timer: Timer) -> bool:
        """Carry out what is due now; return whether more may be due. Raises the error of a batch that failed."""
        tick = await execute(
            self._database, self._service, self._handle, lambda tx, carry_out: self._perform(tx, carry_out, timer)
        )
        self._handled += len(tick.commands) - len(tick.refused)
        for command in tick.commands:
            self.late(tick.now.timestamp() - command.fire_at.timestamp())
        for subject_id, reason in tick.refused.items():
            log.error("timer.parked", service=self._service, timer=timer.name, subject=str(subject_id), reason=reason)
        if tick.commands:
            self.observe(len(tick.commands), tick.events)
        if tick.events:
            self._announced()
        return len(tick.commands) >= self._size

    async def _perform(self, tx: Tx, carry_out: CarryOut, timer: Timer) -> _Tick:
        now = self._clock.now()
        commands = await timer.claim(tx, now, self._size)
        tick = _Tick(now, commands)
        if not commands:
            return tick
        work = await carry_out(tx, commands, now)
        tick.events = await outbox.append(tx, work.announced, source=self._service, at=now)
        for command, outcome in zip(commands, work.outcomes, strict=True):
            if isinstance(outcome, Refused):
                tick.refused[command.subject_id] = kind_of(outcome.error)
        await parked_timers.forget(tx, timer.name, {each.subject_id for each in commands} - tick.refused.keys())
        if tick.refused:
            await parked_timers.park(tx, timer.name, tick.refused)
            if timer.put_back is not None:
                await timer.put_back(tx, list(tick.refused))
        return tick
