"""What aiokafka raises, sorted: what may pass by itself is `Away`, and everything has an end."""

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

SUPERSEDED = (ProducerFenced, InvalidProducerEpoch)
DISOWNED = (CommitFailedError, IllegalStateError)

_BACKOFF_SECONDS = 0.1


class Away(ConnectionError):
    """The brokers could not be reached, or not in time: trying again later may help."""


@asynccontextmanager
async def bounded(seconds: float) -> AsyncIterator[None]:
    """Raises `Away` for what takes longer (aiokafka itself would try for ever) or failed for a passing reason."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Away(f"no answer in {seconds:g} s") from error
    except KafkaError as error:
        if passing(error):
            raise Away(type(error).__name__) from error
        raise


async def insist(seconds: float, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until it works or the time is over, as long as the reason may pass."""
    async with bounded(seconds):
        while True:
            try:
                return await attempt()
            except KafkaError as error:
                if not passing(error):
                    raise
            await asyncio.sleep(_BACKOFF_SECONDS)


def passing(error: BaseException) -> bool:
    return isinstance(error, KafkaTimeoutError | KafkaConnectionError) or getattr(error, "retriable", False) is True
