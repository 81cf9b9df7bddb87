"""The envelope: CloudEvents 1.0, structured JSON. A stored row, a Kafka value and a webhook body are the same bytes."""

import re
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, create_model
from pydantic_core import to_json

from bianmin.events.parts import EventData, Moment, in_county_time
from bianmin.events.registry import MODELS, source_of

MEDIA_TYPE = "application/cloudevents+json"
DATASCHEMA = "urn:bianmin:schema:"
LAST_SEQUENCE = 2**31 - 1
"""CloudEvents integers have 32 bits."""

# CloudEvents 1.0, section 3.3: no control characters in an attribute
_Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_Name = Annotated[_Text, Field(min_length=1)]


class Attributes(BaseModel):
    """The attributes of every event: those of CloudEvents 1.0 and the extensions of this system."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    specversion: Literal["1.0"]
    id: UUID
    """UUIDv7, unique across services."""
    source: _Name
    """`/bianmin/{service}`: the service that published the event."""
    type: _Name
    """The event type: `cn.bianmin.{name}.v{version}`."""
    subject: _Name
    """What the event is about, such as a case id. It is the key of the record: events of one subject are in order."""
    time: Moment
    """When the event was stored, at +08:00. Business dates are in the data."""
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: _Name | None = None
    """The `$id` of the JSON Schema of the data."""
    sequence: Annotated[int, Field(ge=1, le=LAST_SEQUENCE)]
    """Position among the events of this source and subject, from 1 without gaps."""
    region: _Text
    """Division code of the org where it happened; empty for an anonymous act."""
    actor: _Name
    """Who acted: a staff id, `citizen`, `anonymous` or `system`; never a name."""
    correlationid: _Name | None = None
    """Id that the events of one case or complaint share."""
    causationid: UUID | None = None
    """The id of the event that caused this one."""
    traceparent: _Name | None = None
    """W3C Trace Context."""


class Event(Attributes):
    """An event that was read. `data` is None when this program does not know the type; its `sequence` is valid all the
    same."""

    data: EventData | None
    _raw: bytes = PrivateAttr(default=b"")

    @property
    def raw(self) -> bytes:
        """The bytes the event was read from."""
        return self._raw


class MalformedEvent(ValueError):
    """The bytes are not an event. The text names the wrong fields and repeats no value, which could be personal
    data."""


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
    """Return the bytes of an event that the service `source` publishes.

    Raises `ValueError` when an attribute is empty, has control characters or is out of range, as readers would refuse
    the event. A `traceparent` with control characters is left out instead: it comes from the client.
    """
    if not (subject and actor) or _CONTROL.search(f"{subject}{region}{actor}{correlation or ''}"):
        raise ValueError("an attribute of an event is empty or has control characters")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError("a sequence is from 1 to 2**31 - 1")
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": source_of(source),
        "type": data.event_type,
        "subject": subject,
        "time": in_county_time(time),
        "datacontenttype": "application/json",
        "dataschema": DATASCHEMA + data.event_type,
        "sequence": sequence,
        "region": region,
        "actor": actor,
    }
    if correlation:
        envelope["correlationid"] = correlation
    if causation is not None:
        envelope["causationid"] = causation
    if traceparent and not _CONTROL.search(traceparent):
        envelope["traceparent"] = traceparent
    envelope["data"] = data
    return to_json(envelope)


def record_headers(value: bytes) -> tuple[tuple[str, bytes], ...]:
    """Return the headers of the record that carries the event: its content type, by the Kafka binding of CloudEvents
    (structured mode), and `ce_id` and `ce_type`, by which a reader can filter without parsing.

    `value` is what `compose` returned: its first `id` and `type` are the attributes.
    """
    id, type = _ID.search(value), _TYPE.search(value)
    named = [(name, found[1]) for name, found in (("ce_id", id), ("ce_type", type)) if found]
    return (("content-type", _CONTENT_TYPE), *named)


_CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8".encode()
_ID = re.compile(rb'"id"\s*:\s*"([0-9a-f-]{36})"')


def parse_event(value: bytes) -> Event:
    """Return the event that the bytes hold. The data of a type unknown to this program is skipped.

    Raises `MalformedEvent`.
    """
    guess = _guess_type(value)
    event = _read(guess, value)
    if isinstance(event, MalformedEvent) or event.type != guess:
        # the guess found a "type" inside the data, or the bytes are written unusually: parse to know
        actual = _type_in(value)
        if actual != guess:
            event = _read(actual, value)
    if isinstance(event, MalformedEvent):
        raise event
    return event


_TYPE = re.compile(rb'"type"\s*:\s*"(cn\.bianmin\.[a-z_.]+\.v[0-9]+)"')


def _guess_type(value: bytes) -> str:
    """Return the first text that looks like an event type. Costs a tenth of parsing and is nearly always right."""
    found = _TYPE.search(value)
    return found[1].decode() if found else ""


class _Typed(BaseModel):
    type: str


def _type_in(value: bytes) -> str:
    try:
        return _Typed.model_validate_json(value).type
    except ValidationError:
        return ""


def _read(type_name: str, value: bytes) -> Event | MalformedEvent:
    model = MODELS.get(type_name)
    try:
        event = (_UnknownEvent if model is None else _event_of(model)).model_validate_json(value, strict=True)
    except ValidationError as error:
        # returned, not raised: the validation error holds the input and must not become the context
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        places = sorted({".".join(map(str, each["loc"])) or each["type"] for each in errors})
        return MalformedEvent(f"not an event of {type_name if model else 'any known type'}: {', '.join(places)[:200]}")
    event._raw = value
    return event


class _UnknownEvent(Event):
    data: Annotated[None, BeforeValidator(lambda data: None)] = None


@cache
def _event_of(model: type[EventData]) -> type[Event]:
    """Return the model that reads an event of one type, envelope and data in one pass."""
    return create_model(f"{model.__name__}Event", __base__=Event, data=(model, ...))
