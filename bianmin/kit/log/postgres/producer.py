"""The producer: offsets without gaps, assigned under the lock of the partition; older producers are fenced."""

from collections.abc import Sequence
from zlib import crc32

from bianmin.kit.db import Database, Tx, rows
from bianmin.kit.log import Fenced, Record
from bianmin.kit.log.postgres.headers import pack
from bianmin.kit.log.postgres.notifications import CHANNEL, topic_subject

_START = """
INSERT INTO producer (name, epoch) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET epoch = producer.epoch + 1 RETURNING epoch
"""
_PARTITIONS = "SELECT topic, id FROM partition WHERE topic = ANY($1::text[]) ORDER BY topic, number"
# One statement, so that a stopped process holds no lock. It locks the producer's row where it still has our epoch: a
# newer producer waits for it and writes after us. Then it locks the partitions' rows in the order of their ids; the
# offset of an entry follows from where its partition stood.
_WRITE = f"""
WITH fence AS MATERIALIZED (
    SELECT FROM producer WHERE name = $6 AND epoch = $7 FOR UPDATE
), given AS (
    SELECT *, row_number() OVER (PARTITION BY partition_id ORDER BY nth) - 1 AS place
    FROM unnest($1::smallint[], $2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY
        AS g (partition_id, key, headers, value, nth) WHERE EXISTS (SELECT FROM fence)
), many AS (
    SELECT partition_id, count(*) AS entries FROM given GROUP BY partition_id
), locked AS (
    SELECT id FROM partition WHERE id IN (SELECT partition_id FROM many) ORDER BY id FOR UPDATE
), moved AS (
    UPDATE partition SET next_offset = next_offset + entries FROM locked JOIN many ON partition_id = locked.id
    WHERE partition.id = locked.id RETURNING partition.id, next_offset - entries AS stood
), kept AS (
    INSERT INTO record (partition_id, "offset", key, headers, value)
    SELECT partition_id, stood + place, key, headers, value FROM given JOIN moved ON moved.id = partition_id
)
SELECT pg_notify('{CHANNEL}', subject) FROM unnest($5::text[]) AS subject WHERE EXISTS (SELECT FROM fence)
"""


class PostgresProducer:
    """The producer of one name, in one epoch."""

    def __init__(self, database: Database, name: str, epoch: int) -> None:
        self._database = database
        self._name = name
        self._epoch = epoch
        self._partitions: dict[str, list[int]] = {}

    @classmethod
    async def start(cls, database: Database, name: str) -> "PostgresProducer":
        """Start the producer of this name, in a new epoch."""
        async with database.transaction() as tx:
            [(epoch,)] = await rows(tx, _START, name)
        return cls(database, name, epoch)

    async def append(self, records: Sequence[Record]) -> None:
        """Write all records in one transaction. Raises `Fenced`, and LookupError for an unknown topic."""
        if not records:
            return
        topics = sorted({record.topic for record in records})
        async with self._database.reading() as tx:
            await self._learn(tx, topics)
            notified = await rows(
                tx,
                _WRITE,
                [self._place(record) for record in records],
                [record.key for record in records],
                [pack(record.headers) for record in records],
                [record.value for record in records],
                [topic_subject(topic) for topic in topics],
                self._name,
                self._epoch,
            )
        if not notified:
            raise Fenced(self._name)

    def _place(self, record: Record) -> int:
        partitions = self._partitions[record.topic]
        return partitions[crc32(record.key.encode()) % len(partitions)]

    async def _learn(self, tx: Tx, topics: Sequence[str]) -> None:
        """Look up the partitions of a topic once: they never change."""
        unknown = [topic for topic in topics if topic not in self._partitions]
        if not unknown:
            return
        found: dict[str, list[int]] = {}
        for topic, partition_id in await rows(tx, _PARTITIONS, unknown):
            found.setdefault(topic, []).append(partition_id)
        if missing := set(unknown) - found.keys():
            raise LookupError(f"no such topic: {', '.join(sorted(missing))}")
        self._partitions.update(found)

    async def close(self) -> None:
        """Nothing to do: the producer holds nothing between two appends."""
