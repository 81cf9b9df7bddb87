"""The document of the API says what a client has to send."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from bianmin.domain.actors import ROLES
from bianmin.kit.docs import describe
from bianmin.kit.routers import GuardedRoute
from command.deployment import SERVICES

DOCUMENT = describe(SERVICES)
OPERATIONS: list[dict[str, Any]] = [each for methods in DOCUMENT["paths"].values() for each in methods.values()]
SHARED = DOCUMENT["components"]["responses"]
ANSWERS: list[tuple[str, str, dict[str, Any]]] = [
    (each["operationId"], status, SHARED[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer)
    for each in OPERATIONS
    for status, answer in each["responses"].items()
]
CHANGES = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in ("put", "patch", "delete")
]


def operation_named(name: str) -> dict[str, Any]:
    """Return the operation of this `operationId`."""
    return next(each for each in OPERATIONS if each["operationId"] == name)


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
    bodies = {tuple(answer["content"]) for _, status, answer in ANSWERS if status >= "400"}
    assert bodies == {("application/problem+json",)}


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
    assert all("调用者：" in each["description"] for each in OPERATIONS)
    assert all(set(each["x-roles"]) <= ROLES and each["x-roles"] for each in OPERATIONS)
    assert operation_named("accept_case")["x-roles"] == ["window", "manager"]
    assert "不需要登录" in operation_named("track")["description"]


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


def test_g38_every_status_that_occurs_is_declared() -> None:
    """What a route answers before its endpoint is called; those of the endpoint are tested by random requests."""
    everywhere = {"400", "401", "405", "422", "500", "503"}
    for operation, method in (
        (each, method) for methods in DOCUMENT["paths"].values() for method, each in methods.items()
    ):
        expected = everywhere | ({"408", "413", "415"} if method in ("post", "put") else set())
        expected |= {"429"} if not operation["security"] else set()
        assert expected <= operation["responses"].keys(), operation["operationId"]


def test_g38_every_answer_declares_its_headers() -> None:
    of_status = {
        "201": {"Location"},
        "304": {"ETag"},
        "401": {"WWW-Authenticate"},
        "405": {"Allow"},
        "429": {"Retry-After", "RateLimit", "RateLimit-Policy"},
        "503": {"Retry-After"},
    }
    for name, status, answer in ANSWERS:
        expected = {"X-Request-Id", "Cache-Control"} | of_status.get(status, set())
        assert expected <= answer["headers"].keys(), (name, status)
    pages = {name for name, _, answer in ANSWERS if "Link" in answer["headers"]}
    assert pages == {each["operationId"] for each in OPERATIONS if each["operationId"].startswith("list_")} - {
        "list_versions",
        "list_recounts",
    }
    assert "ETag" in operation_named("get_case")["responses"]["200"]["headers"]
    assert "ETag" not in operation_named("list_cases")["responses"]["200"]["headers"]


def test_g38_every_body_has_a_valid_example() -> None:
    media = [
        (each["operationId"], body["schema"], body.get("example"))
        for each in OPERATIONS
        for part in [each.get("requestBody", {}), *each["responses"].values()]
        for kind, body in part.get("content", {}).items()
        if kind != "application/problem+json"
    ]
    assert len(media) > 100
    for name, schema, example in media:
        assert example is not None, name
        described = {**schema, "components": DOCUMENT["components"]}
        jsonschema_rs.Draft202012Validator(described, validate_formats=True).validate(example)


def test_g38_clients_can_branch_on_the_types_of_problems_and_meet_new_ones() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {"urn:bianmin:problem:materials-missing", "urn:bianmin:problem:internal"} <= set(
        schemas["ProblemType"]["enum"]
    )
    assert schemas["Problem"]["properties"]["type"]["type"] == "string"
    assert "enum" not in schemas["Problem"]["properties"]["type"]


def test_every_schema_is_used_but_for_the_types_of_problems() -> None:
    """Those are there for clients to branch on; no answer is limited to them."""
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT)))
    assert DOCUMENT["components"]["schemas"].keys() - used == {"ProblemType"}


def test_g38_no_scalar_is_a_union_with_null() -> None:
    unions = [
        f"{name}.{field}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, each in schema.get("properties", {}).items()
        if any(
            part.get("type") in ("string", "integer", "number", "boolean") and "enum" not in part
            for part in each.get("anyOf", [])
        )
    ]
    assert unions == []
    assert DOCUMENT["components"]["schemas"]["CaseView"]["properties"]["accepted_on"]["type"] == ["string", "null"]


def test_g38_every_document_has_a_title_of_its_own() -> None:
    titles = {describe([service])["info"]["title"] for service in SERVICES}
    assert len(titles | {DOCUMENT["info"]["title"]}) == 6


def test_to_describe_twice_gives_the_same_document() -> None:
    assert describe(SERVICES) == DOCUMENT


def test_g38_the_example_of_a_body_is_taken_by_its_model() -> None:
    """The models check more than the schema can say."""
    routes = [route for service in SERVICES for router in service.routers for route in router.routes]
    taken = 0
    for route in routes:
        assert isinstance(route, GuardedRoute)
        field = route.body_field.field_info.annotation if route.body_field else route.json_body
        if field is None:
            continue
        content = operation_named(route.endpoint.__name__)["requestBody"]["content"]
        TypeAdapter(field).validate_json(json.dumps(content["application/json"]["example"]))
        taken += 1
    assert taken >= 37
