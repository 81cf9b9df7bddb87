"""The envelope: CloudEvents 1.0, structured JSON. A stored row, a Kafka value and a webhook body are the same bytes."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, NotRequired
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

from bianmin.events.parts import EventData
from bianmin.events.registry import MODELS, source_of

MEDIA_TYPE = "application/cloudevents+json"
DATASCHEMA = "urn:bianmin:schema:"


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was read. `data` is None when this reader does not know the type: it still counts in its order.

    `sequence` is the position within (source, subject), gap-free from 1. `raw` is the event's bytes.
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    region: str
    actor: str
    correlationid: str | None
    causationid: UUID | None
    traceparent: str | None
    data: EventData | None
    raw: bytes


class Malformed(ValueError):
    """Bytes that are no event. The text does not repeat them."""


def compose(
    data: EventData,
    *,
    id: UUID,
    source: str,
    subject: str,
    sequence: int,
    time: datetime,
    region: str,
    actor: str,
    correlation: str | None = None,
    causation: UUID | None = None,
    traceparent: str | None = None,
) -> bytes:
    """The bytes of an event that `source` (a service) announces."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": source_of(source),
        "type": data.event_type,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": DATASCHEMA + data.event_type,
        "sequence": sequence,
        "region": region,
        "actor": actor,
    }
    if correlation is not None:
        envelope["correlationid"] = correlation
    if causation is not None:
        envelope["causationid"] = causation
    if traceparent is not None:
        envelope["traceparent"] = traceparent
    envelope["data"] = data
    return to_json(envelope)


_TYPE = re.compile(rb'"type"\s*:\s*"(cn\.bianmin\.[a-z_.]+\.v[0-9]+)"')


def parse_event(value: bytes) -> Event:
    """Read an event. `type` is looked at first: an unknown one is read without its data. Raises `Malformed`."""
    found = _TYPE.search(value)
    name = found[1].decode() if found else ""
    try:
        read = reader_of(name).validate_json(value)
        if read["type"] != name:
            # the pattern met a "type" inside the data first
            read = reader_of(read["type"]).validate_json(value)
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(str(step) for step in one["loc"]) for one in error.errors()}))
        raise Malformed(f"no event of type {name or 'unknown'}: {wrong[:200]}") from None
    return Event(
        id=read["id"],
        source=read["source"],
        type=read["type"],
        subject=read["subject"],
        time=read["time"],
        sequence=read["sequence"],
        region=read["region"],
        actor=read["actor"],
        correlationid=read.get("correlationid"),
        causationid=read.get("causationid"),
        traceparent=read.get("traceparent"),
        data=read.get("data"),
        raw=value,
    )


class _Attributes(TypedDict):
    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: AwareDatetime
    datacontenttype: NotRequired[Literal["application/json"]]
    dataschema: NotRequired[str]
    sequence: int
    region: str
    actor: str
    correlationid: NotRequired[str]
    causationid: NotRequired[UUID]
    traceparent: NotRequired[str]


@cache
def reader_of(type_name: str) -> TypeAdapter[Any]:
    """What reads events of one type; of a type nobody knows, the attributes alone."""
    model = MODELS.get(type_name)
    if model is None:
        return _STRANGER
    return TypeAdapter(TypedDict(model.__name__, {**_FIELDS, "data": model}))  # type: ignore[operator]


_FIELDS = _Attributes.__annotations__
_STRANGER = TypeAdapter(_Attributes)
