"""Complaints alone, over HTTP, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bianmin.domain.actors import system
from bianmin.events.complaints import ComplaintLodged, ComplaintRecused
from bianmin.events.envelope import parse_event
from bianmin.kit import sets
from bianmin.kit.db import rows, run
from bianmin.kit.decide import Cause
from services.complaints.app import SERVICE
from services.complaints.handlers import RecordCaseStaff
from services.complaints.store.tables import CaseStaffRow, DirectoryRow, OrgNameRow
from tests.harness import Client, Harness, running_harness, statements

COUNTY, ACCUSED, STATION = "520111", "520111101", "520111101201"
TEXT, NAME = "窗口人员态度恶劣，拒不受理", "李四维"
CASE = "01a207d3-afdc-7702-b13c-1d53a94d0e25"
NOWHERE = "01a207d3-afdc-7702-b13c-000000000000"


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        async with harness.runtime("complaints").database.transaction() as tx:
            known = [{"code": code, "name": code} for code in ("52", "5201", COUNTY, ACCUSED, STATION)]
            await sets.write(tx, sets.insert(OrgNameRow, known))
            await sets.write(tx, sets.insert(CaseStaffRow, [{"case_id": CASE, "staff": "hand"}]))
            await run(tx, "INSERT INTO inbox VALUES ('/bianmin/intake', $1, 1)", CASE)
            inv = {"id": "inv", "org": COUNTY, "dept": None, "roles": ["investigator"]}
            await sets.write(tx, sets.insert(DirectoryRow, [inv]))
        yield harness


def a_lodging(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "complaint",
        "subject": {"org": ACCUSED, "staff_id": "bad", "case_id": CASE},
        "anonymous": True,
        "text": TEXT,
        "file_ids": [],
        "channel": "mobile",
        **changes,
    }


async def lodged(harness: Harness, **changes: Any) -> dict[str, Any]:
    answer = await harness.nobody.post("/complaints", a_lodging(**changes))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def test_a_complaint_is_lodged_investigated_answered_and_followed_without_a_name(harness: Harness) -> None:
    complaint = await lodged(harness)
    head, investigator = harness.as_("manager", COUNTY), harness.as_("investigator", COUNTY, sub="inv")
    path = f"/complaints/{complaint['id']}"
    assert (await head.get(path)).json()["text"] == TEXT
    assert (await investigator.post(f"{path}/conclude", CONCLUSION)).status_code == 409
    assert (await head.post(f"{path}/accept", {})).json()["status"] == "accepted"
    assert (await head.post(f"{path}/assign", {"investigator": "hand"})).status_code == 409
    assert (await head.post(f"{path}/assign", {"investigator": "inv"})).json()["investigator"] == "inv"
    assert (await head.post(f"{path}/conclude", CONCLUSION)).status_code == 403
    assert (await investigator.post(f"{path}/conclude", CONCLUSION)).json()["outcome"] == "supported"
    assert (await investigator.post(f"{path}/reply", {"text": "已责令改正"})).json()["status"] == "replied"
    code = complaint["follow_code"]
    followed = await harness.nobody.get("/complaints/follow", code=f"{code[:6]}-{code[6:].lower()}")
    assert followed.json()["reply"] == "已责令改正"
    assert "inv" not in followed.text
    unknown = await harness.nobody.get("/complaints/follow", code="ABCDEFGHJK23456789")
    assert unknown.status_code == 404


CONCLUSION = {"outcome": "supported", "facts": "属实", "reasons": "违反规定", "legal_basis": "信访工作条例"}


async def test_a_complaint_by_name_needs_a_name_and_an_anonymous_one_has_none(harness: Harness) -> None:
    assert (await harness.nobody.post("/complaints", a_lodging(anonymous=False))).status_code == 422
    named = {"complainant": {"name": NAME, "phone": "13000000002"}}
    assert (await harness.nobody.post("/complaints", a_lodging(**named))).status_code == 422
    complaint = await lodged(harness, anonymous=False, **named)
    shown = (await harness.as_("manager", COUNTY).get(f"/complaints/{complaint['id']}")).json()
    assert shown["complainant"]["name"] == NAME


async def test_g24_an_order_of_the_hotline_is_registered_by_the_hotline_or_a_desk(harness: Harness) -> None:
    """It has a period of its own, whose end is somebody's yellow card."""
    for sender in (harness.nobody, harness.as_("citizen", STATION)):
        refused = await sender.post("/complaints", a_lodging(channel="hotline"))
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:bianmin:problem:desk-only")
        assert refused.json()["errors"][0]["pointer"] == "/channel"
    for role in ("integrator", "window"):
        assert (await harness.as_(role, COUNTY).post("/complaints", a_lodging(channel="hotline"))).status_code == 201


