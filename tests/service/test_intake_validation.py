"""What intake refuses before it stores anything, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.db import rows
from services.intake.app import SERVICE
from tests.harness import Harness
from tests.service.intake_builders import (
    COUNTY,
    STATION,
    a_registration,
    count,
    registered,
    running_intake,
)


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(await migrated([SERVICE]), tmp_path) as harness:
        yield harness


async def test_requests_with_the_same_key_make_one_case_and_get_the_same_answer(harness: Harness) -> None:
    desk = harness.as_("window", STATION)
    answers = await asyncio.gather(*(desk.post("/cases", a_registration(), key="once") for _ in range(8)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert await count(harness, "cases") == 1
    other = await desk.post("/cases", a_registration(channel="agent"), key="once")
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")


async def test_a_post_without_a_key_is_refused(harness: Harness) -> None:
    answer = await harness.http.post("/api/v1/cases", json={}, headers=harness.as_("window", STATION).headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"org": "520111109201"}, 403, ""),
    ({"item_code": "XX-999"}, 422, "/item_code"),
    ({"item_code": "ZR-001", "materials": []}, 409, ""),
    ({"received_on": "2999-01-01"}, 422, "/received_on"),
    ({"received_on": "2020-01-01"}, 422, "/received_on"),
    ({"received_on": 20200101}, 422, "/received_on"),
    ({"surprise": 1}, 422, "/surprise"),
    ({"materials": [{"no": 9, "form": "copy"}]}, 422, "/materials/0/no"),
    ({"materials": [{"no": 1, "form": "copy"}, {"no": 1, "form": "copy"}]}, 422, "/materials/1/no"),
    ({"materials": [{"no": 1, "form": "copy"}] * 1000}, 422, "/materials"),
    ({"materials": [{"no": "1", "form": "copy"}]}, 422, "/materials/0/no"),
    ({"materials": [{"no": 1, "form": "stone"}]}, 422, "/materials/0/form"),
    ({"channel": "pigeon"}, 422, "/channel"),
    ({"form": {"note": "a\u0000b"}}, 422, ""),
    ({"client_ref": "\ud800"}, 422, ""),
    (
        {"materials": [{"no": 1, "form": "copy", "file_id": "018f0000-0000-7000-8000-000000000000"}]},
        422,
        "/materials/0/file_id",
    ),
]


@pytest.mark.parametrize(("changes", "status", "pointer"), REFUSED)
async def test_a_wrong_registration_is_refused_and_nothing_is_stored(
    harness: Harness, changes: dict[str, Any], status: int, pointer: str
) -> None:
    body = json.dumps(a_registration(**changes))
    answer = await harness.as_("window", STATION).post(
        "/cases", content=body.encode("utf-8", "surrogatepass"), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await count(harness, "cases") == await count(harness, "outbox WHERE type LIKE '%registered%'") == 0


@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        ("", "received_on", {}),
        ("/supplement-notice", "noticed_on", {"missing": [{"no": 1, "reason": "未提交"}]}),
        ("/materials", "received_on", {"materials": [{"no": 1, "form": "copy"}]}),
        ("/accept", "accepted_on", {}),
    ],
    ids=["received", "noticed", "supplemented", "accepted"],
)
@pytest.mark.parametrize("day", ["2026-02-29", "2026-04-31", "2026-13-01"])
async def test_b13_a_date_that_does_not_exist_is_refused(
    harness: Harness, path: str, field: str, body: dict[str, Any], day: str
) -> None:
    case = await registered(harness)
    to = f"/cases/{case['id']}{path}" if path else "/cases"
    body = body if path else a_registration()
    answer = await harness.as_("window", STATION).post(to, {**body, field: day})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{field}")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("529999190001010000", "citizen_id_check"),
        ("529999190013010015", "citizen_id_birth"),
        ("52999919000101000", "citizen_id_format"),
        ("５２999919000101000X", "full_width"),
    ],
)
async def test_a_malformed_id_number_is_refused_without_repeating_it(harness: Harness, number: str, code: str) -> None:
    body = a_registration()
    body["applicant"]["id_number"] = number
    answer = await harness.as_("window", STATION).post("/cases", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code
    assert number not in answer.text


async def test_bodies_that_are_no_registration_are_refused(harness: Harness) -> None:
    desk = harness.as_("window", STATION)

    async def send(content: bytes, media: str = "application/json") -> Any:
        return await desk.post("/cases", content=content, headers={"Content-Type": media})

    assert (await send(b"{")).status_code == 400
    assert (await send(b'{"a": "\xff"}')).status_code == 400
    assert (await send(b"[" * 100_000)).status_code == 400
    assert (await send(b"[]")).status_code == 422
    assert (await send(b"{}", "text/plain")).status_code == 415
    assert (await send(b'{"a":"' + b"x" * 10_000_000 + b'"}')).status_code == 413
    assert await count(harness, "cases") == 0


@pytest.mark.parametrize("path", ["/catalog/items?q=%00", "/catalog/items/%00", "/track?case_no=a%00&id_tail=1234"])
async def test_a_nul_in_a_url_is_refused(harness: Harness, path: str) -> None:
    assert (await harness.http.get(f"/api/v1{path}")).status_code == 400


async def test_a_refusal_names_the_org_and_line_whose_office_is_missing(harness: Harness) -> None:
    async with harness.runtime("intake").database.transaction() as tx:
        await rows(tx, f"UPDATE org SET offices = '{{}}' WHERE code = '{COUNTY}' RETURNING code")
    answer = await harness.as_("window", STATION).post("/cases", a_registration())
    assert answer.status_code == 409
    assert COUNTY in answer.json()["detail"]
    assert "民政" in answer.json()["detail"]


async def test_a_mandate_file_that_does_not_exist_is_refused(harness: Harness) -> None:
    agent = {"staff_id": "d-1", "mandate_file_id": "01a207d3-afdc-7702-b13c-1d53a94d0e25"}
    answer = await harness.as_("agent", STATION).post("/cases", a_registration(agent=agent))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/agent/mandate_file_id")
    assert await count(harness, "cases") == 0
