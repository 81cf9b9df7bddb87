"""JSON Schema of the contract: one document for the envelope, one for the data of each event type."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bianmin.events.envelope import DATASCHEMA, Attributes
from bianmin.events.parts import EventData
from bianmin.events.registry import MODELS

Schema = dict[str, Any]

ENVELOPE = "envelope"
REF = "#/$defs/{model}"


class _Quiet(GenerateJsonSchema):
    """Without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(model: type[EventData]) -> Schema:
    """What the data of an event has to be, as a document of its own.

    A field that is not required is nevertheless in every event written today: it came later, or has a default.
    """
    schema = model.model_json_schema(schema_generator=_Quiet)
    head = {"$schema": _Quiet.schema_dialect, "$id": DATASCHEMA + model.event_type}
    return {**head, **schema, "title": model.event_title}


def envelope_schema() -> Schema:
    """What every event has to be, whatever its data is."""
    schema = Attributes.model_json_schema(schema_generator=_Quiet)
    schema["properties"]["data"] = {"type": "object", "description": "As the schema named by `dataschema` says."}
    schema["required"].append("data")
    head = {"$schema": _Quiet.schema_dialect, "$id": DATASCHEMA + ENVELOPE}
    return {**head, **schema, "title": "CloudEvent"}


def documents() -> Mapping[str, Schema]:
    """All schemas, by event type; that of the envelope as `envelope`."""
    return {ENVELOPE: envelope_schema(), **{name: schema_of(model) for name, model in MODELS.items()}}


def definitions(ref: str = REF) -> dict[str, Schema]:
    """The data models and their parts by class name, each once. `ref` is how they refer to one another."""
    models = [(model, "validation") for model in MODELS.values()]
    _, shared = models_json_schema(models, ref_template=ref, schema_generator=_Quiet)  # type: ignore[arg-type]
    defined: dict[str, Schema] = shared["$defs"]
    return defined
