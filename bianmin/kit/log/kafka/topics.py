"""Topics and committed offsets, through aiokafka's admin client."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError, NoError, TopicAlreadyExistsError, for_code

from bianmin.kit.log.kafka.clients import LARGEST_ENTRY, REQUEST_SECONDS, Admin, Place, place, stop_client
from bianmin.kit.log.kafka.errors import limited, retry_until

_BROKERS_DEFAULT = -1
_CLOSE_SECONDS = 5.0


@asynccontextmanager
async def _admin(bootstrap: str, max_wait: float) -> AsyncIterator[Admin]:
    admin = cast(Admin, AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_SECONDS * 1000))
    try:
        await limited(admin.start(), max_wait)
        yield admin
    finally:
        await stop_client(admin, grace=_CLOSE_SECONDS)


async def create_topics(bootstrap: str, topics: Sequence[str], partitions: int, max_wait: float) -> None:
    """Create the topics that do not exist; return when every partition has a leader. Raises `Away`."""
    wanted = [
        NewTopic(topic, partitions, _BROKERS_DEFAULT, {}, {"max.message.bytes": str(LARGEST_ENTRY)}) for topic in topics
    ]
    async with _admin(bootstrap, max_wait) as admin:

        async def make() -> None:
            answer = await admin.create_topics(wanted)
            for topic, code, *_ in answer.topic_errors:
                if for_code(code) not in (NoError, TopicAlreadyExistsError):
                    raise for_code(code)(topic)

        async def see() -> None:
            for topic in await admin.describe_topics(list(topics)):
                if topic["error_code"] or any(part["leader"] < 0 for part in topic["partitions"]):
                    raise LeaderNotAvailableError(topic["topic"])

        await retry_until(max_wait, make)
        await retry_until(max_wait, see)


async def committed_offsets(bootstrap: str, group: str, max_wait: float) -> dict[Place, int]:
    """The committed offsets of a group by partition: the next offset to read. Raises `Away`."""
    async with _admin(bootstrap, max_wait) as admin:
        found = await retry_until(max_wait, lambda: admin.list_consumer_group_offsets(group))
    return {place(*where): kept.offset for where, kept in found.items() if kept.offset >= 0}
