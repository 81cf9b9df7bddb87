"""From log to inbox: effect and position in one transaction, the log's offset after it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bianmin.events.envelope import Event, MalformedEvent, parse_event
from bianmin.kit import inbox
from bianmin.kit.db import Database, Tx, is_away, is_transient, kind_of
from bianmin.kit.inbox import Chain, Inbox, Raced, Tally
from bianmin.kit.log import Consumer, Log, Lost, Stored
from bianmin.kit.time_source import TimeSource
from bianmin.kit.wait import Backoff

ATTEMPTS = 5
SWEEP_SECONDS = 1.0

log = structlog.get_logger(__name__)


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
        self.last_poll = time.monotonic()
        """When the log was last asked, on the monotonic clock: readiness looks at its age."""

    @property
    def group(self) -> str:
        return f"bianmin.{self._service}"

    async def lag(self) -> int:
        """How many entries of its topics the service has not taken in."""
        return await self._log.lag(self.group, self._topics)

    async def run(self) -> None:
        """Read for ever; whatever fails is waited out and begun again from the committed offsets."""
        backoff = Backoff()
        while True:
            try:
                reader = await self._log.consumer(self.group, self._topics)
                try:
                    await self._read(reader, backoff)
                finally:
                    await reader.close()
            except Exception as error:
                if is_away(error) or isinstance(error, Lost):
                    log.warning("consumer.waits", service=self._service, error=type(error).__name__)
                else:
                    log.exception("consumer.failed", service=self._service)
                await asyncio.sleep(backoff.next())

    async def _read(self, reader: Consumer, backoff: Backoff) -> None:
        swept = 0.0
        while True:
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
        """Take a batch in; what the database refuses as a whole is found by going one by one."""
        events = await self._readable(fetched)
        try:
            await self._in_one(lambda tx: self._inbox.take(tx, events, self._clock.now()))
        except Exception as error:
            if is_away(error):
                raise
            log.info("consumer.one_by_one", service=self._service, error=kind_of(error), events=len(events))
            for event in events:
                await self._alone(event)

    async def _alone(self, event: Event) -> None:
        backoff = Backoff(first=0.05, longest=1.0)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._in_one(lambda tx: self._inbox.take(tx, [event], self._clock.now()))
                return
            except Exception as error:
                if is_away(error):
                    raise
                if attempt == ATTEMPTS or not (is_transient(error) or isinstance(error, Raced)):
                    await self._park(event, error)
                    return
                await asyncio.sleep(backoff.next())

    async def _park(self, event: Event, error: Exception) -> None:
        reason = kind_of(error)
        log.error("event.parked", service=self._service, type=event.type, event_id=str(event.id), reason=reason)
        async with self._database.transaction() as tx:
            await inbox.hold(tx, [(event, "parked", reason)])

    async def _readable(self, fetched: Sequence[Stored]) -> list[Event]:
        """The events among the entries. Tombstones are skipped; what is no event is parked."""
        events = []
        for stored in fetched:
            if stored.record.value is None:
                continue
            try:
                events.append(parse_event(stored.record.value))
            except MalformedEvent:
                log.error("event.unreadable", service=self._service, topic=stored.record.topic, offset=stored.offset)
                async with self._database.transaction() as tx:
                    await inbox.park_unreadable(tx, stored)
        return events

    async def sweep(self) -> None:
        """Try again what is held and due: what waited, and what was released by hand."""
        async with self._database.reading() as tx:
            chains = await inbox.due(tx)
        for chain in dict.fromkeys(chains):
            await self._sweep_one(chain)

    async def _sweep_one(self, chain: Chain) -> None:
        try:
            await self._in_one(lambda tx: self._inbox.retry(tx, [chain], self._clock.now()))
        except Exception as error:
            if is_away(error):
                raise
            async with self._database.transaction() as tx:
                await inbox.park_head(tx, chain, kind_of(error))

    async def _in_one(self, work: Callable[[Tx], Awaitable[Tally]]) -> None:
        async with self._database.transaction() as tx:
            tally = await work(tx)
        if tally.announced:
            self._announced()


def _upto(fetched: Sequence[Stored]) -> dict[tuple[str, int], int]:
    return {(stored.record.topic, stored.partition): stored.offset + 1 for stored in fetched}
