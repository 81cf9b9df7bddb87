"""Intake alone, over HTTP, on PostgreSQL."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bianmin.kit import parked, sets
from bianmin.kit.db import rows, run
from bianmin.kit.logs import setup
from services.intake.app import SERVICE
from services.intake.store.tables import OrgRow
from tests.harness import Harness, running_harness, statements

STATION, CENTER, COUNTY = "520111101201", "520111101", "520111"
OTHER_STATION, OTHER_CENTER = "520111102201", "520111102"
ID_NUMBER, NAME, PHONE = "52999919000101000X", "张小三丰", "13000000001"
CATALOG = """
items:
- code: MZ-001
  name: 最低生活保障审核确认
  category: civil
  item_type: "05"
  lodge_at: [station, center]
  decide_level: county
  mode: report_up
  materials:
    - [居民身份证, oc, applicant, 1]
    - [居民户口簿, oc, applicant, 1]
    - [婚姻登记信息, e, share, 1]
    - [佐证材料, oc, applicant, 0]
  legal: {value: 30, unit: workday, extension: 15, conf: M}
  promise: {value: 20, unit: workday, conf: L}
- code: CZ-001
  name: 村民委员会出具证明
  category: living
  item_type: "20"
  lodge_at: [station]
  decide_level: station
  mode: direct
  materials: [[居民身份证, o, applicant, 1]]
  promise: {value: 0, unit: immediate, conf: L}
- code: ZR-001
  name: 宅基地联合审批
  category: land
  item_type: "01"
  lodge_at: [station]
  decide_level: center
  mode: joint
  co_handlers: [农业农村窗口（主办）, 自然资源所]
  promise: {value: 20, unit: workday, conf: L}
"""


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        await know_orgs(harness)
        answer = await import_catalog(harness, CATALOG)
        assert answer.status_code == 200, answer.text
        yield harness


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """Everything the house logs, down to the last detail."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    setup("DEBUG", json=True, stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def know_orgs(harness: Harness) -> None:
    """What routing would have announced."""
    orgs: dict[str, dict[str, str]] = {
        "52": {},
        COUNTY: {"civil": "民政局"},
        CENTER: {"civil": "民政窗口"},
        STATION: {},
        OTHER_CENTER: {"civil": "民政窗口"},
        OTHER_STATION: {},
    }
    known = [{"code": code, "name": f"机构{code}", "offices": offices} for code, offices in orgs.items()]
    async with harness.runtime("intake").database.transaction() as tx:
        await sets.write(tx, sets.insert(OrgRow, known))


async def import_catalog(harness: Harness, text: str, publish: bool = True) -> Any:
    return await harness.as_("admin", "52").post(
        f"/catalog/import?org={COUNTY}&publish={str(publish).lower()}",
        content=text.encode(),
        headers={"Content-Type": "application/yaml"},
    )


def a_registration(**changes: Any) -> dict[str, Any]:
    return {
        "item_code": "MZ-001",
        "org": STATION,
        "channel": "window",
        "applicant": {
            "kind": "person",
            "name": NAME,
            "id_type": "citizen_id",
            "id_number": ID_NUMBER,
            "phone": PHONE,
        },
        "materials": [{"no": 1, "form": "copy"}, {"no": 2, "form": "copy"}],
        **changes,
    }


async def registered(harness: Harness, **changes: Any) -> dict[str, Any]:
    body = a_registration(**changes)
    answer = await harness.as_("window", body["org"]).post("/cases", body)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def count(harness: Harness, table: str) -> int:
    async with harness.runtime("intake").database.reading() as tx:
        return int((await rows(tx, f"SELECT count(*) FROM {table}"))[0][0])


async def test_a_registered_case_has_a_number_a_receipt_and_what_is_missing(harness: Harness) -> None:
    case = await registered(harness, materials=[{"no": 1, "form": "copy"}])
    assert case["case_no"].startswith(f"{STATION}-")
    assert case["case_no"].endswith("-0001")
    assert case["missing"] == [{"no": 2, "name": "居民户口簿"}], "shared and optional ones are not asked for"
    assert [one["no"] for one in case["receipt"]["materials"]] == [1]
    assert (await registered(harness))["case_no"].endswith("-0002")


async def test_the_way_of_a_case_to_its_acceptance(harness: Harness) -> None:
    case = await registered(harness, materials=[{"no": 1, "form": "copy"}])
    desk, center = harness.as_("window", STATION), harness.as_("window", CENTER)
    path = f"/cases/{case['id']}"
    early = await center.post(f"{path}/accept")
    assert early.status_code == 409
    assert "居民户口簿" in early.json()["detail"]
    notice = await desk.post(f"{path}/supplement-notice", {"missing": [{"no": 2, "reason": "没有带"}]})
    assert notice.json()["status"] == "supplement_requested"
    again = await desk.post(f"{path}/supplement-notice", {"missing": [{"no": 4, "reason": "还要"}]})
    assert again.status_code == 409, "what is missing is told once"
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


