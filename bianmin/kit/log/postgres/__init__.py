"""The log in PostgreSQL: topics, partitions, offsets and groups are rows; LISTEN/NOTIFY wakes the readers."""

from collections.abc import AsyncIterator, Sequence

from bianmin.kit.db import Database, rows, run
from bianmin.kit.log import Record, Stored
from bianmin.kit.log.postgres.consumer import PostgresConsumer
from bianmin.kit.log.postgres.headers import unpack
from bianmin.kit.log.postgres.news import News
from bianmin.kit.log.postgres.producer import PostgresProducer
from bianmin.kit.log.postgres.schema import MISSING, TABLES, TURN

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


# each statement has one good way, by an index, whatever the tables hold: its plan is made once
_SESSION = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}


def log_database(url: str, *, pool: int = 4) -> Database:
    """The database of a log, in its schema."""
    return Database(url, "log", pool=pool, session=_SESSION)


class PostgresLog:
    """A log in the schema of `database` (see `log_database`).

    A member that stays silent for `lease` seconds is taken for dead. A reader is woken by what it waits for; should
    that get lost, it looks by itself after `poll` seconds.
    """

    def __init__(self, database: Database, *, lease: float = 10.0, poll: float = 1.0) -> None:
        self._database = database
        self._lease = lease
        self._poll = poll
        self._news = News(database)

    async def ensure(self, topics: Sequence[str], partitions: int) -> None:
        """Make the tables and the topics that are not there yet."""
        async with self._database.transaction() as tx:
            await run(tx, TURN)
            await run(tx, f'CREATE SCHEMA IF NOT EXISTS "{self._database.schema}"')
            for table in TABLES:
                await run(tx, table)
            await run(tx, MISSING, list(topics), partitions)

    async def producer(self, name: str) -> PostgresProducer:
        return await PostgresProducer.start(self._database, name)

    async def consumer(self, group: str, topics: Sequence[str]) -> PostgresConsumer:
        consumer = PostgresConsumer(self._database, self._news, group, topics, lease=self._lease, poll=self._poll)
        await consumer.join()
        return consumer

    async def scan(self, topic: str) -> AsyncIterator[Stored]:
        """Partition by partition, up to where each ended when the scan began. No connection is held meanwhile."""
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
        async with self._database.reading() as tx:
            [(lag,)] = await rows(tx, _LAG, group, list(topics))
        return int(lag)

    async def close(self) -> None:
        """After its consumers. The database is closed by who opened it."""
        await self._news.close()
