"""Errors of aiokafka: transient ones become `Away`, and every call has a time limit."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    ProducerFenced,
)

from bianmin.kit.wait import end_tasks

T = TypeVar("T")

FENCED_ERRORS = (ProducerFenced, InvalidProducerEpoch)
NOT_OWNER_ERRORS = (CommitFailedError, IllegalStateError)

_BACKOFF_SECONDS = 0.1
_CANCEL_SECONDS = 0.5


class Away(ConnectionError):
    """The brokers cannot be reached, or not in time. Trying again later may help."""


async def limited(call: Coroutine[Any, Any, T], seconds: float) -> T:
    """Return the result of a call of aiokafka. Raises `Away` after so many seconds and for transient errors.

    aiokafka would retry for ever, and swallows cancellations. So the call runs in a task of its own, which is abandoned
    when it does not end; it never holds up the caller.
    """
    task = asyncio.create_task(call)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        ended = task.done()
        if not ended:
            await end_tasks([task], every=_CANCEL_SECONDS, attempts=2)
    if not ended:
        raise Away(f"no answer in {seconds:g} s")
    if task.cancelled():
        raise Away("cancelled by aiokafka")
    try:
        return task.result()
    except KafkaError as error:
        if is_transient(error):
            raise Away(type(error).__name__) from error
        raise


async def retry_until(seconds: float, attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat the attempt while its errors are transient. Raises `Away` after so many seconds."""

    async def repeat() -> T:
        while True:
            try:
                return await attempt()
            except KafkaError as error:
                if not is_transient(error):
                    raise
            await asyncio.sleep(_BACKOFF_SECONDS)

    return await limited(repeat(), seconds)


def is_transient(error: BaseException) -> bool:
    """Whether a later attempt may succeed."""
    return isinstance(error, KafkaTimeoutError | KafkaConnectionError) or getattr(error, "retriable", False) is True
