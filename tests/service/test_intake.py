"""The acts of a case at intake, over HTTP, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bianmin.kit import parked
from bianmin.kit.db import run
from services.intake.app import SERVICE
from tests.harness import Harness, statements
from tests.service.intake_builders import (
    CENTER,
    STATION,
    a_registration,
    registered,
    running_intake,
)


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(await migrated([SERVICE]), tmp_path) as harness:
        yield harness


async def test_a_registration_answers_with_number_receipt_and_missing_materials(harness: Harness) -> None:
    case = await registered(harness, materials=[{"no": 1, "form": "copy"}])
    assert case["case_no"].startswith(f"{STATION}-")
    assert case["case_no"].endswith("-0001")
    assert case["missing"] == [{"no": 2, "name": "居民户口簿"}], "shared and optional ones are not asked for"
    assert [each["no"] for each in case["receipt"]["materials"]] == [1]
    assert (await registered(harness))["case_no"].endswith("-0002")


async def test_a_case_from_registration_through_notice_and_supplement_to_acceptance(harness: Harness) -> None:
    case = await registered(harness, materials=[{"no": 1, "form": "copy"}])
    desk, center = harness.as_("window", STATION), harness.as_("window", CENTER)
    path = f"/cases/{case['id']}"
    early = await center.post(f"{path}/accept")
    assert early.status_code == 409
    assert "居民户口簿" in early.json()["detail"]
    notice = await desk.post(f"{path}/supplement-notice", {"missing": [{"no": 2, "reason": "没有带"}]})
    assert notice.json()["status"] == "supplement_requested"
    again = await desk.post(f"{path}/supplement-notice", {"missing": [{"no": 4, "reason": "还要"}]})
    assert again.status_code == 409, "the notice is given once"
    supplied = await desk.post(f"{path}/materials", {"materials": [{"no": 2, "form": "copy"}]})
    assert supplied.json()["status"] == "registered"
    assert (await desk.post(f"{path}/accept")).status_code == 403, "a village committee is no organ"
    accepted = await center.post(f"{path}/accept")
    assert accepted.json()["status"] == "accepted"
    timeline = (await desk.get(f"{path}/timeline")).json()["items"]
    assert [entry["type"].split(".")[3] for entry in timeline] == [
        "registered",
        "supplement_requested",
        "supplemented",
        "accepted",
    ]


async def test_a_station_accepts_what_it_decides_itself(harness: Harness) -> None:
    case = await registered(harness, item_code="CZ-001", materials=[{"no": 1, "form": "original"}])
    accepted = await harness.as_("window", STATION).post(f"/cases/{case['id']}/accept")
    assert accepted.json()["accepting_org"] == STATION


async def agree_to_refuse(harness: Harness, case: str) -> None:
    """Have the window file a refusal, and the head of the center agree; nobody elsewhere sees the filing."""
    texts = {"facts": "张小三要办的是不动产登记", "reason": "不属于本镇", "legal_basis": "行政许可法第三十二条"}
    filing = (await harness.as_("window", CENTER).post(f"/cases/{case}/refusal-filings", texts)).json()
    head = harness.as_("manager", CENTER)
    listed = (await head.get("/refusal-filings", status="filed", org=CENTER)).json()["items"]
    assert [(each["id"], each["facts"]) for each in listed if each["case_id"] == case] == [
        (filing["id"], texts["facts"])
    ]
    elsewhere = harness.as_("manager", "520112")
    assert (await elsewhere.get("/refusal-filings")).json()["items"] == []
    hidden = await elsewhere.post(f"/refusal-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"})
    assert hidden.status_code == 404
    agreed = await head.post(f"/refusal-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"})
    assert agreed.json()["status"] == "agreed"


async def test_a_refusal_gives_reasons_basis_remedies_and_the_organ_to_go_to(harness: Harness) -> None:
    case = await registered(harness)
    center = harness.as_("window", CENTER)
    path = f"/cases/{case['id']}/refuse"
    assert (await center.post(path, {"reason_code": "not_required"})).status_code == 422
    elsewhere = {"reason_code": "not_competent", "reason": "不属于本镇", "legal_basis": "行政许可法第三十二条"}
    assert (await center.post(path, elsewhere)).status_code == 422
    unfiled = await center.post(path, {**elsewhere, "redirect_to": "县民政局"})
    assert (unfiled.status_code, unfiled.json()["type"]) == (409, "urn:bianmin:problem:refusal-not-filed")
    await agree_to_refuse(harness, case["id"])
    refused = await center.post(path, {**elsewhere, "redirect_to": "县民政局"})
    assert refused.json()["status"] == "refused"
    assert refused.json()["refusal"]["redirect_to"] == "县民政局"
    assert "行政复议" in refused.json()["refusal"]["remedies"]
    assert (await center.post(f"/cases/{case['id']}/accept")).status_code == 409


async def test_a_case_is_withdrawn_at_once_before_acceptance_and_on_request_after_it(harness: Harness) -> None:
    desk = harness.as_("window", STATION)
    case = await registered(harness)
    withdrawn = await desk.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"})
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    assert (await desk.get(f"/cases/{case['id']}")).json()["withdrawal_reason"] == "不办了"
    case = await registered(harness)
    await harness.as_("window", CENTER).post(f"/cases/{case['id']}/accept")
    requested = await desk.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"})
    assert (requested.status_code, requested.json()["withdrawal_pending"]) == (202, True)


async def test_statements_per_request_are_few(harness: Harness) -> None:
    database = harness.runtime("intake").database
    desk = harness.as_("window", STATION)
    with statements(database) as sent:
        answer = await desk.post("/cases", a_registration())
    assert answer.status_code == 201
    assert len(_without_relay(sent)) <= 6, sent
    with statements(database) as sent:
        await desk.get(f"/cases/{answer.json()['id']}")
    assert len(_without_relay(sent)) <= 2
    with statements(database) as sent:
        await desk.get("/cases", updated_since="2020-01-01T00:00:00+08:00")
    assert len(_without_relay(sent)) <= 3


def _without_relay(sent: list[str]) -> list[str]:
    """Leave out the statements of the relay: all on the lease, and those on the outbox that do not insert."""
    return [each for each in sent if " lease " not in each and not ("outbox" in each and "INSERT" not in each)]


async def test_the_business_date_of_an_offline_desk_counts(harness: Harness) -> None:
    day = harness.runtime("intake").clock.today() - timedelta(days=3)
    case = await registered(harness, received_on=day.isoformat())
    assert case["receipt"]["received_on"] == day.isoformat()


async def test_d7_an_unreadable_case_does_not_hold_up_other_lapses_and_rests_for_a_minute(
    harness: Harness,
) -> None:
    desk, runtime = harness.as_("window", STATION), harness.runtime("intake")
    cases = [(await registered(harness))["id"] for _ in range(3)]
    for case in cases:
        notice = {"missing": [{"no": 2, "reason": "看不清"}]}
        assert (await desk.post(f"/cases/{case}/supplement-notice", notice)).status_code == 200
    async with runtime.database.transaction() as tx:
        await run(tx, "UPDATE cases SET notice = '[1]' WHERE id = $1", cases[1])
    harness.app.state.clock.set(runtime.clock.now() + timedelta(days=100))
    async with asyncio.timeout(30):
        while not (held := await parked.listed(runtime.database)):
            pass
    assert [(each.source, each.subject, each.attempts) for each in held] == [("timer:lapses", cases[1], 0)]
    for case in (cases[0], cases[2]):
        assert (await desk.get(f"/cases/{case}")).json()["status"] == "closed"
    await runtime.ticker.tick(SERVICE.timers[0])
    assert await parked.listed(runtime.database) == held, "left alone for a minute"
