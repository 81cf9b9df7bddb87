"""The document of the API says what a client has to send."""

from typing import Any

import pytest

from bianmin.kit.docs import describe
from command.deployment import SERVICES

OF_WHAT_EXISTS = [
    (f"{method} {path}", told)
    for path, methods in describe(SERVICES)["paths"].items()
    for method, told in methods.items()
    if method in ("put", "patch", "delete")
]


@pytest.mark.parametrize("told", [pytest.param(told, id=name) for name, told in OF_WHAT_EXISTS])
def test_whoever_changes_what_exists_is_told_of_if_match(told: dict[str, Any]) -> None:
    headers = [each["name"] for each in told["parameters"] if each["in"] == "header"]
    assert headers == ["If-Match"]
    assert {"412", "428"} <= told["responses"].keys()


def test_only_public_paths_are_documented_without_a_token() -> None:
    security = {path: told["get"]["security"] for path, told in describe(SERVICES)["paths"].items() if "get" in told}
    assert security["/api/v1/cases"] == [{"bearer": []}]
    assert security["/api/v1/complaints/follow"] == []
