"""The subscriber: reads the log into the inbox; effect and position in one transaction, the log's offset after it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache

import structlog

from bianmin.events.envelope import Event, MalformedEvent, parse_event
from bianmin.kit import held
from bianmin.kit.db import Database, Tx, is_away, kind_of
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.execute import execute
from bianmin.kit.held import Chain
from bianmin.kit.inbox import Inbox, Tally, chain_of
from bianmin.kit.log import Consumer, Log, Lost, Stored
from bianmin.kit.reread import hold_again
from bianmin.kit.time_source import TimeSource
from bianmin.kit.wait import Activity, Backoff, keep_running

SWEEP_SECONDS = 1.0

log = structlog.get_logger(__name__)

# the services of one process read the same records: each is parsed once
_parse = lru_cache(maxsize=4096)(parse_event)


class Subscriber:
    """One service's reader of the topics it listens to."""

    def __init__(
        self,
        service: str,
        database: Database,
        event_log: Log,
        topics: Sequence[str],
        box: Inbox,
        clock: TimeSource,
        *,
        announced: Callable[[], None],
        size: int = 500,
    ) -> None:
        self._service = service
        self._database = database
        self._log = event_log
        self._topics = topics
        self._inbox = box
        self._clock = clock
        self._announced = announced
        self._size = size
        self.observe: Callable[[int, int], None] = lambda taken_in, announced: None
        """Called after every transaction with the number of events it took in and of those it announced."""
        self.activity = Activity()
        """Every attempt to reach the log or to read from it."""
        self.last_poll = time.monotonic()
        """When the log was last asked, on the monotonic clock: readiness looks at its age."""

    @property
    def group(self) -> str:
        """Return the service's consumer group at the log."""
        return f"bianmin.{self._service}"

    async def lag(self) -> int:
        """Return how many entries of its topics the service has not taken in."""
        return await self._log.lag(self.group, self._topics)

    async def run(self) -> None:
        """Read for ever; after a failure begin again at the committed offsets."""
        await keep_running("consumer", self._service, self._attend, self.activity, replaced_by=(Lost,))

    async def _attend(self, backoff: Backoff) -> None:
        await hold_again(self._database, self._service, self._log)
        reader = await self._log.consumer(self.group, self._topics)
        try:
            await self._read(reader, backoff)
        finally:
            await reader.close()

    async def _read(self, reader: Consumer, backoff: Backoff) -> None:
        swept = 0.0
        while True:
            self.activity.mark()
            self.last_poll = time.monotonic()
            fetched = await reader.fetch(self._size, SWEEP_SECONDS)
            if fetched:
                await self.digest(fetched)
                await reader.commit(_upto(fetched))
                backoff.reset()
            if time.monotonic() - swept >= SWEEP_SECONDS:
                await self.sweep()
                swept = time.monotonic()

    async def digest(self, fetched: Sequence[Stored]) -> None:
        """Carry out a batch of entries; events at fault are parked, and the others go on."""
        events = await self._readable(fetched)
        await self._execute(lambda tx, carry_out: self._inbox.take(tx, events, self._clock.now(), carry_out))

    async def _readable(self, fetched: Sequence[Stored]) -> list[Event]:
        """Return the events among the entries. Tombstones are skipped; what is no event is parked."""
        events = []
        for stored in fetched:
            if stored.record.value is None:
                continue
            try:
                events.append(_parse(stored.record.value))
            except MalformedEvent:
                log.error("event.unreadable", service=self._service, topic=stored.record.topic, offset=stored.offset)
                async with self._database.transaction() as tx:
                    await held.hold_unreadable(tx, stored)
        return events

    async def sweep(self) -> None:
        """Try held events again that are due: waiting ones, and those that a person released."""
        async with self._database.reading() as tx:
            chains = await held.due(tx)
        for chain in chains:
            await self._sweep_one(chain)

    async def _sweep_one(self, chain: Chain) -> None:
        self.activity.mark()
        try:
            await self._execute(lambda tx, carry_out: self._inbox.retry(tx, [chain], self._clock.now(), carry_out))
        except Exception as error:
            if is_away(error):
                raise
            async with self._database.transaction() as tx:
                await held.park_first(tx, chain, kind_of(error))

    async def _execute(self, work: Callable[[Tx, CarryOut], Awaitable[Tally]]) -> None:
        tally = await execute(self._database, self._service, self._inbox.carry_out, work, chain=chain_of)
        self.observe(tally.done + tally.passed_over, tally.announced)
        if tally.announced:
            self._announced()


def _upto(fetched: Sequence[Stored]) -> dict[tuple[str, int], int]:
    return {(stored.record.topic, stored.partition): stored.offset + 1 for stored in fetched}
