"""The document of the API says what a client has to send."""

import re
from typing import Any

import jsonschema_rs
import pytest

from bianmin.domain.actors import ROLES
from bianmin.kit.docs import describe
from command.deployment import SERVICES

DOCUMENT = describe(SERVICES)
CHANGES = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in ("put", "patch", "delete")
]


@pytest.mark.parametrize("operation", [pytest.param(operation, id=name) for name, operation in CHANGES])
def test_changes_of_existing_resources_document_if_match(operation: dict[str, Any]) -> None:
    assert "If-Match" in [each["name"] for each in operation["parameters"] if each["in"] == "header"]
    assert {"412", "428"} <= operation["responses"].keys()


def test_only_public_paths_are_documented_without_a_token() -> None:
    security = {
        path: operation["get"]["security"] for path, operation in DOCUMENT["paths"].items() if "get" in operation
    }
    assert security["/api/v1/cases"] == [{"bearer": []}]
    assert security["/api/v1/complaints/follow"] == []


def test_every_error_is_described_as_a_problem() -> None:
    assert not {"HTTPValidationError", "ValidationError"} & DOCUMENT["components"]["schemas"].keys()
    answers = {
        status: answer
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
    }
    assert {tuple(answer["content"]) for answer in answers.values()} == {("application/problem+json",)}


def test_names_of_schemas_are_words() -> None:
    assert [name for name in DOCUMENT["components"]["schemas"] if not name.isalnum()] == []
    assert "CaseSummaryPage" in DOCUMENT["components"]["schemas"]


def test_no_default_stands_beside_a_reference() -> None:
    assert DOCUMENT["components"]["schemas"]["ItemIn"]["properties"]["fee"].keys() & {"$ref", "default"} == {"$ref"}


def test_g37_a_body_that_may_be_left_out_is_not_described_as_null() -> None:
    body = DOCUMENT["paths"]["/api/v1/cases/{case_id}/accept"]["post"]["requestBody"]
    assert not body.get("required")
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/CaseAcceptanceIn"}


def test_every_operation_says_who_may_call_it() -> None:
    operations = [each for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert all("调用者：" in each["description"] for each in operations)
    assert {role for each in operations for role in each.get("x-roles", ())} <= ROLES
    assert any("x-roles" in each for each in operations)


OPERATIONS = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_g36_every_operation_parameter_and_field_is_described_in_chinese() -> None:
    described = [
        *((each["operationId"], each["summary"]) for each in OPERATIONS),
        *((each["operationId"], each["description"].partition("调用者：")[0]) for each in OPERATIONS),
        *(
            (f"{operation['operationId']} {each['name']}", each.get("description", ""))
            for operation in OPERATIONS
            for each in operation.get("parameters", [])
        ),
        *(
            (f"{name}.{field}", each.get("description", ""))
            for name, schema in DOCUMENT["components"]["schemas"].items()
            for field, each in schema.get("properties", {}).items()
        ),
    ]
    assert [name for name, text in described if not CHINESE.search(text)] == []


def test_g36_every_example_of_a_field_or_parameter_is_valid() -> None:
    schemas = [
        *(
            (f"{name}.{field}", each)
            for name, schema in DOCUMENT["components"]["schemas"].items()
            for field, each in schema.get("properties", {}).items()
        ),
        *(
            (f"{operation['operationId']} {each['name']}", each["schema"] | {"examples": each.get("examples", [])})
            for operation in OPERATIONS
            for each in operation.get("parameters", [])
            if isinstance(each.get("examples", []), list)
        ),
    ]
    wrong = [
        f"{name}: {error.message}"
        for name, schema in schemas
        for validator in [validator_of(schema)]
        for example in schema.get("examples", [])
        for error in validator.iter_errors(example)
    ]
    assert wrong == []


def validator_of(schema: dict[str, Any]) -> Any:
    """Return a validator, of formats too, for a schema that refers to others of the document."""
    return jsonschema_rs.validator_for(
        {**schema, "components": DOCUMENT["components"]} | {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        validate_formats=True,
    )


def test_every_answer_declares_its_headers() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                assert "X-Request-Id" in response["headers"]
                assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
