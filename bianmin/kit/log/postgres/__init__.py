"""The event log in PostgreSQL: topics, partitions, offsets and groups are rows; LISTEN/NOTIFY wakes readers."""

from collections.abc import AsyncIterator, Sequence

from bianmin.kit.db import Database, rows, run
from bianmin.kit.log import Record, Stored
from bianmin.kit.log.postgres.consumer import PostgresConsumer
from bianmin.kit.log.postgres.headers import unpack
from bianmin.kit.log.postgres.notifications import Notifications
from bianmin.kit.log.postgres.producer import PostgresProducer
from bianmin.kit.log.postgres.schema import INSERT_TOPICS, LOCK, TABLES

PAGE = 1000

_ENDS = "SELECT id, number, next_offset FROM partition WHERE topic = $1 ORDER BY number"
_PAGE = """
SELECT "offset", key, headers, value FROM record
WHERE partition_id = $1 AND "offset" >= $2 AND "offset" < $3 ORDER BY "offset" LIMIT $4
"""
_LAG = """
SELECT coalesce(sum(partition.next_offset - coalesce(claim.next_offset, 0)), 0)::bigint
FROM partition LEFT JOIN claim ON claim.partition_id = partition.id AND claim.group_name = $1
WHERE topic = ANY($2::text[])
"""


# the best plan of each statement uses an index, whatever the tables hold: it is made once
_SESSION = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}


def log_database(url: str, *, pool: int = 4) -> Database:
    """The database of a log, with its schema and session settings."""
    return Database(url, "log", pool=pool, session=_SESSION)


class PostgresLog:
    """A log in the schema of `database` (see `log_database`).

    A member that is silent for `lease` seconds counts as dead. Readers are woken by notifications; in case one gets
    lost they also look every `poll` seconds.
    """

    def __init__(self, database: Database, *, lease: float = 10.0, poll: float = 1.0) -> None:
        self._database = database
        self._lease = lease
        self._poll = poll
        self._notifications = Notifications(database)

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        """Create the tables and topics that do not exist yet."""
        async with self._database.transaction() as tx:
            await run(tx, LOCK)
            await run(tx, f'CREATE SCHEMA IF NOT EXISTS "{self._database.schema}"')
            for table in TABLES:
                await run(tx, table)
            await run(tx, INSERT_TOPICS, list(topics), partitions)

    async def producer(self, name: str) -> PostgresProducer:
        """Start the producer of this name; it fences every older one."""
        return await PostgresProducer.start(self._database, name)

    async def consumer(self, group: str, topics: Sequence[str]) -> PostgresConsumer:
        """Join a group."""
        consumer = PostgresConsumer(
            self._database, self._notifications, group, topics, lease=self._lease, poll=self._poll
        )
        await consumer.join()
        return consumer

    async def scan(self, topic: str) -> AsyncIterator[Stored]:
        """All entries that were in the topic when the scan began, partition by partition. Holds no connection."""
        async with self._database.reading() as tx:
            ends = await rows(tx, _ENDS, topic)
        for partition_id, number, end in ends:
            position = 0
            while position < end:
                async with self._database.reading() as tx:
                    page = await rows(tx, _PAGE, partition_id, position, end, PAGE)
                for offset, key, headers, value in page:
                    yield Stored(Record(topic, key, value, unpack(headers)), number, offset)
                position = page[-1][0] + 1 if page else end

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """The number of entries that the group has not committed yet."""
        async with self._database.reading() as tx:
            [(lag,)] = await rows(tx, _LAG, group, list(topics))
        return int(lag)

    async def close(self) -> None:
        """Stop listening. Close consumers first; the caller closes the database."""
        await self._notifications.close()
