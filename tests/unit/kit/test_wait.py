"""Waiting: background tasks go on after every failure, and end when they are asked to."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bianmin.kit.wait import Activity, Backoff, end_tasks, keep_running


async def attempt_that_swallows(backoff: Backoff) -> None:
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        return


async def attempt_whose_cleanup_fails(backoff: Backoff) -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        raise ConnectionError("the connection is gone")


@pytest.mark.parametrize("attempt", [attempt_that_swallows, attempt_whose_cleanup_fails])
async def test_g30_a_background_task_ends_at_its_first_cancellation(
    attempt: Callable[[Backoff], Awaitable[None]],
) -> None:
    task = asyncio.create_task(keep_running("task", "service", attempt, Activity()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(20):
        await asyncio.wait({task})
    assert task.cancelled()


async def test_a_background_task_goes_on_after_a_cancellation_that_was_not_meant_for_it() -> None:
    attempts = 0
    third = asyncio.Event()

    async def attempt(backoff: Backoff) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 3:
            third.set()
        cancelled = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        await cancelled

    task = asyncio.create_task(keep_running("task", "service", attempt, Activity()))
    async with asyncio.timeout(20):
        await third.wait()
    assert await end_tasks([task], every=1.0, attempts=2)


async def test_g0_a_task_that_never_ends_is_abandoned() -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    assert not await end_tasks([task], every=0.01, attempts=3)
    release.set()
    assert await end_tasks([task], every=5.0, attempts=1)
