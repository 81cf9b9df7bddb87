"""Natural batching of commands: those that arrive together share a transaction, a lone one never waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bianmin.kit import outbox
from bianmin.kit.db import Database, Tx, is_transient
from bianmin.kit.decide import Command, Done, Refused, Work
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.execute import Locked, Raced, execute
from bianmin.kit.idempotency import Answer, AnswerStore, Key, KeyReused
from bianmin.kit.refusals import Refusal
from bianmin.kit.time_source import TimeSource
from bianmin.kit.wait import end_tasks

CLOSE_SECONDS = 15.0

FIRST_LOCK_WAIT, NEXT_LOCK_WAIT = "250ms", "50ms"
"""How long a batch waits for a row, and how long once one is known to be held."""
SPLIT_SECONDS = 1.0
"""After this time a batch is not halved any more: the parts that still wait go apart as they are."""
MOST_APART = 2
"""How many transactions wait for rows apart from the batches at once: each has a connection of the pool."""

CheckRepeats = Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Refusal | None]]]
"""Gives, for each command of a repeated request, the refusal to answer with where the actor has lost the right to see
the stored answer."""


async def _no_refusals(tx: Tx, commands: Sequence[Any]) -> Sequence[Refusal | None]:
    return [None] * len(commands)


class DatabaseAway(Exception):
    """The database could not be reached, or a row not be locked in time. A retry with the same key is safe, whether or
    not the commit was done."""


@dataclass(slots=True)
class _Entry:
    command: Command
    answer: Callable[[Any], Answer]
    key: Key | None
    done: asyncio.Future[Answer]


@dataclass(slots=True)
class _Results:
    """What one transaction gave: an answer or an error for each entry, handed out after the commit."""

    answers: list[Answer | Exception] = field(default_factory=list)
    events: int = 0


class Batcher:
    """Collects commands while a transaction is under way; all of them are the next batch.

    `linger` (seconds): a batch that follows a busy one waits that long to fill. Without it a steady crowd splits into
    two halves that take turns. `last_lock_wait`: how long a command waits for a row that another transaction holds.
    """

    def __init__(
        self,
        source: str,
        database: Database,
        handle: CarryOut,
        clock: TimeSource,
        *,
        answers: AnswerStore,
        announced: Callable[[], None],
        check_repeats: CheckRepeats | None = None,
        size: int = 200,
        linger: float = 0.0015,
        last_lock_wait: str = "10s",
    ) -> None:
        self._source = source
        self._database = database
        self._handle = handle
        self._clock = clock
        self._answers = answers
        self._announced = announced
        self._check_repeats = check_repeats or _no_refusals
        self._size = size
        self._linger = linger
        self._last_lock_wait = last_lock_wait
        self._waiting: deque[_Entry] = deque()
        self.observe: Callable[[int, int], None] = lambda commands, events: None
        """Called after every transaction with the number of its commands and of the events it announced."""
        self._worker: asyncio.Task[None] | None = None
        self._apart: set[asyncio.Task[None]] = set()
        self._free_apart = asyncio.Semaphore(MOST_APART)

    async def submit(self, command: Command, answer: Callable[[Any], Answer], key: Key | None = None) -> Answer:
        """Carry out `command`; return what `answer` makes of the state it left, after the commit.

        Raises the command's `Refusal`, or `DatabaseAway`.
        """
        entry = _Entry(command, answer, key, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._worker is None:
            self._worker = asyncio.create_task(
                self._work(),
                name=f"{self._source} batches",
                context=Context(),  # it outlives the request that starts it: not with that one's id in its log lines
            )
        return await entry.done

    async def close(self) -> None:
        """Finish the submitted commands; give up those that are not done after `CLOSE_SECONDS`."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + CLOSE_SECONDS
        while (tasks := self._tasks()) and (left := deadline - clock()) > 0:
            await asyncio.wait(tasks, timeout=left)
        await end_tasks(self._tasks(), every=2.0, attempts=2)

    def _tasks(self) -> set[asyncio.Task[None]]:
        return self._apart | ({self._worker} if self._worker is not None else set())

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
        """Return the oldest entries, each key once: the second entry of a key waits for a later batch."""
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
        """Carry out a batch. The commands that need a row which another transaction holds leave it and wait apart.

        They are found by halving, since PostgreSQL does not say who waits; the halves are transactions of their own.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + SPLIT_SECONDS
        lock_wait = NEXT_LOCK_WAIT if self._apart else FIRST_LOCK_WAIT
        parts = deque([batch])
        while parts:
            part = parts.popleft()
            try:
                await self._attempt(part, lock_wait)
            except Locked:
                lock_wait = NEXT_LOCK_WAIT
                if len(part) == 1 or clock() > deadline:
                    self._set_apart(part)
                else:
                    half = len(part) // 2
                    parts.extendleft([part[half:], part[:half]])

    def _set_apart(self, entries: list[_Entry]) -> None:
        task = asyncio.create_task(self._settle_apart(entries), name=f"{self._source} waits for a row")
        self._apart.add(task)
        task.add_done_callback(self._apart.discard)

    async def _settle_apart(self, entries: list[_Entry]) -> None:
        async with self._free_apart:
            try:
                await self._attempt(entries, self._last_lock_wait)
            except Locked as error:
                self._hand_out(entries, [error] * len(entries))

    async def _attempt(self, batch: list[_Entry], lock_wait: str) -> None:
        """Carry out the entries in one transaction and hand out the answers and errors. Raises `Locked`."""
        try:
            results = await execute(
                self._database,
                self._source,
                self._carry_out,
                lambda tx, carry_out: self._perform(tx, carry_out, batch, lock_wait),
                raise_locked=True,
            )
        except Locked:
            raise
        except Exception as error:
            self._hand_out(batch, [error] * len(batch))
            return
        self.observe(len(batch), results.events)
        if results.events:
            self._announced()
        self._hand_out(batch, results.answers)

    @staticmethod
    def _hand_out(batch: list[_Entry], results: Sequence[Answer | Exception]) -> None:
        for entry, result in zip(batch, results, strict=True):
            if entry.done.done():
                continue
            if isinstance(result, Locked) or (isinstance(result, Exception) and is_transient(result)):
                away = DatabaseAway()
                away.__cause__ = result
                entry.done.set_exception(away)
            elif isinstance(result, Exception):
                entry.done.set_exception(result)
            else:
                entry.done.set_result(result)

    async def _carry_out(self, tx: Tx, entries: Sequence[_Entry], now: datetime) -> Work[Any, Any]:
        """Carry out the commands of the entries; the outcome of an entry that was done holds its answer."""
        work = await self._handle(tx, [entry.command for entry in entries], now)
        outcomes = [
            Done(entry.answer(outcome.state)) if isinstance(outcome, Done) else outcome
            for entry, outcome in zip(entries, work.outcomes, strict=True)
        ]
        return Work(outcomes=outcomes, announced=work.announced)

    async def _perform(self, tx: Tx, carry_out: CarryOut, batch: list[_Entry], lock_wait: str) -> _Results:
        stored_answers = await self._answers.find(tx, [entry.key for entry in batch if entry.key], lock_wait)
        fresh = [entry for entry in batch if entry.key not in stored_answers]
        results = _Results()
        answers: dict[int, Answer | Exception] = {}
        if fresh:
            now = self._clock.now()
            work = await carry_out(tx, fresh, now)
            new_answers: dict[Key, Answer] = {}
            for entry, outcome in zip(fresh, work.outcomes, strict=True):
                if isinstance(outcome, Refused):
                    answers[id(entry)] = outcome.error
                    continue
                answers[id(entry)] = outcome.state
                if entry.key is not None:
                    new_answers[entry.key] = outcome.state
            # another replica, whose lock was waited for, may have carried out the same request: then its answer counts
            stored_answers |= await self._answers.find(
                tx, [entry.key for entry in fresh if entry.key and entry.key not in new_answers], lock_wait
            )
            insert_statement = self._answers.insert(new_answers)
            inserted = await outbox.append(tx, work.announced, source=self._source, at=now, also=insert_statement)
            if insert_statement is not None and inserted != len(new_answers):
                raise Raced
            results.events = len(work.announced)
        lost = await self._lost_rights(tx, batch, stored_answers)
        for entry in batch:
            repeated = stored_answers.get(entry.key) if entry.key else None
            results.answers.append(answers[id(entry)] if repeated is None else lost.get(id(entry)) or repeated)
        return results

    async def _lost_rights(
        self, tx: Tx, batch: list[_Entry], stored_answers: Mapping[Key, Answer | KeyReused]
    ) -> dict[int, Refusal]:
        """Return the refusals, by the id of the entry, of repeated requests whose actor may not see the answer now."""
        repeats = [entry for entry in batch if entry.key and isinstance(stored_answers.get(entry.key), Answer)]
        if not repeats:
            return {}
        refusals = await self._check_repeats(tx, [entry.command for entry in repeats])
        return {id(entry): refusal for entry, refusal in zip(repeats, refusals, strict=True) if refusal is not None}
