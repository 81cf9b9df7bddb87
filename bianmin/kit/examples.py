"""Examples of whole bodies for the API document, composed of the examples of their fields."""

from collections.abc import Mapping
from typing import Any

_REFERENCE = "#/components/schemas/"
_BY_FORMAT = {
    "date": "2026-11-27",
    "date-time": "2026-11-27T10:30:00+08:00",
    "uuid": "019aca5e-4c20-7b61-9f3e-2d4a6c8e0b17",
    "binary": "",
}


class NoExample(Exception):
    """A schema has no example, and its type gives none: the field needs one."""


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return a value that is valid against a schema: its example, or one composed of the examples of its parts.

    Raises `NoExample`. `schemas`: those that references name.
    """
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(_REFERENCE)], schemas)
    if "const" in schema:
        return schema["const"]
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("anyOf", "oneOf"):
        if name in schema:
            return example_of(schema[name][0], schemas)
    kind = schema.get("type")
    return _of_type(kind[0] if isinstance(kind, list) else kind, schema, schemas)


def _of_type(kind: str | None, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    match kind:
        case "object":
            return {name: example_of(each, schemas) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [example_of(schema["items"], schemas)] if schema.get("maxItems") != 0 else []
        case "string" if schema.get("format") in _BY_FORMAT:
            return _BY_FORMAT[schema["format"]]
        case "string" if "pattern" not in schema:
            return "示例" * -(-schema.get("minLength", 2) // 2)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    raise NoExample(f"give an example to {schema.get('title', schema)}")
