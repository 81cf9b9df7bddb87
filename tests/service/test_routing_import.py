"""Import of divisions over HTTP, on PostgreSQL, up to a whole province."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from services.routing.app import SERVICE
from tests.harness import statements
from tests.service.routing_county import (
    CENTER,
    COUNTY,
    ORGS,
    PROVINCE,
    County,
    a_county,
    statements_of_requests,
)

CIVIL = {"dept": "civil", "name": "民政办", "phone": "0851-83600001"}
CLERK = {"id": "S-17", "name": "王小五", "roles": ["window", "agent"], "dept": "civil", "phone": "13000000001"}


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        yield county


@pytest.fixture
async def county_with_orgs(county: County) -> County:
    assert (await county.import_orgs()).status_code == 200
    return county


def a_province() -> str:
    """CSV of as many divisions as Guizhou has: 1 + 9 + 88 + 1,510 + 17,964."""
    cities = [f"52{n:02}" for n in range(1, 10)]
    counties = [f"{cities[n % 9]}{n // 9 + 1:02}" for n in range(88)]
    townships = [f"{counties[n % 88]}{n // 88 + 100:03}" for n in range(1510)]
    villages = [f"{townships[n % 1510]}{n // 1510 + 200:03}" for n in range(17964)]
    levels = {"province": ["52"], "city": cities, "county": counties, "township": townships, "village": villages}
    return "code,level,name\n" + "".join(
        f"{code},{level},{level} {code[-3:]}\n" for level, codes in levels.items() for code in codes
    )


async def test_a_province_is_imported_in_one_call_and_a_repetition_changes_nothing(county: County) -> None:
    text = a_province()
    database = county.harness.runtime("routing").database
    with statements(database) as sent:
        first = await county.import_orgs(text)
    assert first.json() == {"created": 19572, "changed": 0, "unchanged": 0}
    assert len(statements_of_requests(sent)) <= 7, "the number does not grow with the orgs"
    again = await county.import_orgs(text)
    assert again.json() == {"created": 0, "changed": 0, "unchanged": 19572}
    changed = await county.import_orgs(text.replace("52,province,province 52", "52,province,贵州省"))
    assert changed.json() == {"created": 0, "changed": 1, "unchanged": 19571}
    events = await county.announced()
    assert len(events) == 19573
    assert [event.sequence for event in events if event.subject == "52"] == [1, 2]


async def test_an_import_announces_each_org(county_with_orgs: County) -> None:
    (event,) = await county_with_orgs.announced(CENTER)
    assert event.type == "cn.bianmin.org.changed.v1"
    assert event.data is not None
    assert event.data.model_dump(mode="json") == {
        "code": CENTER,
        "name": "青岩镇",
        "level": "township",
        "parent": COUNTY,
        "offices": [],
    }


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"\xef\xbb\xbf" + ORGS.replace("\n", "\r\n").encode(), "text/csv; charset=utf-8"),
        (ORGS.replace("贵州省", '"贵州省,黔"').encode(), "text/csv"),
        (b'[{"code": "52", "level": "province", "name": "x"}]', "application/json"),
        (b'{"items": [{"code": "52", "level": "province", "name": "x"}]}', "application/json"),
    ],
)
async def test_an_import_takes_csv_and_json(county: County, body: bytes, media: str) -> None:
    answer = await county.admin.post("/orgs/import", content=body, headers={"Content-Type": media})
    assert answer.status_code == 200, answer.text
    assert (await county.admin.get("/orgs/52")).status_code == 200


async def test_an_import_with_errors_is_refused_as_a_whole_and_each_error_names_its_line(
    county_with_orgs: County,
) -> None:
    before = len(await county_with_orgs.announced())
    bad = ORGS + "520111103,village,孟关乡\n520113101,township,麦架镇\n520111,county,花溪\n,point,\n"
    answer = await county_with_orgs.import_orgs(bad)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"], each["detail"][:5]) for each in answer.json()["errors"]] == [
        ("/7/level", "level_mismatch", "第 9 行"),
        ("/8/code", "parent_unknown", "第 10 "),
        ("/9/code", "duplicate", "第 11 "),
        ("/10/code", "division_code", "第 12 "),
    ]
    for sent in ("孟关乡", "520113101", "麦架镇"):
        assert sent not in answer.text
    assert await county_with_orgs.count("org") == 7
    assert len(await county_with_orgs.announced()) == before


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (ORGS, "text/plain", 415),
        (ORGS.replace("name", "title"), "text/csv", 422),
        (ORGS + '"52', "text/csv", 400),
        ("code,level,name\n52,province,\0\n", "text/csv", 400),
        ("", "text/csv", 422),
        ("[", "application/json", 400),
        ('{"items": []}', "application/json", 422),
        ('{"divisions": []}', "application/json", 422),
        ('[{"code": "52", "level": "province", "name": "\\u0000"}]', "application/json", 422),
        ('[{"code": "52", "level": "province", "name": "x", "extra": 1}]', "application/json", 422),
    ],
)
async def test_a_malformed_import_is_refused(county: County, body: str, media: str, status: int) -> None:
    headers = {"Content-Type": media}
    answer = await county.admin.post("/orgs/import", content=body.encode(), headers=headers)
    assert answer.status_code == status, answer.text
    assert await county.count("org") == 0


async def test_only_an_admin_imports_and_only_the_own_subtree(county_with_orgs: County) -> None:
    assert (
        await county_with_orgs.import_orgs(who=county_with_orgs.harness.as_("manager", PROVINCE))
    ).status_code == 403
    divisions = "code,level,name\n520111103,township,孟关乡\n"
    assert (
        await county_with_orgs.import_orgs(divisions, who=county_with_orgs.harness.as_("admin", CENTER))
    ).status_code == 403
    assert (
        await county_with_orgs.import_orgs(divisions, who=county_with_orgs.harness.as_("admin", COUNTY))
    ).status_code == 200


async def test_simultaneous_imports_of_the_same_orgs_run_one_after_the_other(county: County) -> None:
    answers = await asyncio.gather(*(county.import_orgs() for _ in range(4)))
    assert sorted(answer.json()["created"] for answer in answers) == [0, 0, 0, 7]
    assert len(await county.announced()) == 7


async def test_an_import_keeps_the_offices(county_with_orgs: County) -> None:
    await county_with_orgs.admin.post(f"/orgs/{CENTER}/offices", CIVIL)
    assert (await county_with_orgs.import_orgs(ORGS.replace("青岩镇", "青岩古镇"))).json()["changed"] == 1
    last = (await county_with_orgs.announced(CENTER))[-1]
    assert last.data is not None
    assert last.data.model_dump(mode="json")["offices"] == [{"dept": "civil", "name": "民政办"}]
