"""The API documents of all services give every field a type: generated clients are typed."""

from collections.abc import Iterator
from typing import Any

import pytest

from bianmin.kit.docs import describe
from bianmin.kit.service import Service
from command.deployment import SERVICES

_TYPES = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}


def fields_of(service: Service) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of all bodies and answers of a service's own, with their schemas."""
    for name, schema in describe([service])["components"]["schemas"].items():
        if name not in ("Problem", "ValidationError", "HTTPValidationError"):
            yield from ((f"{name}.{field}", each) for field, each in schema.get("properties", {}).items())


def is_open(schema: dict[str, Any]) -> bool:
    """Whether a schema is an object that names neither its members nor the type of their values."""
    named = schema.get("properties") or schema.get("additionalProperties") not in (None, True, {})
    return schema.get("type") == "object" and not named


def parts_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema, its alternatives and the schema of its items."""
    yield schema
    for part in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from parts_of(part)


@pytest.mark.parametrize("service", [pytest.param(each, id=each.name) for each in SERVICES])
def test_g36_every_field_has_a_type_and_none_is_an_open_object(service: Service) -> None:
    untyped = [
        name
        for name, schema in fields_of(service)
        if any(is_open(part) or not _TYPES & part.keys() for part in parts_of(schema))
    ]
    assert untyped == []


@pytest.mark.parametrize("service", [pytest.param(each, id=each.name) for each in SERVICES])
def test_g36_no_default_stands_beside_a_reference(service: Service) -> None:
    """The generators for Java and Go do not compile it."""
    document = describe([service])
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    parameters = [each["schema"] for operation in operations for each in operation.get("parameters", [])]
    schemas = [*parameters, *(schema for _, schema in fields_of(service))]
    assert [each for each in schemas if "$ref" in each and "default" in each] == []


@pytest.mark.parametrize("service", [pytest.param(each, id=each.name) for each in SERVICES])
def test_g36_every_answer_in_json_is_one_named_schema(service: Service) -> None:
    """Of a union without a name, clients in Kotlin make one class that needs the fields of all its members."""
    answers = [
        (f"{method} {path} {status}", answer["content"]["application/json"]["schema"])
        for path, item in describe([service])["paths"].items()
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
        if "application/json" in answer.get("content", {})
    ]
    assert [name for name, schema in answers if schema.keys() != {"$ref"}] == []
