"""What HTTP asks of every answer: methods, conditional requests, headers, limits, and errors that are problems."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from command.deployment import SERVICES
from services.intake.app import SERVICE
from services.intake.settings import IntakeSettings
from tests.county import PROVINCE, clients, import_county
from tests.county import a_registration as county_registration
from tests.harness import Harness, running_harness
from tests.service.intake_builders import CENTER, STATION, a_registration, registered, running_intake

CASES = "/api/v1/cases"


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(await migrated([SERVICE]), tmp_path) as harness:
        yield harness


async def test_head_is_answered_like_get_without_a_body(harness: Harness) -> None:
    case, window = await registered(harness), harness.as_("window", STATION)
    got = await window.get(f"/cases/{case['id']}")
    head = await harness.http.head(f"{CASES}/{case['id']}", headers=window.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers[name] for name in ("etag", "content-length")] == [
        got.headers[name] for name in ("etag", "content-length")
    ]


async def test_what_the_client_has_already_is_not_sent_again(harness: Harness) -> None:
    case, window = await registered(harness), harness.as_("window", STATION)
    path = f"{CASES}/{case['id']}"
    tag = (await window.get(f"/cases/{case['id']}")).headers["etag"]
    for known, status in ((tag, 304), (f'"9", W/{tag}', 304), ("*", 304), ('"9"', 200)):
        answer = await harness.http.get(path, headers={**window.headers, "If-None-Match": known})
        assert (answer.status_code, answer.headers["etag"], answer.content == b"") == (status, tag, status == 304)


async def test_a_method_that_an_address_lacks_is_refused_with_those_it_has(harness: Harness) -> None:
    answer = await harness.http.delete(CASES)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert answer.headers["content-type"] == "application/problem+json"
    options = await harness.http.options(CASES)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert (await harness.http.options("/api/v1/nothing")).status_code == 404


async def test_every_answer_has_a_request_id_and_safe_headers(harness: Harness) -> None:
    for given, kept in (("desk-7.a_B", True), ("", False), ("x" * 65, False), ("a b", False)):
        answer = await harness.http.get(CASES, headers={"X-Request-Id": given})
        assert (answer.headers["x-request-id"] == given) is kept
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_a_list_names_its_next_page_in_link(harness: Harness) -> None:
    for _ in range(3):
        await registered(harness)
    window = harness.as_("window", STATION)
    page = await window.get("/cases", limit=2, status="registered")
    link = page.headers["link"]
    assert link.endswith('>; rel="next"')
    following = await harness.http.get(link[1 : link.index(">")], headers=window.headers)
    assert len(following.json()["items"]) == 1
    assert "link" not in following.headers


async def test_a_bad_token_is_named_in_www_authenticate_and_a_missing_one_is_asked_for(harness: Harness) -> None:
    bad = await harness.http.get(CASES, headers={"Authorization": "Bearer nonsense"})
    assert (bad.status_code, bad.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert (await harness.http.get(CASES)).headers["www-authenticate"] == "Bearer"


async def test_large_answers_are_compressed_for_those_who_ask(harness: Harness) -> None:
    for accepted, encoding in (("gzip", "gzip"), ("identity", None)):
        answer = await harness.http.get("/api/v1/intake/openapi.json", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding


async def test_a_compressed_body_is_refused_as_an_encoding_and_not_as_broken_json(harness: Harness) -> None:
    window = harness.as_("window", STATION)
    headers = {**window.headers, "Idempotency-Key": "1", "Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await harness.http.post(CASES, content=gzip.compress(b"{}"), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:bianmin:problem:unsupported-media-type")


@pytest.mark.parametrize(
    ("path", "query", "advice"),
    [
        ("/cases", {"stauts": "registered"}, "status"),
        ("/cases", {"client_reff": "1"}, "client_ref"),
        ("/catalog/items", {"pageSize": 3}, "limit"),
        ("/track", {"case_no": "1", "id_tail": "0011", "x": ""}, "case_no"),
    ],
)
async def test_g5_an_unknown_query_name_is_refused_with_the_nearest_one(
    harness: Harness, path: str, query: dict[str, Any], advice: str
) -> None:
    answer = await harness.as_("window", STATION).get(path, **query)
    assert answer.status_code == 422
    assert advice in answer.json()["errors"][0]["detail"]


async def test_g5_a_command_with_an_unknown_query_name_does_nothing(harness: Harness) -> None:
    window = harness.as_("window", STATION)
    answer = await window.post("/cases", a_registration(), params={"preview": "true"})
    assert answer.status_code == 422
    assert (await window.get("/cases")).json()["items"] == []


async def test_g22_a_role_that_may_not_import_is_refused_before_its_file_is_read(harness: Harness) -> None:
    window = harness.as_("window", CENTER)
    headers = {**window.headers, "Idempotency-Key": "1", "Content-Type": "application/yaml"}
    answer = await harness.http.post("/api/v1/catalog/import", content=b"items: [[", headers=headers)
    assert answer.status_code == 403


async def test_the_public_catalog_may_be_kept_for_a_minute_and_what_a_token_reads_may_not(harness: Harness) -> None:
    public, read = (
        await harness.nobody.get("/catalog/items"),
        await harness.as_("window", STATION).get("/catalog/items"),
    )
    assert public.headers["cache-control"] == "public, max-age=60"
    assert "Authorization" in public.headers["vary"]
    assert read.headers["cache-control"] == "no-store"


async def test_limits_are_told_where_they_hold(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> None:
    async with running_harness(
        await migrated([SERVICE]), [SERVICE], tmp_path, kinds=[IntakeSettings], track_rate="2/minute"
    ) as harness:
        answers = [await harness.nobody.get("/track", case_no="1", id_tail="0011") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"address";q=2;w=60'}
    assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers] == [
        '"address";r=1',
        '"address";r=0',
        '"address";r=0',
    ]


async def test_front_ends_elsewhere_are_served_only_where_that_is_set(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url, origin = await migrated([SERVICE]), "https://www.example.gov.cn"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "if-match"}
    for origins, allowed in (((), None), ((origin,), origin)):
        async with running_harness(url, [SERVICE], tmp_path, cors_origins=origins) as harness:
            preflight = await harness.http.options(CASES, headers=asked)
            answer = await harness.http.get(CASES, headers={"Origin": origin})
        assert preflight.headers.get("access-control-allow-origin") == allowed
        assert answer.headers.get("access-control-allow-origin") == allowed


async def test_metrics_are_for_the_operators_network_or_token(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url = await migrated([SERVICE])
    operator: dict[str, Any] = {"metrics_networks": "10.0.0.0/8", "metrics_token": "m" * 32}
    async with running_harness(url, [SERVICE], tmp_path, **operator) as harness:
        assert (await harness.http.get("/metrics")).status_code == 403
        token = {"Authorization": f"Bearer {'m' * 32}"}
        assert (await harness.http.get("/metrics", headers=token)).status_code == 200


async def test_the_document_of_a_service_is_not_hidden_by_its_paths(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    async with running_harness(await migrated(SERVICES), SERVICES, tmp_path) as harness:
        for service in SERVICES:
            answer = await harness.http.get(f"/api/v1/{service.name}/openapi.json")
            assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")


async def test_g38_what_was_created_has_an_address_and_so_has_the_repeated_answer(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    async with running_harness(await migrated(SERVICES), SERVICES, tmp_path) as harness:
        someone = clients(harness.http, harness.tokens)
        await import_county(someone)
        await harness.settles()
        admin, window = someone("admin", PROVINCE), someone("window", STATION)
        village = f"{CENTER}299"
        made = await admin.put(f"/orgs/{village}", {"name": "新村"})
        assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/orgs/{village}")
        changed = await admin.put(f"/orgs/{village}", {"name": "新村寨"}, etag=made.headers["etag"])
        assert (changed.status_code, changed.headers.get("location")) == (200, None)
        member = {"id": "somebody", "name": "某人", "roles": ["window"]}
        made = await admin.post(f"/orgs/{village}/staff", member)
        assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/orgs/{village}/staff")
        for _ in range(2):
            made = await window.post("/cases", county_registration(), key="once")
            assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/cases/{made.json()['id']}")
        assert (await harness.http.get(made.headers["location"], headers=window.headers)).status_code == 200
        lodging = {"kind": "complaint", "subject": {"org": CENTER}, "anonymous": True, "text": "x"}
        made = await harness.nobody.post("/complaints", lodging)
        assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/complaints/{made.json()['id']}")
