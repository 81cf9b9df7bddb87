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
_Name = Annotated[_Text, Field(min_length=1)]


class Attributes(BaseModel):
    """What every event says besides its data: the CloudEvents 1.0 attributes, and this system's extensions."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    specversion: Literal["1.0"]
    id: UUID
    """UUIDv7: unique everywhere."""
    source: _Name
    """`/bianmin/{service}`: who announced it."""
    type: _Name
    """`cn.bianmin.{what.happened}.v{version}`."""
    subject: _Name
    """What it happened to; the record's key, so order holds within it."""
    time: Moment
    """When it was announced, at +08:00. Business dates are in the data."""
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: _Name | None = None
    """The `$id` of the JSON Schema of the data."""
    sequence: Annotated[int, Field(ge=1, le=LAST_SEQUENCE)]
    """Position within the subject at this source, gap-free from 1."""
    region: _Text
    """Division code of the org where it happened; empty where nobody said who they are."""
    actor: _Name
    """Staff id, or `citizen`, `anonymous`, `system`; never a name."""
    correlationid: _Name | None = None
    """Which matter it belongs to."""
    causationid: UUID | None = None
    """The id of the event it follows from."""
    traceparent: _Name | None = None
    """W3C Trace Context."""


class Event(Attributes):
    """One event as it was read. `data` is None when the type is not known here: it still counts in its order."""

    data: EventData | None
    _raw: bytes = PrivateAttr(default=b"")

    @property
    def raw(self) -> bytes:
        """The event's bytes."""
        return self._raw


class Malformed(ValueError):
    """Bytes that are no event. The text says where, and repeats nothing of them."""


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
    """The bytes of an event that `source` (a service) announces. What no reader would take is a ValueError here.

    A `traceparent` comes from outside and stops nothing: one that cannot be an attribute is left out.
    """
    if not (subject and actor and f"{subject}{region}{actor}{correlation or ''}".isprintable()):
        raise ValueError("an attribute of an event is empty or has control characters in it")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError("a sequence counts from 1, in 32 bits")
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
    if traceparent and traceparent.isprintable():
        envelope["traceparent"] = traceparent
    envelope["data"] = data
    return to_json(envelope)


def parse_event(value: bytes) -> Event:
    """Read an event, its type first: of one that is not known here the data is skipped. Raises `Malformed`."""
    guess = _guess_type(value)
    event = _read(guess, value)
    if isinstance(event, Malformed) or event.type != guess:
        # a "type" in the data came first, or the envelope's is spelt unusually: only a full reading tells
        actual = _type_in(value)
        if actual != guess:
            event = _read(actual, value)
    if isinstance(event, Malformed):
        raise event
    return event


_TYPE = re.compile(rb'"type"\s*:\s*"(cn\.bianmin\.[a-z_.]+\.v[0-9]+)"')


def _guess_type(value: bytes) -> str:
    """The first thing that looks like an event type: costs a tenth of parsing, and is nearly always right."""
    found = _TYPE.search(value)
    return found[1].decode() if found else ""


class _Typed(BaseModel):
    type: str


def _type_in(value: bytes) -> str:
    try:
        return _Typed.model_validate_json(value).type
    except ValidationError:
        return ""


def _read(type_name: str, value: bytes) -> Event | Malformed:
    model = MODELS.get(type_name)
    try:
        event = (_StrangeEvent if model is None else _event_of(model)).model_validate_json(value, strict=True)
    except ValidationError as error:
        # not raised from here: the validation error knows the input, and must not come along as the context
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        places = sorted({".".join(map(str, one["loc"])) or one["type"] for one in errors})
        return Malformed(f"no event of {type_name if model else 'any known type'}: {', '.join(places)[:200]}")
    event._raw = value
    return event


class _StrangeEvent(Event):
    data: Annotated[None, BeforeValidator(lambda data: None)] = None


@cache
def _event_of(model: type[EventData]) -> type[Event]:
    """What reads events of one type, envelope and data in one pass."""
    return create_model(f"{model.__name__}Event", __base__=Event, data=(model, ...))
