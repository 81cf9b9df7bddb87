"""The catalog over HTTP: imports, permissions, drafts and their ETags."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.intake.app import SERVICE
from tests.harness import Harness, running_harness
from tests.service.intake_builders import CENTER, COUNTY, import_catalog

ITEM: dict[str, Any] = {
    "code": "MZ-009",
    "name": "临时救助",
    "category": "civil",
    "item_type": "05",
    "lodge_at": ["center"],
    "decide_level": "center",
    "mode": "promised",
    "materials": [],
    "promise": {"value": 5, "unit": "workday"},
}


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        yield harness


async def imported(harness: Harness, body: str, media: str = "application/json", dept: str | None = None) -> Any:
    editor = harness.as_("manager", COUNTY, dept)
    path = f"/catalog/import?org={COUNTY}&publish=true"
    return await editor.post(path, content=body.encode(), headers={"Content-Type": media})


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"items": [{**ITEM, "name": "𠮷村证明"}]}),  # with a surrogate pair
        json.dumps({"items": [{**ITEM, "name": "𠮷村证明"}]}, indent="\t", ensure_ascii=False),
        json.dumps({"items": [{**ITEM, "name": "𠮷村证明"}]}, ensure_ascii=False),
    ],
)
async def test_json_is_imported_in_every_way_of_writing_it(harness: Harness, body: str) -> None:
    answer = await imported(harness, body)
    assert answer.status_code == 200, answer.text
    shown = await harness.nobody.get("/catalog/items/MZ-009", org=COUNTY)
    assert shown.json()["name"] == "𠮷村证明"


async def test_malformed_json_is_refused_with_its_line(harness: Harness) -> None:
    answer = await imported(harness, '{"items": [\n{"code": }]}')
    assert (answer.status_code, answer.json()["detail"]) == (400, "第 2 行：不是正确的 JSON；请检查引号、逗号和括号。")


@pytest.mark.parametrize(
    "changed",
    ['name: "a\\0b"', "fee: {amount: .inf}", "fee: {amount: .nan}", 'name: "\\ud800"'],
)
async def test_values_that_no_database_can_store_are_refused_with_their_line(harness: Harness, changed: str) -> None:
    lines = [f"  {key}: {json.dumps(value)}" for key, value in ITEM.items() if not changed.startswith(key)]
    answer = await import_catalog(harness, "\n".join(["items:", "-", *lines, f"  {changed}"]))
    assert answer.status_code in (400, 422), answer.text
    assert "行" in answer.text
    assert (await harness.nobody.get("/catalog/items", org=COUNTY)).json()["items"] == []


async def test_an_infinite_number_in_json_is_refused(harness: Harness) -> None:
    body = json.dumps({"items": [{**ITEM, "fee": {"amount": 1}}]}).replace('"amount": 1', '"amount": 1e999')
    assert (await imported(harness, body)).status_code == 422


async def test_a_department_changes_only_items_of_its_own_line(harness: Harness) -> None:
    body = json.dumps({"items": [ITEM]})
    assert (await imported(harness, body, dept="police")).status_code == 403
    assert (await imported(harness, body, dept="civil")).status_code == 200
    other_department = harness.as_("manager", COUNTY, "police")
    assert (await other_department.post(f"/catalog/items/MZ-009/retire?org={COUNTY}", {})).status_code == 403
    etag = (await other_department.get("/catalog/items/MZ-009", org=COUNTY)).headers["etag"]
    moved_item = {**ITEM, "category": "police"}
    assert (await other_department.put("/catalog/items/MZ-009", moved_item, etag=etag, org=COUNTY)).status_code == 403


async def test_an_editor_who_has_not_read_the_draft_does_not_overwrite_it(harness: Harness) -> None:
    editor = harness.as_("manager", COUNTY)
    await imported(harness, json.dumps({"items": [ITEM]}))
    published = (await editor.get("/catalog/items/MZ-009", org=COUNTY)).headers["etag"]
    drafted = await editor.put("/catalog/items/MZ-009", {**ITEM, "name": "改过的名称"}, etag=published, org=COUNTY)
    assert drafted.status_code == 200
    shown = await editor.get("/catalog/items/MZ-009", org=COUNTY)
    assert shown.json()["name"] == "临时救助"
    unaware = await editor.put("/catalog/items/MZ-009", ITEM, etag=shown.headers["etag"], org=COUNTY)
    assert unaware.status_code == 412
    draft = await editor.get("/catalog/items/MZ-009", org=COUNTY, draft="true")
    assert (draft.json()["name"], draft.json()["status"]) == ("改过的名称", "draft")
    assert (await editor.put("/catalog/items/MZ-009", ITEM, etag=draft.headers["etag"], org=COUNTY)).status_code == 200
    citizens = await harness.nobody.get("/catalog/items/MZ-009", org=COUNTY, draft="true")
    assert citizens.json()["status"] == "published"


async def test_an_immediate_period_is_zero_also_without_a_number(harness: Harness) -> None:
    await imported(harness, json.dumps({"items": [{**ITEM, "mode": "direct", "promise": {"unit": "immediate"}}]}))
    await harness.settles()
    [event] = [stored async for stored in harness.log.scan("bianmin.intake")]
    assert event.record.value is not None
    assert b'"promise":{"value":0,"unit":"immediate"' in event.record.value


async def test_g32_drafts_are_shown_in_the_chain_of_their_county_and_to_nobody_elsewhere(harness: Harness) -> None:
    draft = {**ITEM, "name": "还没有发布的"}
    assert (await harness.as_("manager", COUNTY).put("/catalog/items/MZ-009", draft)).status_code == 201
    for org in ("52", "5201", COUNTY, CENTER):
        shown = await harness.as_("manager", org).get("/catalog/items/MZ-009", org=COUNTY)
        assert shown.json()["name"] == "还没有发布的"
    for role, org in (("manager", "520123"), ("admin", "5202"), ("manager", f"{COUNTY[:-1]}2"), ("window", COUNTY)):
        stranger = harness.as_(role, org)
        for path in ("", "/versions"):
            for draft_wanted in ({}, {"draft": "true"}):
                if path and draft_wanted:
                    continue
                answer = await stranger.get(f"/catalog/items/MZ-009{path}", org=COUNTY, **draft_wanted)
                assert answer.status_code == 404, answer.text
    assert (await harness.nobody.get("/catalog/items/MZ-009", org=COUNTY, draft="true")).status_code == 404
    elsewhere = await harness.as_("manager", "520123").put("/catalog/items/MZ-009", draft, org=COUNTY)
    assert elsewhere.status_code == 403, "not 428, which says that there is a draft"
