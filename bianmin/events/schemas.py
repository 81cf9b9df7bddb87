"""JSON Schema of the contract: for each event type one document, of the whole event as it is announced."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bianmin.events.envelope import DATASCHEMA, Attributes
from bianmin.events.parts import EventData
from bianmin.events.registry import MODELS, meaning_of

Schema = dict[str, Any]

_EVENT = "urn:bianmin:event:"
_ALWAYS_WRITTEN = ("datacontenttype", "dataschema")
"""Attributes that a reader can do without, and `compose` never leaves out."""


class _Plain(GenerateJsonSchema):
    """Without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def documents() -> Mapping[str, Schema]:
    """The schemas of all events, by type."""
    return {name: schema_of(model) for name, model in MODELS.items()}


def schema_of(model: type[EventData]) -> Schema:
    """What an event of this type is. The schema of its data, which its `dataschema` names, stands within."""
    name = DATASCHEMA + model.event_type
    envelope = envelope_schema()
    envelope["properties"] |= {
        "type": {"type": "string", "const": model.event_type},
        "dataschema": {"type": "string", "const": name},
        "data": {"$id": name, **data_schema(model)},
    }
    head = {"$schema": _Plain.schema_dialect, "$id": _EVENT + model.event_type}
    return {**head, **envelope, "title": model.event_title, "description": meaning_of(model)}


def data_schema(model: type[EventData]) -> Schema:
    """What the data of an event is. A field that is not required is written all the same: old events may lack it."""
    return model.model_json_schema(mode="serialization", schema_generator=_Plain)


def envelope_schema() -> Schema:
    """What every event is, whatever its data."""
    schema = Attributes.model_json_schema(mode="serialization", schema_generator=_Plain)
    required = {*schema["required"], *_ALWAYS_WRITTEN}
    properties = {name: _never_null(attribute) for name, attribute in schema["properties"].items()}
    return {
        **schema,
        "title": "CloudEvent",
        "properties": {**properties, "data": {"type": "object", "description": "What the event says."}},
        "required": [*(name for name in properties if name in required), "data"],
    }


def _never_null(attribute: Schema) -> Schema:
    """An attribute that has nothing to say is left out."""
    said = {keyword: value for keyword, value in attribute.items() if keyword not in ("anyOf", "default")}
    return said | next((each for each in attribute.get("anyOf", ()) if each != {"type": "null"}), {})


def definitions(ref: str = "#/$defs/{model}") -> dict[str, Schema]:
    """The data models and their parts by class name, each once. `ref` is how they refer to one another."""
    models = [(model, "serialization") for model in MODELS.values()]
    _, shared = models_json_schema(models, ref_template=ref, schema_generator=_Plain)  # type: ignore[arg-type]
    defined: dict[str, Schema] = shared["$defs"]
    return defined