async def test_a_refusal_gives_reasons_basis_remedies_and_the_organ_to_go_to(harness: Harness) -> None:
    case = await registered(harness)
    center = harness.as_("window", CENTER)
    path = f"/cases/{case['id']}/refuse"
    assert (await center.post(path, {"reason_code": "not_required"})).status_code == 422
    elsewhere = {"reason_code": "not_competent", "reason": "不属于本镇", "legal_basis": "行政许可法第三十二条"}
    assert (await center.post(path, elsewhere)).status_code == 422
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
    wished = await desk.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"})
    assert (wished.status_code, wished.json()["withdrawal_pending"]) == (202, True)


async def test_the_same_key_is_one_case_and_the_same_answer(harness: Harness) -> None:
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
    import json

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
async def test_b13_a_day_that_does_not_exist_is_refused_as_it_is_written(
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
async def test_an_id_number_that_cannot_be_is_refused_without_repeating_it(
    harness: Harness, number: str, code: str
) -> None:
    body = a_registration()
    body["applicant"]["id_number"] = number
    answer = await harness.as_("window", STATION).post("/cases", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code
    assert number not in answer.text


async def test_bodies_that_are_no_registration_at_all(harness: Harness) -> None:
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
async def test_a_nul_in_an_address_is_refused(harness: Harness, path: str) -> None:
    assert (await harness.http.get(f"/api/v1{path}")).status_code == 400


async def test_an_office_that_is_missing_is_named(harness: Harness) -> None:
    async with harness.runtime("intake").database.transaction() as tx:
        await rows(tx, f"UPDATE org SET offices = '{{}}' WHERE code = '{COUNTY}' RETURNING code")
    answer = await harness.as_("window", STATION).post("/cases", a_registration())
    assert answer.status_code == 409
    assert COUNTY in answer.json()["detail"]
    assert "民政" in answer.json()["detail"]


async def test_one_township_cannot_read_list_count_or_guess_the_cases_of_another(harness: Harness) -> None:
    case = await registered(harness)
    stranger = harness.as_("window", OTHER_CENTER)
    missing = f"/cases/{case['id'][:-1]}{'0' if case['id'][-1] != '0' else '1'}"
    for path in ("", "/timeline"):
        theirs, nobodys = await stranger.get(f"/cases/{case['id']}{path}"), await stranger.get(missing + path)
        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "instance": ""} == {**nobodys.json(), "instance": ""}
    for act in ("accept", "withdraw", "supplement-notice", "materials", "refuse"):
        bodies: dict[str, Any] = {
            "withdraw": {"reason": "x"},
            "supplement-notice": {"missing": [{"no": 1, "reason": "x"}]},
            "materials": {"materials": [{"no": 1, "form": "copy"}]},
            "refuse": {"reason_code": "x", "reason": "x", "legal_basis": "x"},
        }
        assert (await stranger.post(f"/cases/{case['id']}/{act}", bodies.get(act))).status_code == 404
    assert (await stranger.get("/cases")).json() == {"items": [], "next_cursor": None}
    assert (await stranger.get("/cases", org=STATION)).json()["items"] == []
    assert len((await harness.as_("window", CENTER).get("/cases")).json()["items"]) == 1


async def test_a_county_department_sees_its_own_line_only(harness: Harness) -> None:
    case = await registered(harness)
    assert (await harness.as_("department", COUNTY, "civil").get(f"/cases/{case['id']}")).status_code == 200
    assert (await harness.as_("department", COUNTY, "land").get(f"/cases/{case['id']}")).status_code == 404
    assert (await harness.as_("department", COUNTY, "land").get("/cases")).json()["items"] == []


async def test_a_citizen_sees_what_he_registered_himself(harness: Harness) -> None:
    me, other = (harness.as_("citizen", STATION, sub=name) for name in ("me", "other"))
    case = (await me.post("/cases", a_registration(channel="mobile"))).json()
    assert (await me.get(f"/cases/{case['id']}")).status_code == 200
    assert (await other.get(f"/cases/{case['id']}")).status_code == 404
    assert (await other.get("/cases")).json()["items"] == []


async def test_a_citizen_is_a_citizen_in_events_and_records_whatever_the_token_says(harness: Harness) -> None:
    me = harness.as_("citizen", STATION, sub=PHONE)
    case = (await me.post("/cases", a_registration(channel="mobile"))).json()
    await me.post(f"/cases/{case['id']}/withdraw", {"reason": "不办了"})
    await harness.settles()
    told = [stored.record.value or b"" async for stored in harness.log.scan("bianmin.intake")]
    assert sum(b'"actor":"citizen"' in value for value in told) == 2
    assert not any(PHONE.encode() in value for value in told)
    story = await harness.as_("window", STATION).get(f"/cases/{case['id']}/timeline")
    assert {entry["actor"] for entry in story.json()["items"]} == {"citizen"}


async def test_a_mandate_that_is_not_there_is_refused(harness: Harness) -> None:
    agent = {"staff_id": "d-1", "mandate_file_id": "01a207d3-afdc-7702-b13c-1d53a94d0e25"}
    answer = await harness.as_("agent", STATION).post("/cases", a_registration(agent=agent))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/agent/mandate_file_id")
    assert await count(harness, "cases") == 0


async def test_lists_are_paged_newest_first_and_cursors_are_bound_to_their_filters(harness: Harness) -> None:
    cases = [await registered(harness) for _ in range(5)]
    center = harness.as_("window", CENTER)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await center.get("/cases", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [case["id"] for case in reversed(cases)]
    first = (await center.get("/cases", limit=2)).json()["next_cursor"]
    assert (await center.get("/cases", limit=2, cursor=first, status="accepted")).status_code == 400
    assert (await center.get("/cases", limit=2, cursor=first[:-2] + "xx")).status_code == 400
    assert (await center.get("/cases", limit=201)).status_code == 422


async def test_the_change_feed_is_in_the_order_of_change(harness: Harness) -> None:
    first, second = await registered(harness), await registered(harness)
    await harness.as_("window", CENTER).post(f"/cases/{first['id']}/accept")
    feed = (await harness.as_("integrator", COUNTY).get("/cases", updated_since="2020-01-01T00:00:00+08:00")).json()
    assert [one["id"] for one in feed["items"]] == [second["id"], first["id"]]
    assert (
        await harness.as_("integrator", COUNTY).get("/cases", updated_since="2020-01-01T00:00:00")
    ).status_code == 422


async def test_track_tells_progress_to_who_knows_number_and_tail_and_nothing_else(harness: Harness) -> None:
    case = await registered(harness)
    good = await harness.nobody.get("/track", case_no=case["case_no"], id_tail=ID_NUMBER[-4:].lower())
    assert good.json()["status_text"] == "已登记"
    assert NAME not in good.text
    wrong = await harness.nobody.get("/track", case_no=case["case_no"], id_tail="1234")
    unknown = await harness.nobody.get("/track", case_no="520111101201-20260101-9999", id_tail="1234")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.content == unknown.content


async def test_personal_data_is_sealed_masked_and_audited(harness: Harness) -> None:
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
                    assert secret.encode().hex() not in row, f"{table} keeps it in plain bytes"


async def test_a_refused_or_failed_request_leaves_no_person_in_answers_and_logs(
    harness: Harness, printed: io.StringIO
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
    for answer in (refused.text, failed.text, printed.getvalue()):
        for secret in (ID_NUMBER, ID_NUMBER[:-1], NAME, PHONE):
            assert secret not in answer
    assert "request.failed" in printed.getvalue()


async def test_statements_per_request_are_few(harness: Harness) -> None:
    database = harness.runtime("intake").database
    desk = harness.as_("window", STATION)
    with statements(database) as sent:
        answer = await desk.post("/cases", a_registration())
    assert answer.status_code == 201
    assert len(_without_the_relay(sent)) <= 6, sent
    with statements(database) as sent:
        await desk.get(f"/cases/{answer.json()['id']}")
    assert len(_without_the_relay(sent)) <= 2
    with statements(database) as sent:
        await desk.get("/cases", updated_since="2020-01-01T00:00:00+08:00")
    assert len(_without_the_relay(sent)) <= 3


def _without_the_relay(sent: list[str]) -> list[str]:
    """The relay works beside the requests: on the lease, and on the outbox but for inserting."""
    return [each for each in sent if " lease " not in each and not ("outbox" in each and "INSERT" not in each)]


async def test_a_business_date_of_a_desk_that_was_offline_counts(harness: Harness) -> None:
    day = harness.runtime("intake").clock.today() - timedelta(days=3)
    case = await registered(harness, received_on=day.isoformat())
    assert case["receipt"]["received_on"] == day.isoformat()


async def test_d7_a_case_that_nobody_can_read_holds_up_no_other_that_waited_long_enough_nor_is_it_tried_all_the_time(
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
    assert [(one.source, one.subject, one.attempts) for one in held] == [("timer:lapses", cases[1], 0)]
    for case in (cases[0], cases[2]):
        assert (await desk.get(f"/cases/{case}")).json()["status"] == "closed"
    await runtime.ticker.tick(SERVICE.timers[0])
    assert await parked.listed(runtime.database) == held, "left alone for a minute"
