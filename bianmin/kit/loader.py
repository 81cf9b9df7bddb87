"""Natural batching of reads: keys that are asked for during a look-up share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from bianmin.kit.db import Database, Tx

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
LoadMany = Callable[[Tx, Sequence[K]], Awaitable[Mapping[K, V]]]
"""Returns values by key for many keys; a key without a value is left out."""


class Loader(Generic[K, V]):
    """Looks up keys for many requests at once, with at most one look-up under way.

    Each answer is read after its question was asked. A lone question does not wait.
    """

    def __init__(self, name: str, database: Database, load_many: LoadMany[K, V], *, size: int = 200) -> None:
        self._name = name
        self._database = database
        self._load_many = load_many
        self._size = size
        self._asked: dict[K, list[asyncio.Future[V | None]]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """Return the value of the key, or None. Raises the error of the look-up."""
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(key, []).append(answer)
        if self._worker is None:
            self._worker = asyncio.create_task(
                self._work(),
                name=f"{self._name} look-ups",
                context=Context(),  # it outlives the request that starts it: not with that one's id in its log lines
            )
        return await answer

    async def _work(self) -> None:
        try:
            while self._asked:
                asked = {key: self._asked.pop(key) for key in list(self._asked)[: self._size]}
                await self._answer(asked)
                await asyncio.sleep(0)  # whoever was answered may have the next question ready
        finally:
            self._worker = None

    async def _answer(self, asked: Mapping[K, Sequence[asyncio.Future[V | None]]]) -> None:
        found: Mapping[K, V] = {}
        failure: Exception | None = None
        try:
            async with self._database.reading() as tx:
                found = await self._load_many(tx, list(asked))
        except Exception as error:
            failure = error
        for key, answers in asked.items():
            for answer in answers:
                if answer.done():  # the asker has gone
                    continue
                if failure is None:
                    answer.set_result(found.get(key))
                else:
                    answer.set_exception(failure)
