"""Natural batching: commands that arrive together are one transaction, a lone one never waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bianmin.kit import idempotency, outbox
from bianmin.kit.db import Database, Tx, is_away
from bianmin.kit.decide import Announcement, Command, Outcome, Refused
from bianmin.kit.idempotency import Answer, Key, KeyReused
from bianmin.kit.time_source import TimeSource


class Handled(Protocol):
    """What a handler makes of a batch: an outcome for each command, in order, and what is to be announced."""

    @property
    def outcomes(self) -> list[Outcome]: ...
    @property
    def announced(self) -> list[Announcement]: ...


Handle = Callable[[Tx, Sequence[Any], datetime], Awaitable[Handled]]
"""The room behind all three doors: load many, decide each purely, save many. It never commits."""


class DatabaseAway(Exception):
    """The database could not be reached: nothing was stored, or the key will tell a retry what was."""


@dataclass(slots=True)
class _Entry:
    command: Command
    answer: Callable[[Any], Answer]
    key: Key | None
    done: asyncio.Future[Answer]


@dataclass(slots=True)
class _Settled:
    """The results of one transaction, handed out after its commit."""

    answers: list[Answer | Exception] = field(default_factory=list)
    announced: int = 0


class Batcher:
    """Collects commands while a transaction is under way, then takes all of them into the next.

    `linger` (seconds): a batch that follows a busy one waits that long to fill; otherwise a steady crowd
    splits into two halves that take turns.
    """

    def __init__(
        self,
        source: str,
        database: Database,
        handle: Handle,
        clock: TimeSource,
        *,
        announced: Callable[[], None],
        size: int = 200,
        linger: float = 0.0015,
    ) -> None:
        self._source = source
        self._database = database
        self._handle = handle
        self._clock = clock
        self._announced = announced
        self._size = size
        self._linger = linger
        self._waiting: deque[_Entry] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, command: Command, answer: Callable[[Any], Answer], key: Key | None = None) -> Answer:
        """Carry out `command`; return what `answer` makes of the state it left, after the commit.

        Raises the command's `Refusal`, or `DatabaseAway`.
        """
        entry = _Entry(command, answer, key, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name=f"{self._source} batches")
        return await entry.done

    async def close(self) -> None:
        """Finish what was submitted."""
        while self._worker is not None:
            await asyncio.wait({self._worker})

    async def _work(self) -> None:
        try:
            busy = False
            while self._waiting:
                if busy:
                    await asyncio.sleep(self._linger)
                batch = self._next()
                busy = len(batch) > 1
                await self._settle(batch)
                await asyncio.sleep(0)  # whoever was answered may have the next command ready
        finally:
            self._worker = None

    def _next(self) -> list[_Entry]:
        """The oldest commands, each key once: its second comes in a later batch and finds the first's answer."""
        batch: list[_Entry] = []
        later: list[_Entry] = []
        keys: set[tuple[str, str]] = set()
        while self._waiting and len(batch) < self._size:
            entry = self._waiting.popleft()
            name = (entry.key.client, entry.key.key) if entry.key else None
            if name is None or name not in keys:
                batch.append(entry)
                if name is not None:
                    keys.add(name)
            else:
                later.append(entry)
        self._waiting.extendleft(reversed(later))
        return batch

    async def _settle(self, batch: list[_Entry]) -> None:
        try:
            settled = await self._attempt(batch)
        except Exception as error:
            if is_away(error):
                away = DatabaseAway()
                away.__cause__ = error
                self._hand_out(batch, [away] * len(batch))
            elif len(batch) == 1:
                self._hand_out(batch, [error])
            else:
                # the database refused the batch as a whole: find out for whom
                for entry in batch:
                    await self._settle([entry])
            return
        if settled.announced:
            self._announced()
        self._hand_out(batch, settled.answers)

    @staticmethod
    def _hand_out(batch: list[_Entry], results: Sequence[Answer | Exception]) -> None:
        for entry, result in zip(batch, results, strict=True):
            if entry.done.done():
                continue
            if isinstance(result, Exception):
                entry.done.set_exception(result)
            else:
                entry.done.set_result(result)

    async def _attempt(self, batch: list[_Entry]) -> _Settled:
        for retry in (True, True, False):
            committing = False
            try:
                async with self._database.transaction() as tx:
                    settled = await self._perform(tx, batch)
                    committing = True
                return settled
            except idempotency.KeyRaced:
                if not retry:
                    raise
            except Exception as error:
                # a connection that had gone stale in the pool: nothing was sent to be committed
                if committing or not retry or not is_away(error):
                    raise
        raise AssertionError("unreachable")

    async def _perform(self, tx: Tx, batch: list[_Entry]) -> _Settled:
        known = await idempotency.stored(tx, [entry.key for entry in batch if entry.key])
        fresh = [entry for entry in batch if entry.key not in known]
        now = self._clock.now()
        results: dict[int, Answer | Exception] = {}
        settled = _Settled()
        if fresh:
            handled = await self._handle(tx, [entry.command for entry in fresh], now)
            kept: dict[Key, Answer] = {}
            for entry, outcome in zip(fresh, handled.outcomes, strict=True):
                if isinstance(outcome, Refused):
                    results[id(entry)] = outcome.error
                    continue
                answer = results[id(entry)] = entry.answer(outcome.state)
                if entry.key is not None:
                    kept[entry.key] = answer
            # refused, perhaps, because another replica, for whose lock we waited, has just done the very same
            refused = [entry.key for entry in fresh if entry.key and entry.key not in kept]
            known |= await idempotency.stored(tx, refused)
            keeping = idempotency.keeping(kept)
            stored = await outbox.append(tx, handled.announced, source=self._source, at=now, also=keeping)
            if keeping is not None and stored != len(kept):
                raise idempotency.KeyRaced
            settled.announced = len(handled.announced)
        for entry in batch:
            repeated = known.get(entry.key) if entry.key else None
            settled.answers.append(results[id(entry)] if repeated is None else repeated)
        return settled


__all__ = ["Answer", "Batcher", "DatabaseAway", "Handle", "Handled", "KeyReused"]
