"""Tasks, routes and deliveries over HTTP, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.db import rows
from services.routing.app import SERVICE
from tests.service.routing_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    PROVINCE,
    STATION,
    County,
    a_county,
    access,
    an_acceptance,
    an_item,
    without,
)

DENIAL = {"reason_code": "not_eligible", "legal_basis": "社会救助暂行办法第九条"}
FILING = {"facts": "申请人张小三丰另有房屋", "reason": "不符合条件", "legal_basis": "社会救助暂行办法第九条"}
SIGNATURE, NOTE = "张小三丰", "申请人张小三丰，电话 13000000001"


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        yield county


async def test_a_case_reported_up_passes_the_center_and_the_county_and_is_delivered(county: County) -> None:
    case = await county.accept_case()
    review, decision = (await county.route(case))["steps"]
    received = await county.reviewer.post(f"/tasks/{review['id']}/receive")
    assert received.status_code == 200
    assert received.headers["etag"]
    assert received.json() | {"received_at": ""} == {
        "id": review["id"],
        "seq": 1,
        "group": None,
        "cycle": 1,
        "kind": "review",
        "office": {"org": CENTER, "dept": "civil"},
        "status": "received",
        "assignee": f"window-{CENTER}-civil",
        "received_at": "",
        "done_at": None,
        "opinion": None,
        "verified_by": None,
        "objection": None,
        "escalated_to": None,
        "reason_code": None,
        "legal_basis": None,
        "remedies": None,
        "case_id": case,
        "case_no": f"{STATION}-20260302-0001",
        "item": {"org": COUNTY, "code": "MZ-001", "version": 1, "name": "最低生活保障审核确认"},
        "mode": "report_up",
    }
    assert received.json()["received_at"].startswith("2026-03-02T09:0")
    assert received.json()["received_at"].endswith("+08:00")
    assert (await county.reviewer.post(f"/tasks/{review['id']}/start")).json()["status"] == "in_progress"
    early = await county.decider.post(f"/tasks/{decision['id']}/receive")
    assert early.status_code == 409
    done = await county.reviewer.post(f"/tasks/{review['id']}/complete", {"opinion": "agree", "note": "材料属实"})
    assert (done.json()["status"], done.json()["opinion"]) == ("done", "agree")
    await county.complete_open_task(case, county.decider, "grant")
    delivered = await county.harness.as_("window", STATION).post(
        f"/cases/{case}/deliver", {"method": "in_person", "signed_by": SIGNATURE}
    )
    assert delivered.json() == {
        "case_id": case,
        "case_no": f"{STATION}-20260302-0001",
        "status": "granted",
        "method": "in_person",
        "delivered_on": "2026-03-02",
        "closed_on": "2026-03-02",
    }
    assert await county.event_names(case) == [
        "route.planned",
        "task.assigned",
        "task.received",
        "task.started",
        "task.completed",
        "task.assigned",
        "task.received",
        "task.completed",
        "case.granted",
        "case.delivered",
        "case.closed",
    ]
    events = await county.announced(case)
    assert [event.sequence for event in events] == list(range(1, 12))
    assert {event.actor for event in events[2:5]} == {f"window-{CENTER}-civil"}
    assert (events[0].actor, events[0].region, events[0].causationid is None) == ("system", CENTER, False)


async def test_the_route_lists_all_steps_from_the_start(county: County) -> None:
    case = await county.accept_case()
    answer = await county.harness.as_("window", STATION).get(f"/cases/{case}/route")
    assert answer.headers["etag"] == '"1"'
    route = answer.json()
    assert without(route, "steps") == {
        "case_id": case,
        "case_no": f"{STATION}-20260302-0001",
        "mode": "report_up",
        "status": "open",
        "lead": {"org": CENTER, "dept": "civil"},
        "custody": [],
        "procedures": [],
        "extensions": [],
        "cycle": 1,
        "past": [],
        "decided_on": None,
        "delivered": None,
        "reply": None,
        "mediations": [],
        "filings": [],
        "closed_on": None,
        "waiting_for": f"等待 {CENTER} 民政办理单位第 1 步（审核）签收。",
    }
    assert [without(step, "id") for step in route["steps"]] == [
        {
            "seq": seq,
            "group": None,
            "cycle": 1,
            "kind": kind,
            "office": {"org": org, "dept": "civil"},
            "status": status,
            "assignee": None,
            "received_at": None,
            "done_at": None,
            "opinion": None,
            "verified_by": None,
            "objection": None,
            "escalated_to": None,
            "reason_code": None,
            "legal_basis": None,
            "remedies": None,
            "note": None,
            "result": None,
        }
        for seq, kind, org, status in ((1, "review", CENTER, "assigned"), (2, "decide", COUNTY, "planned"))
    ]


async def test_a_direct_case_of_a_station_is_closed_by_its_decision(county: County) -> None:
    case = await county.accept_case(an_item("direct", "station", "living"), access(STATION, STATION, "living"))
    window = county.harness.as_("window", STATION)
    await county.complete_open_task(case, window, "grant")
    route = await county.route(case)
    assert (route["status"], route["closed_on"], route["lead"]) == (
        "granted",
        "2026-03-02",
        {"org": STATION, "dept": None},
    )
    assert (await county.event_names(case))[-2:] == ["case.granted", "case.closed"]
    late = await window.post(f"/cases/{case}/deliver", {"method": "in_person", "signed_by": SIGNATURE})
    assert late.status_code == 409


async def test_a_denial_shows_its_reason_legal_basis_and_remedies(county: County) -> None:
    case = await county.accept_case(an_item("promised", "center"))
    task = await county.open_task(case)
    await county.reviewer.post(f"/tasks/{task}/receive")
    bare = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "deny"})
    assert bare.status_code == 422
    assert [error["pointer"] for error in bare.json()["errors"]] == ["/reason_code", "/legal_basis"]
    other = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "agree"})
    assert [error["pointer"] for error in other.json()["errors"]] == ["/opinion"]
    early = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "deny", **DENIAL})
    assert (early.status_code, early.json()["type"]) == (409, "urn:bianmin:problem:denial-not-filed")
    filing = (await county.reviewer.post(f"/cases/{case}/denial-filings", FILING)).json()
    head = county.harness.as_("manager", CENTER)
    [listed] = (await head.get("/denial-filings", status="filed")).json()["items"]
    assert (listed["id"], listed["facts"], listed["office"]) == (
        filing["id"],
        FILING["facts"],
        {"org": CENTER, "dept": "civil"},
    )
    agreed = (await head.post(f"/denial-filings/{filing['id']}/answer", {"agree": True, "opinion": "同意"})).json()
    assert (agreed["status"], agreed["answered_by"]) == ("agreed", f"manager-{CENTER}")
    assert (await head.get("/denial-filings", status="filed")).json()["items"] == []
    elsewhere = county.harness.as_("manager", OTHER_CENTER)
    assert (await elsewhere.get("/denial-filings")).json()["items"] == []
    denied = (await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "deny", **DENIAL})).json()
    assert (denied["reason_code"], denied["legal_basis"]) == tuple(DENIAL.values())
    assert "六十日" in denied["remedies"]
    assert "六个月" in denied["remedies"]
    last = (await county.announced(case))[-1]
    assert last.data is not None
    assert without(last.data.model_dump(mode="json"), "access") == {
        "decided_on": "2026-03-02",
        "reason_code": "not_eligible",
        "awaits_delivery": True,
        "cycle": 1,
    }


async def test_a_task_that_was_not_received_cannot_be_completed(county: County) -> None:
    case = await county.accept_case()
    task = await county.open_task(case)
    answer = await county.reviewer.post(f"/tasks/{task}/complete", {"opinion": "agree"})
    assert answer.status_code == 409
    assert "receive" in answer.json()["detail"]


async def test_a_case_is_returned_with_a_reason_and_decided_later(county: County) -> None:
    case = await county.accept_case()
    first = await county.reviewer.post(f"/tasks/{await county.open_task(case)}/return", {"reason": "不清楚"})
    assert first.status_code == 409, "the first step cannot be returned"
    await county.complete_open_task(case, county.reviewer, "agree")
    task = await county.open_task(case)
    await county.decider.post(f"/tasks/{task}/receive")
    assert (await county.decider.post(f"/tasks/{task}/return", {})).status_code == 422
    sent_back = await county.decider.post(f"/tasks/{task}/return", {"reason": "缺入户调查表"})
    assert sent_back.json()["status"] == "returned"
    steps = (await county.route(case))["steps"]
    assert [(step["seq"], step["status"], step["note"]) for step in steps] == [
        (1, "done", None),
        (2, "returned", "缺入户调查表"),
        (1, "assigned", None),
        (2, "planned", None),
    ]
    await county.complete_open_task(case, county.reviewer, "agree")
    await county.complete_open_task(case, county.decider, "grant")
    assert (await county.route(case))["status"] == "granted"


async def test_of_twenty_clerks_one_receives_a_task_and_the_refusals_name_that_clerk(county: County) -> None:
    cases = [await county.accept_case() for _ in range(3)]
    clerks = [(f"S-{n}", county.harness.as_("window", CENTER, "civil", sub=f"S-{n}")) for n in range(20)]
    for case in cases:
        task = await county.open_task(case)
        answers = await asyncio.gather(*(clerk.post(f"/tasks/{task}/receive") for _, clerk in clerks))
        winners = [name for (name, _), answer in zip(clerks, answers, strict=True) if answer.status_code == 200]
        assert len(winners) == 1
        losers = [answer for answer in answers if answer.status_code != 200]
        assert {answer.status_code for answer in losers} == {409}
        assert all(f"由 {winners[0]} 签收" in answer.json()["detail"] for answer in losers)
        done = await asyncio.gather(
            *(clerk.post(f"/tasks/{task}/complete", {"opinion": "agree"}) for _, clerk in clerks)
        )
        assert sorted(answer.status_code for answer in done)[:2] in ([200, 403], [200, 409])
        assert (await county.event_names(case)).count("task.completed") == 1


async def test_the_same_idempotency_key_receives_a_task_once_and_gets_the_same_answer(county: County) -> None:
    task = await county.open_task(await county.accept_case())
    answers = [await county.reviewer.post(f"/tasks/{task}/receive", key="once") for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert (await county.reviewer.post(f"/tasks/{task}/start", key="once")).status_code == 422


async def test_a_withdrawal_request_is_granted_before_the_decision_and_rejected_after_it(county: County) -> None:
    early, late = await county.accept_case(), await county.a_granted_case()
    await county.complete_open_task(early, county.reviewer, "agree")
    task = await county.open_task(early)
    for case in (early, late):
        await county.request_withdrawal(case)
    assert (await county.event_names(early))[-2:] == ["case.withdrawn", "case.closed"]
    assert (await county.event_names(late))[-1] == "case.withdrawal_rejected"
    steps = (await county.route(early))["steps"]
    assert [step["status"] for step in steps] == ["done", "cancelled"]
    refused = await county.decider.post(f"/tasks/{task}/receive")
    assert refused.status_code == 409
    assert "撤回" in refused.json()["detail"]


async def test_a_second_acceptance_is_a_recorded_no_op(county: County) -> None:
    case = await county.accept_case()
    before = await county.route(case)
    await county.publish([(case, an_acceptance())])
    assert await county.route(case) == before
    async with county.harness.runtime("routing").database.reading() as tx:
        assert [tuple(row) for row in await rows(tx, "SELECT subject, reason FROM passed_over")] == [
            (case, "PlannedAlready")
        ]


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("receive", {"assignee": "S-1"}, 422),
        ("start", {"x": 1}, 422),
        ("complete", {}, 422),
        ("complete", {"opinion": "maybe"}, 422),
        ("complete", {"opinion": "agree", "note": ""}, 422),
        ("complete", {"opinion": "agree", "note": "x" * 2001}, 422),
        ("complete", {"opinion": "agree", "note": "x\u0000"}, 422),
        ("return", {"reason": "  "}, 422),
    ],
)
async def test_an_invalid_request_changes_nothing(county: County, act: str, body: Any, status: int) -> None:
    case = await county.accept_case()
    before = await county.route(case)
    answer = await county.reviewer.post(f"/tasks/{before['steps'][0]['id']}/{act}", body)
    assert answer.status_code == status, answer.text
    assert await county.route(case) == before


async def test_a_delivery_needs_the_name_of_the_signer(county: County) -> None:
    case = await county.a_granted_case()
    window = county.harness.as_("window", STATION)
    for wrong in ({"method": "in_person"}, {"method": "pigeon", "signed_by": "x"}, {"signed_by": "x"}):
        assert (await window.post(f"/cases/{case}/deliver", wrong)).status_code == 422
    county_head = county.harness.as_("manager", PROVINCE)
    body = {"method": "post", "signed_by": SIGNATURE}
    assert (await county_head.post(f"/cases/{case}/deliver", body)).status_code == 403
    assert (await window.post(f"/cases/{case}/deliver", body)).status_code == 200
    assert (await window.post(f"/cases/{case}/deliver", body)).status_code == 409
