"""Waiting: until something happens, until a failure may be over, or until tasks have ended."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

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


class Activity:
    """When a background task last began an attempt at its work."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def mark(self) -> None:
        """Record an attempt that begins now."""
        self._last = time.monotonic()

    @property
    def silence(self) -> float:
        """Return the seconds since the last attempt began."""
        return time.monotonic() - self._last


async def keep_running(
    task: str,
    service: str,
    attempt: Callable[[Backoff], Awaitable[None]],
    activity: Activity,
    *,
    replaced_by: tuple[type[Exception], ...] = (),
) -> None:
    """Call `attempt` again and again, for ever; after a failure wait with back-off.

    `attempt` resets the back-off when it got something done. Every call is marked in `activity`; an attempt that lasts
    marks its own steps there. `replaced_by` are errors that say another replica does this work now; they are no
    failure. A database or log that is away is logged in one line, anything else in full.
    """
    backoff = Backoff()
    while not _is_cancelled():  # a library may have swallowed the cancellation
        activity.mark()
        try:
            await attempt(backoff)
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            # of a future inside: a library that is closed under a call cancels what the call waits for
            log.warning(f"{task}.waits", service=service, error="CancelledError")
        except replaced_by as error:
            log.info(f"{task}.replaced", service=service, error=type(error).__name__)
        except Exception as error:
            if _is_cancelled():
                raise asyncio.CancelledError from error  # an error while cleaning up has replaced it
            if is_away(error):
                log.warning(f"{task}.waits", service=service, error=type(error).__name__)
            else:
                log.exception(f"{task}.failed", service=service)
        else:
            continue
        await asyncio.sleep(backoff.next())
    raise asyncio.CancelledError


def _is_cancelled() -> bool:
    """Return whether somebody asked the current task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def end_tasks(tasks: Iterable[asyncio.Task[Any]], *, every: float, attempts: int) -> bool:
    """Cancel the tasks until they have ended, `attempts` times, `every` seconds apart; return whether all have ended.

    Once is not enough: a library that swallows the cancellation goes on. The results and errors of the tasks are
    dropped.
    """
    left = set(tasks)
    for task in left:
        task.add_done_callback(_drop_result)
    for _ in range(attempts):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=every)
    return not left


def _drop_result(task: asyncio.Task[Any]) -> None:
    """Look at the error of a task that has ended: otherwise asyncio reports it as never retrieved."""
    if not task.cancelled():
        task.exception()
