"""A consumer: a member of a group that reads from Kafka."""

import asyncio
from collections.abc import Mapping, Sequence

from bianmin.kit.log import Lost, Record, Stored
from bianmin.kit.log.kafka.clients import Assignments, KafkaEntry, Reader, new_member, place, stop_client
from bianmin.kit.log.kafka.errors import NOT_OWNER_ERRORS, Away, limited

_LEAVE_SECONDS = 5.0
_REBALANCE_SESSIONS = 3
"""A rebalance takes a session at most: the silent members are expelled then."""


class KafkaConsumer:
    """A member of a group. Without a broker it fetches nothing, and continues when there is one again."""

    def __init__(self, client: Reader, assignments: Assignments, group: str, session: float, max_wait: float) -> None:
        self._client = client
        self._assignments = assignments
        self._group = group
        self._max_wait = max_wait
        self._longest_rebalance = _REBALANCE_SESSIONS * session + max_wait

    @classmethod
    async def join(
        cls, bootstrap: str, group: str, topics: Sequence[str], session: float, max_wait: float
    ) -> "KafkaConsumer":
        """Join the group. Raises `Away`."""
        assignments = Assignments()
        client = new_member(bootstrap, group, topics, session, assignments)
        try:
            await limited(client.start(), max_wait)
        except BaseException:
            await stop_client(client, grace=_LEAVE_SECONDS)
            raise
        return cls(client, assignments, group, session, max_wait)

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        """At most `limit` entries; none after `wait` seconds without new ones.

        Raises `Away`, also when a rebalance does not end: the task of aiokafka that carries it out may have died.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        # during a rebalance aiokafka would block until its end, however long it takes
        try:
            async with asyncio.timeout(wait):
                await self._assignments.settled.wait()
        except TimeoutError:
            if self._assignments.unsettled > self._longest_rebalance:
                raise Away(f"a rebalance lasts longer than {self._longest_rebalance:g} s") from None
            return []
        left = max(0, int((deadline - clock()) * 1000))
        found = await limited(self._client.getmany(timeout_ms=left, max_records=limit), wait + self._max_wait)
        return [to_stored(entry) for entries in found.values() for entry in entries]

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        """Commit the next offsets to read. Raises `Lost` after a rebalance, `Away` without a broker."""
        try:
            await limited(
                self._client.commit({place(*where): offset for where, offset in upto.items()}), self._max_wait
            )
        except NOT_OWNER_ERRORS as error:
            raise Lost(self._group) from error

    async def rewind(self) -> None:
        """Go back to the committed offsets. Raises `Away`."""
        await limited(self._rewind(), self._max_wait)

    async def _rewind(self) -> None:
        for where in list(self._client.assignment()):
            committed = await self._client.committed(where)
            try:
                if committed is None:
                    await self._client.seek_to_beginning(where)
                else:
                    self._client.seek(where, committed)
            except NOT_OWNER_ERRORS:
                # another member has the partition now, and starts at the committed offset
                continue

    async def close(self) -> None:
        """Leave the group."""
        await stop_client(self._client, grace=_LEAVE_SECONDS)


def to_stored(entry: KafkaEntry) -> Stored:
    """The entry in the form of the `Log` protocol."""
    key = "" if entry.key is None else entry.key.decode()
    return Stored(Record(entry.topic, key, entry.value, tuple(entry.headers)), entry.partition, entry.offset)
