"""Our bytes as the CloudEvents SDK reads them, and the SDK's as we do."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events import samples
from bianmin.events.envelope import LAST_SEQUENCE, parse_event, record_headers
from bianmin.events.parts import EventData
from tests.unit.events.builders import an_event, any_data

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001
PRINTABLE = st.text(min_size=1, max_size=20).filter(str.isprintable)


def as_the_sdk_reads(value: bytes) -> dict[str, Any]:
    """All attributes and the data."""
    headers = dict(record_headers(value))
    event = from_structured_event(KafkaMessage(headers, None, value))
    assert (headers["ce_id"].decode(), headers["ce_type"].decode()) == (event.get_id(), event.get_type())
    return {**event.get_attributes(), "data": event.get_data()}


def as_we_read(value: bytes) -> dict[str, Any]:
    event = parse_event(value)
    said = event.model_dump(exclude_none=True, exclude={"data"})
    texts = {name: str(part) if isinstance(part, UUID) else part for name, part in said.items()}
    assert event.data is not None
    return {**texts, "data": event.data.model_dump(mode="json", exclude_unset=True)}


@settings(deadline=None)
@given(any_data(), st.uuids(), st.integers(1, LAST_SEQUENCE), MOMENTS, PRINTABLE, PRINTABLE, st.none() | st.uuids())
def test_the_sdk_reads_our_events_as_we_do(
    data: EventData, id: UUID, sequence: int, time: datetime, subject: str, actor: str, causation: UUID | None
) -> None:
    value = an_event(
        data,
        id=id,
        sequence=sequence,
        time=time,
        subject=subject,
        actor=actor,
        causation=causation,
        correlation=subject,
    )
    theirs = as_the_sdk_reads(value)
    assert theirs == as_we_read(value)
    assert theirs["time"].utcoffset() == datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset()


@pytest.mark.parametrize("name", samples.every())
def test_the_sdk_reads_the_stored_events_as_we_do(name: str) -> None:
    value = samples.every()[name]
    assert as_the_sdk_reads(value) == as_we_read(value)


@settings(deadline=None)
@given(any_data(), st.uuids(), st.integers(1, LAST_SEQUENCE), MOMENTS)
def test_we_read_events_that_the_sdk_wrote(data: EventData, id: UUID, sequence: int, time: datetime) -> None:
    attributes = {
        "id": str(id),
        "source": "/bianmin/intake",
        "type": data.event_type,
        "subject": "520111/MZ-001",
        "time": time,
        "sequence": sequence,
        "region": "520111",
        "actor": "system",
    }
    written = to_structured_event(CloudEvent(attributes, data.model_dump(mode="json"))).value
    assert isinstance(written, bytes)
    event = parse_event(written)
    # at UTC, for in the hour that a zone repeats a time is equal to none of another zone (PEP 495)
    assert (event.data, event.id, event.sequence, event.time) == (data, id, sequence, time.astimezone(UTC))
