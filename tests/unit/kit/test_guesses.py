"""Who guesses has to wait longer with each miss, whatever the answer would have been."""

from contextlib import AbstractAsyncContextManager

import pytest
from fastapi import Request

from bianmin.kit.guesses import BY_SOURCE, BY_SUBJECT, Guesses
from bianmin.kit.problems import TooMany
from bianmin.kit.refusals import NotFound


class Desk:
    """One process, with a clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.guesses = Guesses(lambda request: str(request.scope["client"]), now=lambda: self.seconds)

    def attempt(self, address: str, subject: str) -> AbstractAsyncContextManager[None]:
        return self.guesses.attempt(Request({"type": "http", "client": address}), subject)

    async def misses(self, address: str, subject: str) -> int:
        """Return the seconds that the attempt has to wait; 0 where it was a miss."""
        try:
            async with self.attempt(address, subject):
                raise NotFound("no")
        except TooMany as refusal:
            return int(refusal.headers["Retry-After"])
        except NotFound:
            return 0


async def test_g26_misses_about_one_subject_wait_longer_each_time_from_whatever_address() -> None:
    desk = Desk()
    for n in range(BY_SUBJECT.free):
        assert await desk.misses(f"10.0.0.{n}", "number") == 0
    waits = []
    for n in range(100, 108):
        assert await desk.misses(f"10.0.0.{n}", "number") == 0
        waits.append(await desk.misses(f"10.0.1.{n}", "number"))
        desk.seconds += waits[-1]
    assert waits == sorted(waits)
    assert waits[0] >= 2
    assert waits[-1] >= 100
    assert await desk.misses("10.0.0.1", "another number") == 0


async def test_g26_misses_of_one_address_wait_longer_each_time_about_whatever_subject() -> None:
    desk = Desk()
    for n in range(BY_SOURCE.free):
        assert await desk.misses("10.0.0.1", f"number {n}") == 0
    waits = []
    for n in range(100, 108):
        assert await desk.misses("10.0.0.1", f"number {n}") == 0
        waits.append(await desk.misses("10.0.0.1", f"number {n + 1000}"))
        desk.seconds += waits[-1]
    assert waits == sorted(waits)
    assert waits[-1] >= 100
    assert await desk.misses("10.0.0.2", "number") == 0


async def test_a_day_of_guesses_at_one_case_is_a_small_part_of_all_endings() -> None:
    desk, tried = Desk(), 0
    end = desk.seconds + 86400
    while desk.seconds < end:
        wait = await desk.misses(f"10.{tried}", "number")
        tried += wait == 0
        desk.seconds += wait
    assert tried < 60


async def test_hits_are_never_limited_and_forgive_nothing() -> None:
    desk = Desk()
    for _ in range(3 * BY_SOURCE.free):
        async with desk.attempt("10.0.0.1", "number"):
            pass
    for n in range(BY_SOURCE.free + 1):
        async with desk.attempt("10.0.0.1", "number"):
            pass
        assert await desk.misses("10.0.0.1", f"number {n}") == 0
    assert await desk.misses("10.0.0.1", "number") > 0


async def test_misses_are_forgotten_in_time() -> None:
    desk = Desk()
    for _ in range(BY_SUBJECT.free + 1):
        await desk.misses("10.0.0.1", "number")
    assert await desk.misses("10.0.0.1", "number") > 0
    desk.seconds += BY_SUBJECT.forget_after * (BY_SUBJECT.free + 2)
    for _ in range(BY_SUBJECT.free):
        assert await desk.misses("10.0.0.1", "number") == 0


async def test_an_error_is_no_miss() -> None:
    desk = Desk()
    for _ in range(3 * BY_SOURCE.free):
        with pytest.raises(RuntimeError):
            async with desk.attempt("10.0.0.1", "number"):
                raise RuntimeError
    assert await desk.misses("10.0.0.1", "number") == 0
