"""Reading as a member of a group."""

import asyncio
from collections.abc import Mapping, Sequence

from bianmin.kit.log import Lost, Record, Stored
from bianmin.kit.log.kafka.clients import Assignments, Entry, Reader, end, new_member, place
from bianmin.kit.log.kafka.errors import DISOWNED, bounded

_LEAVE_SECONDS = 5.0


class KafkaConsumer:
    """A member of a group. Without a broker it finds nothing new, and goes on when there is one again."""

    def __init__(self, client: Reader, assignments: Assignments, group: str, patience: float) -> None:
        self._client = client
        self._assignments = assignments
        self._group = group
        self._patience = patience

    @classmethod
    async def join(
        cls, bootstrap: str, group: str, topics: Sequence[str], session: float, patience: float
    ) -> "KafkaConsumer":
        assignments = Assignments()
        client = new_member(bootstrap, group, topics, session, assignments)
        try:
            async with bounded(patience):
                await client.start()
        except BaseException:
            await end(client, grace=_LEAVE_SECONDS)
            raise
        return cls(client, assignments, group, patience)

    async def fetch(self, limit: int, wait: float) -> list[Stored]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        # asked in the middle of a new deal, aiokafka would keep us until it is over, however long
        try:
            async with asyncio.timeout(wait):
                await self._assignments.settled.wait()
        except TimeoutError:
            return []
        left = max(0, int((deadline - clock()) * 1000))
        async with bounded(wait + self._patience):
            found = await self._client.getmany(timeout_ms=left, max_records=limit)
        return [stored(entry) for entries in found.values() for entry in entries]

    async def commit(self, upto: Mapping[tuple[str, int], int]) -> None:
        try:
            async with bounded(self._patience):
                await self._client.commit({place(*where): offset for where, offset in upto.items()})
        except DISOWNED as error:
            raise Lost(self._group) from error

    async def rewind(self) -> None:
        async with bounded(self._patience):
            for where in list(self._client.assignment()):
                committed = await self._client.committed(where)
                try:
                    if committed is None:
                        await self._client.seek_to_beginning(where)
                    else:
                        self._client.seek(where, committed)
                except DISOWNED:
                    # taken away meanwhile: whoever has it begins where we would
                    continue

    async def close(self) -> None:
        await end(self._client, grace=_LEAVE_SECONDS)


def stored(entry: Entry) -> Stored:
    key = "" if entry.key is None else entry.key.decode()
    return Stored(Record(entry.topic, key, entry.value, tuple(entry.headers)), entry.partition, entry.offset)
