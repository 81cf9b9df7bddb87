"""The JSON Schemas of the contract: one document per event type, which describes the whole event."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bianmin.events.envelope import DATASCHEMA, Attributes
from bianmin.events.parts import EventData
from bianmin.events.registry import MODELS, meaning_of

Schema = dict[str, Any]

_EVENT = "urn:bianmin:event:"
_ALWAYS_WRITTEN = ("datacontenttype", "dataschema")
"""Attributes that readers do not need and `compose` always writes."""


class _SchemaWithoutFieldTitles(GenerateJsonSchema):
    """Omits the titles that only repeat the name of a field."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def documents() -> Mapping[str, Schema]:
    """Return the schemas of all event types, by type."""
    return {name: schema_of(model) for name, model in MODELS.items()}


def schema_of(model: type[EventData]) -> Schema:
    """Return the schema of a whole event of this type. The schema that `dataschema` names is nested at `data`."""
    name = DATASCHEMA + model.event_type
    envelope = envelope_schema()
    envelope["properties"] |= {
        "type": {"type": "string", "const": model.event_type},
        "dataschema": {"type": "string", "const": name},
        "data": {"$id": name, **data_schema(model)},
    }
    head = {"$schema": _SchemaWithoutFieldTitles.schema_dialect, "$id": _EVENT + model.event_type}
    return {**head, **envelope, "title": model.event_title, "description": meaning_of(model)}


def data_schema(model: type[EventData]) -> Schema:
    """Return the schema of the data of an event.

    Optional fields are always written; they are optional because stored events may lack them.
    """
    return model.model_json_schema(mode="serialization", schema_generator=_SchemaWithoutFieldTitles)


def envelope_schema() -> Schema:
    """Return the schema that all events share: the attributes, and `data` as any object."""
    schema = Attributes.model_json_schema(mode="serialization", schema_generator=_SchemaWithoutFieldTitles)
    required = {*schema["required"], *_ALWAYS_WRITTEN}
    properties = {name: _never_null(attribute) for name, attribute in schema["properties"].items()}
    return {
        **schema,
        "title": "CloudEvent",
        "properties": {**properties, "data": {"type": "object", "description": "The data of the event type."}},
        "required": [*(name for name in properties if name in required), "data"],
    }


def _never_null(attribute: Schema) -> Schema:
    """Return the schema of an attribute without null: `compose` omits an attribute without a value."""
    rest = {keyword: value for keyword, value in attribute.items() if keyword not in ("anyOf", "default")}
    return rest | next((each for each in attribute.get("anyOf", ()) if each != {"type": "null"}), {})


def definitions(ref: str = "#/$defs/{model}") -> dict[str, Schema]:
    """Return the schemas of all data models and their parts, by class name. `ref` is the template of references."""
    models = [(model, "serialization") for model in MODELS.values()]
    _, shared = models_json_schema(models, ref_template=ref, schema_generator=_SchemaWithoutFieldTitles)  # type: ignore[arg-type]
    defined: dict[str, Schema] = shared["$defs"]
    return defined
