"""Errors of aiokafka: transient ones become `Away`, and every call has a time limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    ProducerFenced,
)

T = TypeVar("T")

FENCED_ERRORS = (ProducerFenced, InvalidProducerEpoch)
NOT_OWNER_ERRORS = (CommitFailedError, IllegalStateError)

_BACKOFF_SECONDS = 0.1


class Away(ConnectionError):
    """The brokers cannot be reached, or not in time. Trying again later may help."""


@asynccontextmanager
async def time_limit(seconds: float) -> AsyncIterator[None]:
    """A time limit for calls of aiokafka, which would retry for ever.

    Raises `Away` when the time is over and for transient errors.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Away(f"no answer in {seconds:g} s") from error
    except KafkaError as error:
        if is_transient(error):
            raise Away(type(error).__name__) from error
        raise


async def retry_until(seconds: float, attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat the attempt while its errors are transient. Raises `Away` after so many seconds."""
    async with time_limit(seconds):
        while True:
            try:
                return await attempt()
            except KafkaError as error:
                if not is_transient(error):
                    raise
            await asyncio.sleep(_BACKOFF_SECONDS)


def is_transient(error: BaseException) -> bool:
    """Whether a later attempt may succeed."""
    return isinstance(error, KafkaTimeoutError | KafkaConnectionError) or getattr(error, "retriable", False) is True
