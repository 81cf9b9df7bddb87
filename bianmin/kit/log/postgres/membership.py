"""A member of a group: a lease that it renews, and claims on partitions, each with its own token.

Claims change only under the group's lock, so every member decides on the same state. A member takes a partition only
where no live member has it; a member with more than its share releases partitions between two batches.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bianmin.kit.db import Database, Tx, rows, run
from bianmin.kit.ids import new_id
from bianmin.kit.log.postgres.assignment import assign
from bianmin.kit.log.postgres.notifications import CHANNEL, group_subject

# a stopped process is disconnected: the others wait for its transaction to end
_LOCK = """
SELECT set_config('idle_in_transaction_session_timeout', '5s', true),
       pg_advisory_xact_lock(hashtextextended('bianmin log group ' || $1::text, 0))
"""
# clock_timestamp and not now: the transaction may have waited for the lock
_RENEW = """
WITH gone AS (
    DELETE FROM member WHERE group_name = $1 AND id <> $2 AND expires_at < clock_timestamp() RETURNING id
), renewed AS (
    INSERT INTO member (group_name, id, topics, expires_at)
    VALUES ($1, $2, $3::text[], clock_timestamp() + $4::float8 * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
    RETURNING xmax = 0 AS joined
)
SELECT joined OR EXISTS (SELECT FROM gone) FROM renewed
"""
_MEMBERS = "SELECT id, topics FROM member WHERE group_name = $1"
_CLAIMS = """
SELECT partition.id, topic, number, member_id, coalesce(token, 0), coalesce(claim.next_offset, 0)
FROM partition LEFT JOIN claim ON claim.partition_id = partition.id AND claim.group_name = $1
WHERE topic = ANY($2::text[])
"""
_TAKE = """
INSERT INTO claim (group_name, member_id, partition_id) SELECT $1, $2, id FROM unnest($3::smallint[]) AS id ORDER BY id
ON CONFLICT (group_name, partition_id) DO UPDATE SET member_id = excluded.member_id, token = claim.token + 1
RETURNING partition_id, token, next_offset
"""
_LET_GO = """
UPDATE claim SET member_id = NULL WHERE group_name = $1 AND member_id = $2 AND partition_id = ANY($3::smallint[])
"""
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', $1)"
_LEAVE = f"WITH gone AS (DELETE FROM member WHERE id = $1) SELECT pg_notify('{CHANNEL}', $2)"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read a partition for the group. `next_offset`: where to start, as of the time it was taken."""

    partition_id: int
    topic: str
    number: int
    token: int
    next_offset: int


@dataclass(frozen=True, slots=True)
class MemberState:
    """The claims of a member after a renewal, and the partitions that it should release when it can."""

    claims: dict[int, Claim]
    to_release: frozenset[int]


class Membership:
    """One member of one group. `lease` in seconds."""

    def __init__(self, database: Database, group: str, topics: Sequence[str], lease: float) -> None:
        self._database = database
        self._group = group
        self._topics = list(topics)
        self._lease = lease
        self._id: UUID = new_id()

    async def renew(self, busy: Collection[int]) -> MemberState:
        """Renew the lease; take free partitions that are ours, release those of others that are not `busy`."""
        async with self._database.transaction() as tx:
            await run(tx, _LOCK, self._group)
            [(changed,)] = await rows(tx, _RENEW, self._group, self._id, self._topics, self._lease)
            held, free, fair = await self._look(tx)
            surplus = held.keys() - fair
            let_go = surplus.difference(busy)
            if let_go:
                await run(tx, _LET_GO, self._group, self._id, sorted(let_go))
            taken = await self._take(tx, {partition: free[partition] for partition in fair & free.keys()})
            if changed or let_go:
                await run(tx, _NOTIFY, group_subject(self._group))
        claims = {partition: claim for partition, claim in held.items() if partition not in let_go} | taken
        return MemberState(claims, frozenset(surplus - let_go))

    async def _look(self, tx: Tx) -> tuple[dict[int, Claim], dict[int, Claim], set[int]]:
        """Our claims, the claims of nobody, and the partitions that should be ours."""
        members: dict[UUID, list[str]] = dict(await rows(tx, _MEMBERS, self._group))
        topics = sorted({topic for wanted in members.values() for topic in wanted})
        held, free = {}, {}
        readers: dict[int, list[UUID]] = {}
        owners: dict[int, UUID | None] = {}
        for partition, topic, number, owner, token, next_offset in await rows(tx, _CLAIMS, self._group, topics):
            claim = Claim(partition, topic, number, token, next_offset)
            readers[partition] = [member for member, wanted in members.items() if topic in wanted]
            owners[partition] = owner
            if owner == self._id:
                held[partition] = claim
            elif owner not in members:
                free[partition] = claim
        return held, free, assign(readers, owners).get(self._id, set())

    async def _take(self, tx: Tx, free: dict[int, Claim]) -> dict[int, Claim]:
        if not free:
            return {}
        taken = await rows(tx, _TAKE, self._group, self._id, sorted(free))
        return {
            partition: replace(free[partition], token=token, next_offset=next_offset)
            for partition, token, next_offset in taken
        }

    async def leave(self) -> None:
        """Leave the group; its other members may take the claims at once."""
        async with self._database.reading() as tx:
            await run(tx, _LEAVE, self._id, group_subject(self._group))
