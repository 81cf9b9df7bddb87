"""The watchdog: ends a process whose background work has stopped, so that its supervisor starts a new one."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence

import structlog

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: the supervisor shall start the process again."""

STOP_SECONDS = 60.0
"""How long an ordered stop may take, until the process ends without it."""

log = structlog.get_logger(__name__)


class Watchdog:
    """Runs checks while its block runs, and stops the process when one of them returns a reason.

    It is a thread: an event loop that hangs could not watch itself. `stop` asks the block to end, in the event loop;
    `is_stopping` tells whether somebody has asked already. When a stop takes longer than `stop_seconds`, the process
    ends at once.
    """

    def __init__(
        self,
        checks: Sequence[Callable[[], str | None]],
        *,
        stop: Callable[[], None],
        is_stopping: Callable[[], bool],
        poll: float = 0.25,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._checks = checks
        self._stop = stop
        self._is_stopping = is_stopping
        self._poll = poll
        self._stop_seconds = stop_seconds
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.reason: str | None = None
        """Why the watchdog stopped the process; None while it did not."""

    def __enter__(self) -> "Watchdog":
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def _watch(self) -> None:
        stopping_since: float | None = None
        while not self._left.wait(self._poll):
            if self._is_stopping() or self.reason is not None:
                stopping_since = stopping_since or time.monotonic()
                if time.monotonic() - stopping_since > self._stop_seconds:
                    _report("process.killed", f"the stop took longer than {self._stop_seconds:g} s")
                    os._exit(EXIT_CODE)
                continue
            self.reason = next((reason for check in self._checks if (reason := check())), None)
            if self.reason is not None:
                _report("process.ends", self.reason)
                self._loop.call_soon_threadsafe(self._stop)


def _report(event: str, reason: str) -> None:
    """Log the line, but do not wait for a log that nobody reads: its pipe may be full."""
    writer = threading.Thread(target=lambda: log.critical(event, reason=reason, exit_code=EXIT_CODE), daemon=True)
    writer.start()
    writer.join(2.0)
