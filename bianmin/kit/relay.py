"""The relay: publishes the outbox to the log, under a lease; deletes a row only after the log acknowledged it."""

import asyncio
import math
import time

from bianmin.events.envelope import record_headers
from bianmin.kit.db import ASYNC_COMMIT, Database, rows
from bianmin.kit.lease import Lease, NotHeld
from bianmin.kit.log import Fenced, Log, Producer, Record
from bianmin.kit.wait import Activity, Backoff, WakeUp, keep_running

# Reads every row, oldest first: not "id > the last one read", for rows do not become visible in the order of their ids.
# The same statement deletes the rows that were published; both parts see the table as it was before. It commits without
# waiting for the disk: a row that comes back after a power cut is published again.
_READ = f"""
WITH deleted AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) AND {ASYNC_COMMIT})
SELECT id, aggregatetype, aggregateid, payload FROM outbox WHERE id <> ALL($1::bigint[]) ORDER BY id LIMIT $2
"""
_AGE = "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox"

BUSY = 16
"""When a reading has this many events, the next one waits a moment for more: they share the cost of a publication."""


class Relay:
    """Publishes the events of one service. Several replicas may run; the one that holds the lease works."""

    def __init__(
        self,
        service: str,
        database: Database,
        event_log: Log,
        *,
        size: int = 500,
        poll: float = 0.25,
        linger: float = 0.06,
        lease: float = 5.0,
    ) -> None:
        self._service = service
        self._database = database
        self._log = event_log
        self._size = size
        self._poll = poll
        self._linger = linger
        self._lease_seconds = lease
        self._lease = Lease(database, "relay", lease)
        self.wake_up = WakeUp()
        """Signalled after a commit that announced events."""
        self.activity = Activity()
        """Every attempt to lead or to publish."""
        self.leading = False
        self.published = 0
        """Events published since the start."""

    async def run(self) -> None:
        """Publish whenever the lease is free or held, for ever."""
        await keep_running("relay", self._service, self._round, self.activity, replaced_by=(NotHeld, Fenced))

    async def _round(self, backoff: Backoff) -> None:
        if await self._lease.acquire():
            await self._lead(backoff)
        else:
            await self.wake_up.wait(self._lease_seconds / 4)

    async def _lead(self, backoff: Backoff) -> None:
        producer = await self._log.producer(f"bianmin.{self._service}.relay")
        self.leading = True
        try:
            await self._publish(producer, backoff)
        finally:
            self.leading = False
            await producer.close()

    async def _publish(self, producer: Producer, backoff: Backoff) -> None:
        published: list[int] = []
        renewed = -math.inf  # the lease is checked again now that the producer, which fences every older one, is there
        while True:
            self.activity.mark()
            # who loses it later without noticing does no harm: the next leader's producer fences ours before it reads
            if time.monotonic() - renewed > self._lease_seconds / 3:
                await self._lease.renew()
                renewed = time.monotonic()
            async with self._database.reading() as tx:
                waiting = await rows(tx, _READ, published, self._size)
            if waiting:
                await producer.append(
                    [Record(topic, key, payload, record_headers(payload)) for _, topic, key, payload in waiting]
                )
                backoff.reset()
                self.published += len(waiting)
            published = [row_id for row_id, *_ in waiting]
            if len(waiting) < self._size:
                # rows that went are deleted with the next reading
                if len(waiting) >= BUSY:
                    await asyncio.sleep(self._linger)
                await self.wake_up.wait(self._poll)

    async def backlog(self) -> tuple[int, float]:
        """Return how many events wait to be published, and how long the oldest has waited (seconds)."""
        async with self._database.reading() as tx:
            [(count, age)] = await rows(tx, _AGE)
        return int(count), float(age)

    async def close(self) -> None:
        """Give up the lease. Call it after `run` was cancelled."""
        await self._lease.release()
