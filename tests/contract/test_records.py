"""Records are CloudEvents in the structured mode of their Kafka binding: the official SDK reads them."""

import asyncio
from collections.abc import Awaitable, Callable

from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from cloudevents.core.v1.event import CloudEvent

from bianmin.domain.actors import system
from bianmin.events.intake import ItemRetired
from bianmin.kit import outbox
from bianmin.kit.db import run
from bianmin.kit.decide import Announcement, Cause
from bianmin.kit.relay import Relay
from tests.contract.log_topic import LogTopic, fetch_entries
from tests.service import tiny

EVENTS = 30


async def test_the_official_sdk_reads_every_record_that_a_relay_publishes(
    topic: LogTopic, new_database: Callable[[], Awaitable[str]]
) -> None:
    database = await tiny.furnished(new_database)
    announced = [
        Announcement(f"item-{n}", 1, ItemRetired(org="52", code=f"码-{n}", version=1), Cause(system("52")))
        for n in range(EVENTS)
    ]
    async with database.transaction() as tx:
        await outbox.append(tx, announced, source="intake", at=tiny.NOW)
        await run(tx, "UPDATE outbox SET aggregatetype = $1", topic.name)
    reader = await topic.member()
    relay = Relay("intake", database, await topic.log())
    task = asyncio.create_task(relay.run())
    try:
        entries = await fetch_entries(reader, EVENTS)
    finally:
        task.cancel()
        await asyncio.wait({task})
        await relay.close()
        await database.close()
    for entry in entries:
        headers = dict(entry.record.headers)
        assert headers["content-type"] == b"application/cloudevents+json; charset=utf-8"
        # its `from_kafka_event` takes any record with a `ce_` header for binary mode, which the binding does not say
        event = from_structured_event(KafkaMessage(headers, entry.record.key.encode(), entry.record.value or b""))
        assert isinstance(event, CloudEvent)
        assert headers["ce_id"].decode() == event.get_id()
        assert headers["ce_type"].decode() == event.get_type() == ItemRetired.event_type
        assert event.get_subject() == entry.record.key
    assert {entry.record.key for entry in entries} == {each.subject for each in announced}
