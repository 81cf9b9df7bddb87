"""A consumer: a member of a group that reads from PostgreSQL."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from bianmin.kit.db import ASYNC_COMMIT, Database, is_away, rows, run
from bianmin.kit.log import Lost, Record, Stored
from bianmin.kit.log.postgres.headers import unpack
from bianmin.kit.log.postgres.membership import Claim, Membership, MemberState
from bianmin.kit.log.postgres.notifications import Notifications, group_subject, topic_subject

# a fair share of every partition that has new entries, in the order of the first argument
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
# all or none: a claim of another member has another token. Entries after an offset lost in a power cut are read again
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
    """A member of a group, with a task that renews its lease. One task at a time may use it."""

    def __init__(
        self,
        database: Database,
        notifications: Notifications,
        group: str,
        topics: Sequence[str],
        *,
        lease: float,
        poll: float,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._group = group
        self._lease = lease
        self._poll = poll
        self._membership = Membership(database, group, topics, lease)
        self._claims: dict[int, Claim] = {}
        self._position: dict[int, int] = {}
        # the claims of all entries fetched so far; the partitions of the batch that the caller works on
        self._claims_of_fetched: dict[tuple[str, int], Claim] = {}
        self._busy: set[int] = set()
        self._to_release: frozenset[int] = frozenset()
        self._lock = asyncio.Lock()
        # set when there may be entries to read
        self._entries = asyncio.Event()
        self._renew_now = asyncio.Event()
        self._closing = False
        self._failure: Exception | None = None
        self._keeper: asyncio.Task[None] | None = None
        notifications.follow(self._entries, [topic_subject(topic) for topic in topics])
        notifications.follow(self._renew_now, [group_subject(group)])

    async def join(self) -> None:
        """Join the group and begin to renew the lease."""
        try:
            await self._renew()
        except BaseException:
            self._unfollow()
            raise
        self._keeper = asyncio.create_task(self._keep_lease(), name=f"log member of {self._group}")

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        """At most `limit` entries of our partitions, each in its turn. Raises the error that stopped the renewals."""
        self._finish_batch()
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        while True:
            await _until(self._entries, min(max(0.0, deadline - clock()), self._poll))
            self._entries.clear()
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            async with self._lock:
                found = await self._read(limit)
            # no partition gives more than its fair share: with that many entries one of them may have others left
            if len(found) * len(self._position) >= limit:
                self._entries.set()
            if found or clock() >= deadline:
                return found

    async def _read(self, limit: int) -> list[Stored]:
        if not self._position:
            return []
        async with self._database.reading() as tx:
            read = await rows(tx, _READ, list(self._position.keys()), list(self._position.values()), limit)
        found = []
        for partition_id, offset, key, headers, value in read:
            claim = self._claims[partition_id]
            self._claims_of_fetched[claim.topic, claim.number] = claim
            found.append(Stored(Record(claim.topic, key, value, unpack(headers)), claim.number, offset))
            # a partition that was read goes to the end of the queue
            self._position.pop(partition_id)
            self._position[partition_id] = offset + 1
        self._busy = {row[0] for row in read}
        return found

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        """Store the next offsets to read, all or none. Raises `Lost`."""
        if not upto:
            return
        if upto.keys() - self._claims_of_fetched.keys():
            raise Lost(self._group)
        given = [(self._claims_of_fetched[place], offset) for place, offset in upto.items()]
        ours = sorted((claim.partition_id, claim.token, offset) for claim, offset in given)
        partitions, tokens, offsets = (list(column) for column in zip(*ours, strict=True))
        async with self._database.reading() as tx:
            kept = await run(tx, _COMMIT, self._group, partitions, tokens, offsets)
        if kept != len(ours):
            self._renew_now.set()
            raise Lost(self._group)

    async def rewind(self) -> None:
        """Go back to the committed offsets."""
        self._finish_batch()
        async with self._lock, self._database.reading() as tx:
            self._position.update(await rows(tx, _COMMITTED, self._group, list(self._position)))
        self._entries.set()

    async def close(self) -> None:
        """Leave the group. Without a database the lease ends by itself."""
        if self._closing:
            return
        self._closing = True
        self._renew_now.set()
        if self._keeper is not None:
            await self._keeper
        self._unfollow()
        try:
            await self._membership.leave()
        except Exception as error:
            if not is_away(error):
                raise

    async def _keep_lease(self) -> None:
        """Renew the lease three times in its duration, and whenever the group or the batch changed."""
        while True:
            await _until(self._renew_now, self._lease / 3)
            self._renew_now.clear()
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
        # not while entries are read: a partition must not be released and read at the same time
        async with self._lock:
            self._apply(await self._membership.renew(self._busy))

    def _apply(self, state: MemberState) -> None:
        kept = {
            partition: position
            for partition, position in self._position.items()
            if partition in state.claims and state.claims[partition].token == self._claims[partition].token
        }
        gained = {partition: claim.next_offset for partition, claim in state.claims.items() if partition not in kept}
        self._position = kept | gained
        self._claims = state.claims
        self._to_release = state.to_release
        if gained:
            self._entries.set()

    def _finish_batch(self) -> None:
        """The caller is done with its batch: its partitions may be released."""
        self._busy.clear()
        if self._to_release:
            self._renew_now.set()

    def _unfollow(self) -> None:
        self._notifications.unfollow(self._entries)
        self._notifications.unfollow(self._renew_now)


async def _until(event: asyncio.Event, seconds: float) -> None:
    if event.is_set():
        return
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
