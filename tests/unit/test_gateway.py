"""The gateway sends every path of the API to the service that has it."""

import json
import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from bianmin.kit.docs import describe
from command.deployment import SERVICES

CONF = Path(__file__).parents[2] / "deploy" / "gateway" / "default.conf"


def the_map() -> list[tuple[re.Pattern[str], str]]:
    """nginx asks the patterns in the order in which they stand."""
    text = CONF.read_text(encoding="utf-8")
    block = text[text.index("map $uri $service {") :]
    entries = re.findall(r"^\s+~(\S+)\s+(\S+);$", block[: block.index("\n}")], re.MULTILINE)
    return [(re.compile(pattern.replace("(?<", "(?P<")), service) for pattern, service in entries]


def service_of(path: str) -> str:
    for pattern, service in the_map():
        if found := pattern.search(path):
            return found["own"] if service == "$own" else service
    return ""


def test_g8_the_access_log_has_no_arguments_of_addresses() -> None:
    text = CONF.read_text(encoding="utf-8")
    [format_] = re.findall(r"^log_format paths ([^;]*);", text, re.MULTILINE)
    assert not re.search(
        r"\$(request|request_uri|args|query_string|is_args|arg_\w+|http_referer|document_uri)\b", format_
    )
    assert re.findall(r"^\s*access_log\s+(.*);", text, re.MULTILINE) == ["/var/log/nginx/access.log paths"]


PATHS = [(path, service.name) for service in SERVICES for path in describe([service])["paths"]]


@pytest.mark.parametrize(("path", "service"), PATHS)
def test_every_path_goes_to_the_service_that_has_it(path: str, service: str) -> None:
    assert service_of(re.sub(r"\{[^}]*\}", "01a207d3-afdc-7702-b13c-1d53a94d0e25", path)) == service


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_each_service_has_its_own_document(service: str) -> None:
    assert service_of(f"/api/v1/{service}/openapi.json") == service


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/", "/api/v2/cases", "/api/v1/casesx", "/etc/passwd", "/api/v1/dev/clock"]
)
def test_unknown_paths_go_to_no_service(path: str) -> None:
    assert service_of(path) == ""


def test_g23_large_bodies_pass_only_where_a_service_takes_them() -> None:
    text = CONF.read_text(encoding="utf-8")
    (pattern,) = re.findall(r"location ~ (\S+) \{\s+client_max_body_size 5m;", text)
    assert re.findall(r"^    client_max_body_size (\S+);", text, re.MULTILINE) == ["1m"]
    large = {
        route.path
        for service in SERVICES
        for router in service.routers
        for route in router.routes
        if isinstance(route, APIRoute) and (route.openapi_extra or {}).get("x-large")
    }
    assert {path for path, _ in PATHS if re.search(pattern, path)} == large


def test_every_answer_of_the_gateway_itself_is_a_problem_with_its_status() -> None:
    text = CONF.read_text(encoding="utf-8")
    answers = re.findall(r"return (\d+) '(\{\"type\".*?\})';", text)
    assert len(answers) >= 9
    for status, body in answers:
        assert json.loads(body)["status"] == int(status)
