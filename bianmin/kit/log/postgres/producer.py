"""Writing: offsets without gaps, given out under the partition's lock; an older producer of the name is refused."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from bianmin.kit.db import Database, Tx
from bianmin.kit.log import Fenced, Record
from bianmin.kit.log.postgres.headers import pack
from bianmin.kit.log.postgres.news import CHANNEL, topic_subject

_START = """
INSERT INTO producer (name, epoch) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET epoch = producer.epoch + 1 RETURNING epoch
"""
# in a statement of its own: what follows must see what an older producer committed before it was fenced;
# and a process that is stopped in the middle is cut off, for others wait for its locks
_FENCE = """
SELECT epoch FROM producer, set_config('idle_in_transaction_session_timeout', '5s', true)
WHERE name = $1 FOR UPDATE OF producer
"""
_PARTITIONS = "SELECT topic, id FROM partition WHERE topic = ANY($1::text[]) ORDER BY topic, number"
_LOCK = "SELECT id, next_offset FROM partition WHERE id = ANY($1::smallint[]) ORDER BY id FOR UPDATE"
_WRITE = f"""
WITH moved AS (
    UPDATE partition SET next_offset = v.next_offset
    FROM unnest($1::smallint[], $2::bigint[]) AS v (id, next_offset) WHERE partition.id = v.id
), kept AS (
    INSERT INTO record (partition_id, "offset", key, headers, value)
    SELECT * FROM unnest($3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::bytea[])
)
SELECT pg_notify('{CHANNEL}', subject) FROM unnest($8::text[]) AS subject
"""


class PostgresProducer:
    """The producer of one name, of one epoch."""

    def __init__(self, database: Database, name: str, epoch: int) -> None:
        self._database = database
        self._name = name
        self._epoch = epoch
        self._partitions: dict[str, list[int]] = {}

    @classmethod
    async def start(cls, database: Database, name: str) -> "PostgresProducer":
        async with database.transaction() as tx:
            epoch: int = (await tx.exec_driver_sql(_START, (name,))).scalar_one()
        return cls(database, name, epoch)

    async def append(self, records: Sequence[Record]) -> None:
        """One transaction. Raises `Fenced`, and LookupError for a topic that is not there."""
        if not records:
            return
        topics = sorted({record.topic for record in records})
        async with self._database.transaction() as tx:
            epoch = (await tx.exec_driver_sql(_FENCE, (self._name,))).scalar_one_or_none()
            if epoch != self._epoch:
                raise Fenced(self._name)
            await self._learn(tx, topics)
            placed = [self._place(record) for record in records]
            locked: Sequence[Any] = (await tx.exec_driver_sql(_LOCK, (list(set(placed)),))).all()
            next_offset: dict[int, int] = dict(locked)
            offsets = []
            for partition_id in placed:
                offsets.append(next_offset[partition_id])
                next_offset[partition_id] += 1
            await tx.exec_driver_sql(
                _WRITE,
                (
                    list(next_offset.keys()),
                    list(next_offset.values()),
                    placed,
                    offsets,
                    [record.key for record in records],
                    [pack(record.headers) for record in records],
                    [record.value for record in records],
                    [topic_subject(topic) for topic in topics],
                ),
            )

    def _place(self, record: Record) -> int:
        partitions = self._partitions[record.topic]
        return partitions[crc32(record.key.encode()) % len(partitions)]

    async def _learn(self, tx: Tx, topics: Sequence[str]) -> None:
        """A topic's partitions are looked up once: they never change."""
        unknown = [topic for topic in topics if topic not in self._partitions]
        if not unknown:
            return
        rows: Sequence[Any] = (await tx.exec_driver_sql(_PARTITIONS, (unknown,))).all()
        found: dict[str, list[int]] = {}
        for topic, partition_id in rows:
            found.setdefault(topic, []).append(partition_id)
        if missing := set(unknown) - found.keys():
            raise LookupError(f"no such topic: {', '.join(sorted(missing))}")
        self._partitions.update(found)

    async def close(self) -> None:
        """Nothing is held between two appends."""