async def test_an_unknown_org_is_refused_and_nothing_is_stored(harness: Harness) -> None:
    answer = await harness.nobody.post("/complaints", a_lodging(subject={"org": "529999"}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/subject/org"
    async with harness.runtime("complaints").database.reading() as tx:
        assert await rows(tx, "SELECT id FROM complaint") == []


async def test_d26_a_retried_lodging_is_one_complaint_with_one_code(harness: Harness) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(*(harness.nobody.post("/complaints", a_lodging(), key=key) for _ in range(5)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}


NOT_HANDLERS = [
    ("manager", ACCUSED, None),
    ("investigator", ACCUSED, None),
    ("window", ACCUSED, None),
    ("manager", STATION, None),
    ("supervisor", "520112", None),
    ("department", COUNTY, None),
    ("window", COUNTY, None),
    ("admin", "52", None),
    ("integrator", "52", None),
    ("investigator", COUNTY, "bad"),
    ("manager", COUNTY, "hand"),
]


@pytest.mark.parametrize(("role", "org", "sub"), NOT_HANDLERS)
async def test_a_complaint_does_not_exist_for_the_accused_and_for_other_staff(
    harness: Harness, role: str, org: str, sub: str | None
) -> None:
    staff = harness.as_(role, org, sub=sub)
    before = await _all_answers(staff, NOWHERE)
    complaint = await lodged(harness)
    await harness.as_("manager", COUNTY, sub="head").post(f"/complaints/{complaint['id']}/accept", {})
    assert await _all_answers(staff, complaint["id"]) == before
    assert (await harness.as_("manager", COUNTY, sub="head").get("/complaints")).json()["items"]


async def _all_answers(staff: Client, complaint: str) -> list[tuple[int, str, str | None]]:
    """Return the answers to every request about a complaint, without its id."""
    path = f"/complaints/{complaint}"
    answers = [
        await staff.get(path),
        await staff.get("/complaints"),
        await staff.get("/complaints", org=ACCUSED, status="lodged"),
        await staff.post(f"{path}/accept", {}),
        await staff.post(f"{path}/accept", {"x": 1}),
        await staff.post(f"{path}/assign", {"investigator": "inv"}),
        await staff.post(f"{path}/conclude", CONCLUSION),
        await staff.post(f"{path}/reply", {"text": "x"}),
        await staff.post(f"{path}/reply", {}),
    ]
    return [(each.status_code, each.text.replace(complaint, ""), each.headers.get("etag")) for each in answers]


async def test_recused_staff_are_announced_with_the_complaint_and_when_more_are_recused(harness: Harness) -> None:
    complaint = await lodged(harness)
    await harness.settles()
    runtime = harness.runtime("complaints")
    new = RecordCaseStaff(UUID(CASE), ("late",), Cause(system(STATION)))
    async with runtime.database.transaction() as tx:
        known = RecordCaseStaff(UUID(CASE), ("hand",), Cause(system(STATION)))
        work = await SERVICE.handle(tx, [known, new, new], runtime.clock.now())
    [announced] = work.announced
    assert (announced.subject, announced.by.actor.org) == (complaint["id"], COUNTY)
    assert announced.data == ComplaintRecused(handler_org=COUNTY, accused_org=ACCUSED, recused=("bad", "hand", "late"))
    events = [parse_event(one.record.value or b"") async for one in harness.log.scan("bianmin.complaints")]
    [lodging] = [event.data for event in events if isinstance(event.data, ComplaintLodged)]
    assert lodging.recused == ("bad", "hand")


async def test_no_text_of_a_complaint_is_stored_in_plain(harness: Harness) -> None:
    complaint = await lodged(harness, anonymous=False, complainant={"name": NAME})
    async with harness.runtime("complaints").database.reading() as tx:
        for (table,) in await rows(tx, "SELECT tablename FROM pg_tables WHERE schemaname = 'complaints'"):
            for (row,) in await rows(tx, f"SELECT t::text FROM {table} t"):
                for secret in (TEXT, NAME, complaint["follow_code"]):
                    assert secret not in row
                    assert secret.encode().hex() not in row


async def test_every_reading_of_a_complaint_is_on_record(harness: Harness) -> None:
    complaint = await lodged(harness)
    await harness.as_("manager", COUNTY, sub="head").get(f"/complaints/{complaint['id']}")
    async with harness.runtime("complaints").database.reading() as tx:
        assert await rows(tx, "SELECT actor, complaint_id::text FROM audit") == [("head", complaint["id"])]


async def test_reading_complaints_takes_few_statements(harness: Harness) -> None:
    complaint = await lodged(harness)
    head = harness.as_("manager", COUNTY)
    with statements(harness.runtime("complaints").database) as sent:
        await head.get(f"/complaints/{complaint['id']}")
    assert len([each for each in sent if "complaint" in each or "audit" in each]) <= 3
    with statements(harness.runtime("complaints").database) as sent:
        await head.get("/complaints", updated_since="2020-01-01T00:00:00+08:00")
    assert len([each for each in sent if "complaint" in each or "pg_stat" in each]) <= 3
