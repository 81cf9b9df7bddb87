"""Reading as a member of a group."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from bianmin.kit.db import ASYNC_COMMIT, Database, is_away, rows, run
from bianmin.kit.log import Lost, Record, Stored
from bianmin.kit.log.postgres.headers import unpack
from bianmin.kit.log.postgres.membership import Claim, Membership, Standing
from bianmin.kit.log.postgres.news import News, group_subject, topic_subject

# a fair share from every partition that has news; the order of the first argument decides who comes first
_READ = """
WITH behind AS (
    SELECT mine.id, mine.position, mine.nth, ceil($3::float8 / count(*) OVER ())::bigint AS fair
    FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS mine (id, position, nth)
    JOIN partition ON partition.id = mine.id AND partition.next_offset > mine.position
)
SELECT behind.id, entry."offset", entry.key, entry.headers, entry.value
FROM behind CROSS JOIN LATERAL (
    SELECT "offset", key, headers, value FROM record
    WHERE partition_id = behind.id AND "offset" >= behind.position ORDER BY "offset" LIMIT behind.fair
) AS entry
ORDER BY entry."offset" - behind.position, behind.nth LIMIT $3::bigint
"""
# all of them or none: a claim that changed hands has another token. An offset lost in a power cut is read again
_COMMIT = f"""
WITH upto AS (
    SELECT * FROM unnest($2::smallint[], $3::bigint[], $4::bigint[]) AS v (partition_id, token, next_offset)
), ours AS (
    SELECT claim.partition_id, upto.next_offset
    FROM claim JOIN upto ON claim.partition_id = upto.partition_id AND claim.token = upto.token
    WHERE claim.group_name = $1 AND claim.member_id IS NOT NULL
    ORDER BY claim.partition_id FOR UPDATE OF claim
)
UPDATE claim SET next_offset = ours.next_offset FROM ours
WHERE claim.group_name = $1 AND claim.partition_id = ours.partition_id AND {ASYNC_COMMIT}
AND (SELECT count(*) FROM ours) = cardinality($2::smallint[])
"""
_COMMITTED = "SELECT partition_id, next_offset FROM claim WHERE group_name = $1 AND partition_id = ANY($2::smallint[])"

log = structlog.get_logger(__name__)


class PostgresConsumer:
    """A member of a group, with a task that keeps its lease. To be used by one task at a time."""

    def __init__(
        self, database: Database, news: News, group: str, topics: Sequence[str], *, lease: float, poll: float
    ) -> None:
        self._database = database
        self._news = news
        self._group = group
        self._lease = lease
        self._poll = poll
        self._membership = Membership(database, group, topics, lease)
        self._claims: dict[int, Claim] = {}
        self._position: dict[int, int] = {}
        # the claims under which entries were given out, and whose entries the caller has in hand now
        self._given: dict[tuple[str, int], Claim] = {}
        self._in_hand: set[int] = set()
        self._owed: frozenset[int] = frozenset()
        self._turn = asyncio.Lock()
        self._entries = asyncio.Event()
        self._errand = asyncio.Event()
        self._closing = False
        self._failure: Exception | None = None
        self._keeping: asyncio.Task[None] | None = None
        news.follow(self._entries, [topic_subject(topic) for topic in topics])
        news.follow(self._errand, [group_subject(group)])

    async def join(self) -> None:
        try:
            await self._renew()
        except BaseException:
            self._forget_news()
            raise
        self._keeping = asyncio.create_task(self._keep(), name=f"log member of {self._group}")

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        """Entries of all partitions that are ours, in turn. Raises what kept the lease from being renewed."""
        self._free_hands()
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        while True:
            self._entries.clear()
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            async with self._turn:
                found = await self._read(limit)
            left = deadline - clock()
            if found or left <= 0:
                return found
            await _until(self._entries, min(left, self._poll))

    async def _read(self, limit: int) -> list[Stored]:
        if not self._position:
            return []
        async with self._database.reading() as tx:
            read = await rows(tx, _READ, list(self._position.keys()), list(self._position.values()), limit)
        found = []
        for partition_id, offset, key, headers, value in read:
            claim = self._claims[partition_id]
            self._given[claim.topic, claim.number] = claim
            found.append(Stored(Record(claim.topic, key, value, unpack(headers)), claim.number, offset))
            # who was served goes to the end of the queue
            self._position.pop(partition_id)
            self._position[partition_id] = offset + 1
        self._in_hand = {row[0] for row in read}
        return found

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        if not upto:
            return
        if upto.keys() - self._given.keys():
            raise Lost(self._group)
        given = [(self._given[place], offset) for place, offset in upto.items()]
        ours = sorted((claim.partition_id, claim.token, offset) for claim, offset in given)
        partitions, tokens, offsets = (list(column) for column in zip(*ours, strict=True))
        async with self._database.reading() as tx:
            kept = await run(tx, _COMMIT, self._group, partitions, tokens, offsets)
        if kept != len(ours):
            self._errand.set()
            raise Lost(self._group)

    async def rewind(self) -> None:
        self._free_hands()
        async with self._turn, self._database.reading() as tx:
            self._position.update(await rows(tx, _COMMITTED, self._group, list(self._position)))

    async def close(self) -> None:
        """Leave the group; without a database the lease ends by itself."""
        if self._closing:
            return
        self._closing = True
        self._errand.set()
        if self._keeping is not None:
            await self._keeping
        self._forget_news()
        try:
            await self._membership.leave()
        except Exception as error:
            if not is_away(error):
                raise

    async def _keep(self) -> None:
        """Renew the lease, three times before it would end, and whenever the group or our hands changed."""
        while True:
            await _until(self._errand, self._lease / 3)
            self._errand.clear()
            if self._closing:
                return
            try:
                await self._renew()
            except Exception as error:
                if is_away(error):
                    log.warning("log.lease_not_renewed", group=self._group, error=type(error).__name__)
                else:
                    self._failure = error
                    self._entries.set()

    async def _renew(self) -> None:
        # not while entries are being read: what is let go must not be given out at the same time
        async with self._turn:
            self._stand(await self._membership.renew(self._in_hand))

    def _stand(self, standing: Standing) -> None:
        kept = {
            partition: position
            for partition, position in self._position.items()
            if partition in standing.claims and standing.claims[partition].token == self._claims[partition].token
        }
        gained = {partition: claim.next_offset for partition, claim in standing.claims.items() if partition not in kept}
        self._position = kept | gained
        self._claims = standing.claims
        self._owed = standing.owed
        if gained:
            self._entries.set()

    def _free_hands(self) -> None:
        """What was given out last was dealt with: others may have those partitions."""
        self._in_hand.clear()
        if self._owed:
            self._errand.set()

    def _forget_news(self) -> None:
        self._news.forget(self._entries)
        self._news.forget(self._errand)


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
