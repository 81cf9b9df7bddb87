"""Events with defaults, and events of any kind: whatever the published schemas allow."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from bianmin.events.envelope import compose
from bianmin.events.intake import ItemRetired
from bianmin.events.parts import EventData
from bianmin.events.registry import MODELS
from bianmin.events.schemas import Schema, data_schema

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
AN_ID = UUID("01a205f6-5740-7ac6-bfcd-4160a1e8674d")


def some_data() -> EventData:
    return ItemRetired(org="520111", code="MZ-001", version=3)


def an_event(data: EventData | None = None, **given: Any) -> bytes:
    """The bytes of an event; each attribute may be given."""
    attributes: dict[str, Any] = {
        "id": AN_ID,
        "source": "intake",
        "subject": "520111/MZ-001",
        "sequence": 1,
        "time": MORNING,
        "region": "520111",
        "actor": "520111-admin",
    }
    return compose(data or some_data(), **(attributes | given))


def any_data() -> st.SearchStrategy[EventData]:
    """Data of any event type."""
    return st.sampled_from(list(MODELS.values())).flatmap(
        lambda model: values_of(data_schema(model)).map(lambda value: model.model_validate(value))
    )


def values_of(document: Schema) -> st.SearchStrategy[Any]:
    """JSON values that a schema of the contract allows."""
    return _values(document, document)


def _values(document: Schema, schema: Schema) -> st.SearchStrategy[Any]:
    match schema:
        case {"$ref": reference}:
            return _values(document, document["$defs"][reference.rpartition("/")[2]])
        case {"anyOf": alternatives}:
            return st.one_of([_values(document, each) for each in alternatives])
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "object", "properties": properties}:
            required = set(schema.get("required", ()))
            fields = {name: _values(document, field) for name, field in properties.items()}
            return st.fixed_dictionaries(
                {name: field for name, field in fields.items() if name in required},
                optional={name: field for name, field in fields.items() if name not in required},
            )
        case {"type": "array", "items": items}:
            return st.lists(_values(document, items), max_size=3)
        case {"format": "uuid"}:
            return st.uuids().map(str)
        case {"format": "date"}:
            return st.dates().map(str)
        case {"format": "date-time"}:
            return st.datetimes(timezones=st.timezones()).filter(_in_range).map(datetime.isoformat)
        case {"pattern": pattern}:
            return st.from_regex(str(pattern), fullmatch=True).filter(lambda text: "\n" not in text)
        case {"type": "string"}:
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31 - 1))
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
    raise ValueError(f"no values for {schema}")


def _in_range(moment: datetime) -> bool:
    """Whether it exists at +08:00, and its offset is one that RFC 3339 can write."""
    offset = moment.utcoffset()
    return 2 < moment.year < 9998 and offset is not None and offset.total_seconds() % 60 == 0
