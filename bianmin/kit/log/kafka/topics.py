"""Topics and what groups have committed, through aiokafka's admin client."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError, NoError, TopicAlreadyExistsError, for_code

from bianmin.kit.log.kafka.clients import LARGEST_ENTRY, REQUEST_SECONDS, Place, place
from bianmin.kit.log.kafka.errors import bounded, insist

_BROKERS_DEFAULT = -1


@asynccontextmanager
async def _admin(bootstrap: str, patience: float) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_SECONDS * 1000)
    try:
        async with bounded(patience):
            await admin.start()
        yield admin
    finally:
        await admin.close()


async def create(bootstrap: str, topics: Sequence[str], partitions: int, patience: float) -> None:
    """Make those that are not there, and return when every partition has a leader."""
    wanted = [
        NewTopic(topic, partitions, _BROKERS_DEFAULT, {}, {"max.message.bytes": str(LARGEST_ENTRY)}) for topic in topics
    ]
    async with _admin(bootstrap, patience) as admin:

        async def make() -> None:
            answer = await admin.create_topics(wanted)
            for topic, code, *_ in answer.topic_errors:
                if for_code(code) not in (NoError, TopicAlreadyExistsError):
                    raise for_code(code)(topic)

        async def see() -> None:
            for topic in await admin.describe_topics(list(topics)):
                if topic["error_code"] or any(part["leader"] < 0 for part in topic["partitions"]):
                    raise LeaderNotAvailableError(topic["topic"])

        await insist(patience, make)
        await insist(patience, see)


async def committed(bootstrap: str, group: str, patience: float) -> dict[Place, int]:
    """The next offset to read of every partition for which the group committed one."""
    async with _admin(bootstrap, patience) as admin:
        found = await insist(patience, lambda: admin.list_consumer_group_offsets(group))
    return {place(*where): kept.offset for where, kept in found.items() if kept.offset >= 0}
