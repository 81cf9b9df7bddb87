"""Slows down who guesses a secret: each miss makes the next try wait longer. Counted in this process."""

import asyncio
import hashlib
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from fastapi import Request

from bianmin.kit.problems import TooMany
from bianmin.kit.refusals import NotFound

_LONGEST = 3600.0
_MISS_TAKES = 0.05
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many misses wait for nothing, and after how many seconds one of them is forgotten."""

    free: int
    forget_after: float


BY_SOURCE = Allowance(free=10, forget_after=600)
"""People at one address, a service hall for example, may err that often."""
BY_SUBJECT = Allowance(free=5, forget_after=3600)
"""An id number has 10,000 endings: to try those of one case takes more than a year, from any number of addresses."""


@dataclass(slots=True)
class _Misses:
    """The misses that are not forgotten at the moment `at`; the next try may begin at `until`."""

    count: float
    at: float
    until: float


class Guesses:
    """Misses by the address that asks (`source_of`) and by what is asked about, a case number or a code.

    `now` is the time in seconds.
    """

    def __init__(self, source_of: Callable[[Request], str], *, now: Callable[[], float] = monotonic) -> None:
        self._source_of = source_of
        self._now = now
        self._misses: OrderedDict[bytes, _Misses] = OrderedDict()

    @asynccontextmanager
    async def attempt(self, request: Request, subject: str) -> AsyncIterator[None]:
        """One try at a secret of `subject`: where the block raises `NotFound`, it is a miss.

        Raises `TooMany` while the address, or everybody who asks about the subject, has to wait. A miss takes a fixed
        time, so that its length does not tell whether the subject exists.
        """
        began = self._now()
        by_source, by_subject = _key("source", self._source_of(request)), _key("subject", subject)
        wait = max(self._wait(by_source), self._wait(by_subject))
        if wait > 0:
            raise TooMany("查询不到的次数过多，请稍后再试；急需的请到窗口查询。", retry_after=math.ceil(wait))
        # counted beforehand: tries about one subject at once must not be free
        before = self._miss(by_subject, BY_SUBJECT)
        try:
            yield
        except NotFound:
            self._miss(by_source, BY_SOURCE)
            await asyncio.sleep(began + _MISS_TAKES - self._now())
            raise
        except BaseException:
            self._take_back(by_subject, before)
            raise
        self._take_back(by_subject, before)

    def _wait(self, key: bytes) -> float:
        misses = self._misses.get(key)
        return 0 if misses is None else misses.until - self._now()

    def _miss(self, key: bytes, allowance: Allowance) -> float:
        """Count a miss. Returns until when the key had to wait before."""
        now = self._now()
        misses = self._misses.setdefault(key, _Misses(0, now, now))
        self._misses.move_to_end(key)
        before = misses.until
        misses.count = max(0.0, misses.count - (now - misses.at) / allowance.forget_after) + 1
        misses.at = now
        over = misses.count - allowance.free
        if over > 0:
            misses.until = now + min(_LONGEST, 2.0 ** min(over, 20))
        while len(self._misses) > _REMEMBERED:
            self._misses.popitem(last=False)
        return before

    def _take_back(self, key: bytes, until: float) -> None:
        if (misses := self._misses.get(key)) is not None:
            misses.count = max(0.0, misses.count - 1)
            misses.until = until


def _key(kind: str, text: str) -> bytes:
    """The digest of what is counted: codes and addresses are not kept."""
    return hashlib.sha256(f"{kind} {text}".encode()).digest()
