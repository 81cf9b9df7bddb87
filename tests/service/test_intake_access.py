"""Who sees which case, what is shown of an applicant, and the lists of cases, over HTTP."""

import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bianmin.kit.db import rows
from bianmin.kit.logs import setup
from services.intake.app import SERVICE
from tests.harness import Harness
from tests.service.intake_builders import (
    CENTER,
    COUNTY,
    ID_NUMBER,
    NAME,
    OTHER_CENTER,
    PHONE,
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


@pytest.fixture
def log_output() -> Iterator[io.StringIO]:
    """Everything that is logged, at level DEBUG."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    setup("DEBUG", json=True, stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_one_township_cannot_read_list_change_or_guess_the_cases_of_another(harness: Harness) -> None:
    case = await registered(harness)
    foreign = harness.as_("window", OTHER_CENTER)
    missing = f"/cases/{case['id'][:-1]}{'0' if case['id'][-1] != '0' else '1'}"
    for path in ("", "/timeline"):
        foreign_case, no_case = await foreign.get(f"/cases/{case['id']}{path}"), await foreign.get(missing + path)
        assert foreign_case.status_code == no_case.status_code == 404
        assert {**foreign_case.json(), "instance": ""} == {**no_case.json(), "instance": ""}
    for act in ("accept", "withdraw", "supplement-notice", "materials", "refuse"):
        bodies: dict[str, Any] = {
            "withdraw": {"reason": "x"},
            "supplement-notice": {"missing": [{"no": 1, "reason": "x"}]},
            "materials": {"materials": [{"no": 1, "form": "copy"}]},
            "refuse": {"reason_code": "x", "reason": "x", "legal_basis": "x"},
        }
        assert (await foreign.post(f"/cases/{case['id']}/{act}", bodies.get(act))).status_code == 404
    assert (await foreign.get("/cases")).json() == {"items": [], "next_cursor": None}
    assert (await foreign.get("/cases", org=STATION)).json()["items"] == []
    assert len((await harness.as_("window", CENTER).get("/cases")).json()["items"]) == 1


async def test_a_county_department_sees_only_cases_of_its_line(harness: Harness) -> None:
    case = await registered(harness)
    assert (await harness.as_("department", COUNTY, "civil").get(f"/cases/{case['id']}")).status_code == 200
    assert (await harness.as_("department", COUNTY, "land").get(f"/cases/{case['id']}")).status_code == 404
    assert (await harness.as_("department", COUNTY, "land").get("/cases")).json()["items"] == []


async def test_a_citizen_sees_only_cases_he_registered_himself(harness: Harness) -> None:
    me, other = (harness.as_("citizen", STATION, sub=name) for name in ("me", "other"))
    case = (await me.post("/cases", a_registration(channel="mobile"))).json()
    assert (await me.get(f"/cases/{case['id']}")).status_code == 200
    assert (await other.get(f"/cases/{case['id']}")).status_code == 404
    assert (await other.get("/cases")).json()["items"] == []


async def test_events_and_timeline_call_a_citizen_citizen_whatever_the_token_says(harness: Harness) -> None:
    me = harness.as_("citizen", STATION, sub=PHONE)
    case = (await me.post("/cases", a_registration(channel="mobile"))).json()
    await me.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"})
    await harness.settles()
    announced = [stored.record.value or b"" async for stored in harness.log.scan("bianmin.intake")]
    assert sum(b'"actor":"citizen"' in value for value in announced) == 2
    assert not any(PHONE.encode() in value for value in announced)
    timeline = await harness.as_("window", STATION).get(f"/cases/{case['id']}/timeline")
    assert {entry["actor"] for entry in timeline.json()["items"]} == {"citizen"}


async def test_lists_are_paged_newest_first_and_cursors_are_bound_to_their_filters(harness: Harness) -> None:
    cases = [await registered(harness) for _ in range(5)]
    center = harness.as_("window", CENTER)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await center.get("/cases", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [case["id"] for case in reversed(cases)]
    first = (await center.get("/cases", limit=2)).json()["next_cursor"]
    assert (await center.get("/cases", limit=2, cursor=first, status="accepted")).status_code == 400
    assert (await center.get("/cases", limit=2, cursor=first[:-2] + "xx")).status_code == 400
    assert (await center.get("/cases", limit=201)).status_code == 422


async def test_with_updated_since_cases_come_in_the_order_of_change(harness: Harness) -> None:
    first, second = await registered(harness), await registered(harness)
    await harness.as_("window", CENTER).post(f"/cases/{first['id']}/accept")
    feed = (await harness.as_("integrator", COUNTY).get("/cases", updated_since="2020-01-01T00:00:00+08:00")).json()
    assert [each["id"] for each in feed["items"]] == [second["id"], first["id"]]
    assert (
        await harness.as_("integrator", COUNTY).get("/cases", updated_since="2020-01-01T00:00:00")
    ).status_code == 422


async def test_track_shows_progress_only_for_the_right_number_and_id_tail(harness: Harness) -> None:
    case = await registered(harness)
    right = await harness.nobody.get("/track", case_no=case["case_no"], id_tail=ID_NUMBER[-4:].lower())
    assert right.json()["status_text"] == "已登记"
    assert NAME not in right.text
    wrong = await harness.nobody.get("/track", case_no=case["case_no"], id_tail="1234")
    unknown = await harness.nobody.get("/track", case_no="520111101201-20260101-9999", id_tail="1234")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.content == unknown.content


async def test_personal_data_is_encrypted_masked_and_audited(harness: Harness) -> None:
    case = await registered(harness)
    shown = (await harness.as_("window", STATION).get(f"/cases/{case['id']}")).json()
    assert shown["applicant"]["name"] == "张**丰"
    assert shown["applicant"]["id_number"] == "529***********000X"
    full = await harness.as_("window", STATION).get(f"/cases/{case['id']}/applicant", purpose="核对")
    assert full.json()["id_number"] == ID_NUMBER
    assert (
        await harness.as_("department", COUNTY, "civil").get(f"/cases/{case['id']}/applicant", purpose="x")
    ).status_code == 403
    assert await count(harness, "audit") == 1
    async with harness.runtime("intake").database.reading() as tx:
        for (table,) in await rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'intake'"):
            for (row,) in await rows(tx, f"SELECT t::text FROM {table} t"):
                for secret in (ID_NUMBER, NAME, PHONE):
                    assert secret not in row
                    assert secret.encode().hex() not in row, f"{table} stores it as plain bytes"


async def test_a_refused_or_failed_request_leaves_no_personal_data_in_answers_and_logs(
    harness: Harness, log_output: io.StringIO
) -> None:
    body = a_registration(materials="x")
    body["applicant"]["id_number"] = ID_NUMBER[:-1] + "0"
    body["applicant"][NAME] = PHONE
    refused = await harness.as_("window", STATION).post("/cases", body)
    assert refused.status_code == 422
    async with harness.runtime("intake").database.transaction() as tx:
        await tx.exec_driver_sql("ALTER TABLE cases ADD CONSTRAINT never CHECK (status <> 'registered')")
    failed = await harness.as_("window", STATION).post("/cases", a_registration(client_ref=ID_NUMBER))
    assert failed.status_code == 500
    for answer in (refused.text, failed.text, log_output.getvalue()):
        for secret in (ID_NUMBER, ID_NUMBER[:-1], NAME, PHONE):
            assert secret not in answer
    assert "request.failed" in log_output.getvalue()
