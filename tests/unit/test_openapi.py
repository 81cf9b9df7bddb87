"""The document of the API says what a client has to send."""

from typing import Any

import pytest

from bianmin.kit.docs import describe
from command.deployment import SERVICES

CHANGES = [
    (f"{method} {path}", operation)
    for path, methods in describe(SERVICES)["paths"].items()
    for method, operation in methods.items()
    if method in ("put", "patch", "delete")
]


@pytest.mark.parametrize("operation", [pytest.param(operation, id=name) for name, operation in CHANGES])
def test_changes_of_existing_resources_document_if_match(operation: dict[str, Any]) -> None:
    headers = [each["name"] for each in operation["parameters"] if each["in"] == "header"]
    assert headers == ["If-Match"]
    assert {"412", "428"} <= operation["responses"].keys()


def test_only_public_paths_are_documented_without_a_token() -> None:
    security = {
        path: operation["get"]["security"]
        for path, operation in describe(SERVICES)["paths"].items()
        if "get" in operation
    }
    assert security["/api/v1/cases"] == [{"bearer": []}]
    assert security["/api/v1/complaints/follow"] == []
