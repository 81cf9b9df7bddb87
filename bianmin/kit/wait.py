"""Waiting: until something happens, or until a failure may be over."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from bianmin.kit.db import is_away

log = structlog.get_logger(__name__)


class WakeUp:
    """Wakes one waiter; a signal given while nobody waits is not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def signal(self) -> None:
        """Wake the waiter, or let the next wait return at once."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Return at the next signal (True), or after `seconds` (False)."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Backoff:
    """Seconds until the next try: doubling from `first` to `longest`, each shortened at random by up to a third."""

    def __init__(self, first: float = 0.1, longest: float = 10.0) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def next(self) -> float:
        """Return how many seconds to wait now; the following wait is twice as long."""
        seconds = self._next
        self._next = min(self._longest, seconds * 2)
        return seconds * random.uniform(0.67, 1.0)

    def reset(self) -> None:
        """Start again at `first`: something worked."""
        self._next = self._first


async def keep_running(
    task: str,
    service: str,
    attempt: Callable[[Backoff], Awaitable[None]],
    *,
    replaced_by: tuple[type[Exception], ...] = (),
) -> None:
    """Call `attempt` again and again, for ever; after a failure wait with back-off.

    `attempt` resets the back-off when it got something done. `replaced_by` are errors that say another replica does
    this work now; they are no failure. A database or log that is away is logged in one line, anything else in full.
    """
    backoff = Backoff()
    while True:
        try:
            await attempt(backoff)
        except replaced_by as error:
            log.info(f"{task}.replaced", service=service, error=type(error).__name__)
        except Exception as error:
            if is_away(error):
                log.warning(f"{task}.waits", service=service, error=type(error).__name__)
            else:
                log.exception(f"{task}.failed", service=service)
        else:
            continue
        await asyncio.sleep(backoff.next())
