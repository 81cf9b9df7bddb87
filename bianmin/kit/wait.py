"""Sleeping until something happens, and trying again with patience."""

import asyncio
import random


class WakeUp:
    """Rings for one who waits; a ring while nobody waits is not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def signal(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Return at the next ring, or after `seconds`; whether it rang."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Backoff:
    """How long to wait before the next try: doubling from `first` to `longest` seconds, with a third of chance."""

    def __init__(self, first: float = 0.1, longest: float = 10.0) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def next(self) -> float:
        seconds = self._next
        self._next = min(self._longest, seconds * 2)
        return seconds * random.uniform(0.67, 1.0)

    def reset(self) -> None:
        self._next = self._first
