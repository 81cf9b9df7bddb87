"""Texts, numbers, files and addresses as people and programs write them, over HTTP at all services."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.db import rows
from command.deployment import SERVICES
from tests.harness import Client, Harness, running_harness
from tests.service.intake_builders import CATALOG, CENTER, COUNTY, STATION, a_registration, import_catalog

NEWER = "张\U0002ebf0"
UNSEEN = ["张\u200b三", "张\u202e三", "张\x07三", "\u200b", "\u3164", "张\ufdd0三"]
ORGS = "".join(
    f"{code},{level},机构{code}\n"
    for code, level in [
        ("52", "province"),
        ("5201", "city"),
        (COUNTY, "county"),
        (CENTER, "township"),
        (STATION, "village"),
    ]
)


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    services = list(SERVICES)
    async with running_harness(await migrated(services), services, tmp_path) as harness:
        assert (await import_catalog(harness, CATALOG)).status_code == 200
        assert (await import_orgs(harness, ORGS)).status_code == 200
        for code in (COUNTY, CENTER):
            office = {"dept": "civil", "name": "民政办"}
            assert (await harness.as_("admin", "52").post(f"/orgs/{code}/offices", office)).status_code == 201
        await harness.settles()
        yield harness


async def import_orgs(harness: Harness, lines: str) -> Any:
    body = f"code,level,name\n{lines}".encode()
    return await harness.as_("admin", "52").post("/orgs/import", content=body, headers={"Content-Type": "text/csv"})


async def registered_case(harness: Harness, body: dict[str, Any]) -> dict[str, Any]:
    desk = harness.as_("window", STATION)
    answer = await desk.post("/cases", body)
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = (await desk.get(f"/cases/{answer.json()['id']}")).json()
    return case


def applicant(**changes: Any) -> dict[str, Any]:
    body = a_registration()
    return {**body, "applicant": {**body["applicant"], **changes}}


async def with_text(harness: Harness, text: str) -> dict[str, int]:
    """The status of each door for a text: names, texts and entries of every service."""
    desk, admin = harness.as_("window", STATION), harness.as_("admin", "52")
    item = {"code": "MZ-77", "name": text, "category": "civil", "item_type": "05", "lodge_at": ["center"]}
    item |= {"decide_level": "center", "mode": "promised"}
    file = json.dumps({"items": [{**item, "code": "MZ-78"}]}, ensure_ascii=False)
    year = {"status": "official", "source": "通知", "days": [{"date": "2027-07-01", "kind": "off", "name": text}]}
    lodging = {"kind": "complaint", "subject": {"org": CENTER}, "anonymous": True, "text": text}
    named = {**lodging, "anonymous": False, "text": "反映", "complainant": {"name": text}}
    answers = {
        "applicant": await desk.post("/cases", applicant(name=text)),
        "form value": await desk.post("/cases", a_registration(form={"area": text})),
        "form name": await desk.post("/cases", a_registration(form={text: 1})),
        "item": await admin.put("/catalog/items/MZ-77", item, org=COUNTY),
        "item in a file": await import_catalog(harness, file),
        "office": await admin.post(f"/orgs/{COUNTY}/offices", {"dept": "market", "name": text}),
        "staff": await admin.post(f"/orgs/{COUNTY}/staff", {"name": text, "roles": ["window"]}),
        "staff id": await admin.post(f"/orgs/{COUNTY}/staff", {"id": text, "name": "李娟", "roles": ["window"]}),
        "org": await admin.put("/orgs/520111108", {"name": text}),
        "org in a file": await import_orgs(harness, f"520111109,township,{text}\n"),
        "calendar": await admin.put("/calendars/52/years/2027", year),
        "complaint": await harness.nobody.post("/complaints", lodging, key=str(uuid4())),
        "complainant": await harness.nobody.post("/complaints", named, key=str(uuid4())),
    }
    return {door: answer.status_code for door, answer in answers.items()}


async def test_g4_what_nobody_can_see_is_refused_at_every_door(harness: Harness) -> None:
    for text in UNSEEN:
        taken = {door for door, status in (await with_text(harness, text)).items() if status not in (400, 422)}
        # an entry of a form may be empty
        assert taken == ({"form value", "form name"} if text in ("\u200b", "\u3164") else set()), ascii(text)


async def test_g2_a_character_newer_than_the_interpreter_is_taken_at_every_door(harness: Harness) -> None:
    statuses = await with_text(harness, NEWER)
    assert {door: status for door, status in statuses.items() if status not in (200, 201)} == {}


async def test_g2_a_token_may_have_a_newer_character_and_nothing_unseen(harness: Harness) -> None:
    def client(sub: str, name: str = "李娟") -> Client:
        token = harness.tokens.issue(Actor(sub, STATION, frozenset({"window"})), name, seconds=60)
        return Client(harness.http, {"Authorization": f"Bearer {token}"})

    answer = await client(NEWER, NEWER).post("/cases", a_registration())
    assert answer.status_code == 201, answer.text
    await harness.settles()
    for text in ("w\u200b1", "w\x1f", "w\ufffe", "\u202ew", " w", "\u200b"):
        assert (await client(text).post("/cases", a_registration())).status_code == 401
    assert (await client("w-1", "李\u200b娟").post("/cases", a_registration())).status_code == 401


async def test_g3_a_name_is_normalised_at_the_door_and_masked_by_what_is_seen(harness: Harness) -> None:
    case = await registered_case(harness, applicant(name="\u3000张　三 "))
    assert case["applicant"]["name"] == "张*"
    await harness.settles()
    async with harness.runtime("intake").database.reading() as tx:
        stored = await rows(tx, "SELECT applicant->>'name' FROM cases")
    assert stored[0][0] == "张*"


async def test_g4_items_that_an_older_program_stored_are_shown_and_published(harness: Harness) -> None:
    admin = harness.as_("admin", "52")
    async with harness.runtime("intake").database.transaction() as tx:
        changed = "UPDATE item_version SET content = jsonb_set(content, '{name}', to_jsonb($1::text)) RETURNING code"
        await rows(tx, changed, "低保\u200b确认\x0b")
    assert (await admin.get("/catalog/items", org=COUNTY)).status_code == 200
    shown = await admin.get("/catalog/items/MZ-001", org=COUNTY)
    assert shown.json()["name"] == "低保\u200b确认\x0b"
    assert (await admin.post(f"/catalog/items/MZ-001/retire?org={COUNTY}")).status_code == 200


async def test_g6_a_key_that_is_twice_is_refused_in_every_body(harness: Harness) -> None:
    for path, body in (
        ("/cases", '{"org": "1",\n"org": "2"}'),
        ("/cases", '{"applicant": {"name": "a",\n"name": "b"}}'),
        ("/complaints", '{"text": "a",\n"text": "b"}'),
        ("/orgs/import", '{"items": [{"code": "52",\n"code": "53"}]}'),
        ("/catalog/import", '{"items": [],\n"items": []}'),
    ):
        headers = {"Content-Type": "application/json"}
        client = harness.as_("window", STATION) if path == "/cases" else harness.as_("admin", "52")
        answer = await client.post(path, content=body.encode(), headers=headers)
        detail = answer.json()["detail"]
        assert (answer.status_code, "第 2 行" in detail, "出现了两次" in detail) == (400, True, True), (path, detail)


async def test_g6_a_period_that_is_twice_in_a_catalog_is_refused(harness: Harness) -> None:
    twice = CATALOG.replace("  legal: {", "  legal: {value: 60, unit: workday}\n  legal: {")
    answer = await import_catalog(harness, twice)
    assert answer.status_code == 400
    assert "“legal”出现了两次" in answer.json()["detail"]
    octal = await import_catalog(harness, CATALOG.replace("value: 20, unit: workday, conf: L", "value: 010"))
    assert octal.status_code == 200
    assert (await harness.nobody.get("/catalog/items/MZ-001", org=COUNTY)).json()["promise"]["value"] == 10


async def test_g22_while_a_large_file_is_parsed_others_are_answered(harness: Harness) -> None:
    finished: list[str] = []

    async def note(name: str, answer: Awaitable[Any]) -> Any:
        found = await answer
        finished.append(name)
        return found

    large = import_catalog(harness, "items: [" + "[]," * 1_200_000 + "]")
    answer, *_ = await asyncio.gather(
        note("import", large), *(note("read", harness.nobody.get("/catalog/items")) for _ in range(3))
    )
    assert finished == ["read"] * 3 + ["import"]
    assert (answer.status_code, "太多" in answer.text) == (400, True)


async def test_g22_whose_catalog_it_is_is_judged_before_the_file_is_parsed(harness: Harness) -> None:
    manager = harness.as_("manager", STATION)
    headers = {"Content-Type": "application/yaml"}
    answer = await manager.post(f"/catalog/import?org={COUNTY}", content=b"items: [[", headers=headers)
    assert answer.status_code == 403


async def test_g16_pointers_name_only_what_the_client_wrote(harness: Harness) -> None:
    desk = harness.as_("window", STATION)
    for value, detail in ((1.5, "应为文字"), ("长" * 501, "不能超过 500 个字"), (["a"], "应为文字")):
        answer = await desk.post("/cases", a_registration(form={"area": value}))
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, "/form/area")
        assert error["detail"].startswith(detail)
    missing = await desk.post("/cases", {**a_registration(), "applicant": {}})
    assert "/applicant/id_number" in [error["pointer"] for error in missing.json()["errors"]]


async def test_g16_a_moment_pasted_into_an_address_works(harness: Harness) -> None:
    desk = harness.as_("window", STATION)
    await registered_case(harness, a_registration())
    at = (await desk.get("/cases")).json()["items"][0]["updated_at"]
    assert "+08:00" in at
    answer = await desk.http.get(f"/api/v1/cases?updated_since={at}", headers=desk.headers)
    assert answer.status_code == 200, answer.text


async def test_g16_what_is_given_for_a_code_is_answered_with_what_to_do(harness: Harness) -> None:
    for changes, pointer, advice in (
        ({"item_code": "最低生活保障审核确认"}, "/item_code", "GET /catalog/items?q="),
        ({"org": "520111101000"}, "/org", "去掉末尾补的零"),
        ({"org": "六广镇"}, "/org", "不是名称"),
    ):
        answer = await harness.as_("window", STATION).post("/cases", a_registration(**changes))
        found = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
        assert (answer.status_code, advice in found[pointer]) == (422, True), found


async def test_g16_other_ways_of_paging_lead_to_ours(harness: Harness) -> None:
    for query in ("page=2", "pageSize=50", "page_no=1", "offset=20"):
        answer = await harness.http.get(f"/api/v1/catalog/items?{query}")
        detail = answer.json()["errors"][0]["detail"]
        assert (answer.status_code, "limit" in detail, "cursor" in detail) == (422, True, True), detail


async def test_g17_phones_are_stored_in_one_form(harness: Harness) -> None:
    case = await registered_case(harness, applicant(phone="+86 130 0000 0001"))
    assert case["applicant"]["phone"] == "130****0001"
    office = {"dept": "market", "name": "市场监管所", "phone": "（0851）8237 2345 转 801"}
    opened = await harness.as_("admin", "52").post(f"/orgs/{COUNTY}/offices", office)
    assert opened.json()["phone"] == "0851-82372345-801"


async def test_g17_a_search_folds_width_and_case(harness: Harness) -> None:
    assert (await import_catalog(harness, CATALOG.replace("村民委员会出具证明", "ＡＢＣ㈱证明"))).status_code == 200
    for q in ("abc", "ＡＢＣ", "Abc(株)", "ABC㈱证"):
        found = await harness.nobody.get("/catalog/items", org=COUNTY, q=q)
        assert [item["code"] for item in found.json()["items"]] == ["CZ-001"], q
    assert (await harness.nobody.get("/catalog/items", org=COUNTY, q="%")).json()["items"] == []
    orgs = await harness.as_("admin", "52").get("/orgs", q="５２０１１１１０１２")
    assert [org["code"] for org in orgs.json()["items"]] == [STATION]
