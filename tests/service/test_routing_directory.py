"""The directory over HTTP, on PostgreSQL: orgs, offices, staff."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events.routing import StaffChanged
from services.routing.app import SERVICE
from tests.harness import Client, statements
from tests.service.routing_county import (
    CENTER,
    CITY,
    COUNTY,
    OTHER_CENTER,
    PROVINCE,
    STATION,
    UUID7,
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


async def test_an_org_is_created_and_renamed_by_hand(county_with_orgs: County) -> None:
    admin, path = county_with_orgs.admin, "/orgs/520111103"
    assert (await admin.put(path, {"name": "孟关乡"}, etag='"1"')).status_code == 412, "the org does not exist yet"
    made = await admin.put(path, {"name": "孟关乡", "level": "township"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    seen = await admin.get(path)
    assert (
        seen.json()
        == made.json()
        == {
            "code": "520111103",
            "level": "township",
            "name": "孟关乡",
            "parent": COUNTY,
            "offices": [],
        }
    )
    assert (await admin.put(path, {"x": 1})).status_code == 428, "the version is checked before the body"
    assert (await admin.put(path, {"x": 1}, etag='"9"')).status_code == 412
    back = await admin.put(path, seen.json() | {"name": "孟关苗族布依族乡"}, etag=seen.headers["etag"])
    assert (back.status_code, back.headers["etag"]) == (200, '"2"')
    assert [event.sequence for event in await county_with_orgs.announced("520111103")] == [1, 2]
    same = await admin.put(path, back.json(), etag='"2"')
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')
    assert len(await county_with_orgs.announced("520111103")) == 2


async def test_of_two_simultaneous_renames_one_is_refused(county_with_orgs: County) -> None:
    answers = await asyncio.gather(
        *(county_with_orgs.admin.put(f"/orgs/{CENTER}", {"name": f"青岩 {n}"}, etag='"1"') for n in range(2))
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


@pytest.mark.parametrize(
    ("code", "body", "status"),
    [
        ("520199101", {"name": "某镇"}, 422),
        ("520111103", {"name": "某镇", "level": "village"}, 422),
        ("520111103", {"name": ""}, 422),
        ("520111103", {"name": "某镇", "population": 1}, 422),
        ("5201111", {"name": "某镇"}, 422),
        ("５２０１１１１０３", {"name": "某镇"}, 422),
    ],
)
async def test_an_org_without_a_place_in_the_tree_is_refused(
    county_with_orgs: County, code: str, body: Any, status: int
) -> None:
    assert (await county_with_orgs.admin.put(f"/orgs/{code}", body)).status_code == status
    assert await county_with_orgs.count("org") == 7


async def test_the_tree_is_read_level_by_level_and_by_name(county_with_orgs: County) -> None:
    anyone = county_with_orgs.harness.as_("window", STATION)

    async def codes(**query: Any) -> list[str]:
        answer = await anyone.get("/orgs", **query)
        assert answer.status_code == 200, answer.text
        return [each["code"] for each in answer.json()["items"]]

    assert await codes(parent=COUNTY) == [CENTER, OTHER_CENTER]
    assert await codes(org=CENTER) == [CENTER, STATION]
    assert await codes(q="镇") == [CENTER, OTHER_CENTER]
    assert await codes(q="%") == []
    assert await codes(parent=COUNTY, q="青岩") == [CENTER]
    assert len(await codes()) == 7
    assert (await anyone.get("/orgs", parent="5")).status_code == 422
    first = (await anyone.get("/orgs", limit=4)).json()
    rest = (await anyone.get("/orgs", limit=4, cursor=first["next_cursor"])).json()
    assert [each["code"] for each in first["items"] + rest["items"]] == await codes()
    assert rest["next_cursor"] is None
    assert (await anyone.get("/orgs", limit=4, cursor=first["next_cursor"], q="镇")).status_code == 400


async def test_an_org_that_does_not_exist(county_with_orgs: County) -> None:
    for path in ("/orgs/520112", "/orgs/520112/offices", "/orgs/520112/staff"):
        assert (await county_with_orgs.harness.as_("admin", PROVINCE).get(path)).status_code == 404
    assert (await county_with_orgs.admin.post("/orgs/520112/offices", CIVIL)).status_code == 404
    assert (await county_with_orgs.admin.post("/orgs/520112/staff", CLERK)).status_code == 404
    assert (await county_with_orgs.harness.nobody.get(f"/orgs/{CENTER}")).status_code == 401


async def test_a_new_office_is_stored_and_announced(county_with_orgs: County) -> None:
    manager = county_with_orgs.harness.as_("manager", CENTER)
    made = await manager.post(f"/orgs/{CENTER}/offices", CIVIL)
    assert (made.status_code, made.json()) == (201, CIVIL)
    assert (await manager.get(f"/orgs/{CENTER}/offices")).json() == {"items": [CIVIL], "next_cursor": None}
    org = await manager.get(f"/orgs/{CENTER}")
    assert (org.json()["offices"], org.headers["etag"]) == ([CIVIL], '"2"')
    events = await county_with_orgs.announced(CENTER)
    assert [event.sequence for event in events] == [1, 2]
    assert events[-1].data is not None
    assert events[-1].data.model_dump(mode="json")["offices"] == [{"dept": "civil", "name": "民政办"}]
    assert b"83600001" not in events[-1].raw
    assert (await manager.post(f"/orgs/{CENTER}/offices", CIVIL)).status_code == 409
    assert (await county_with_orgs.admin.post(f"/orgs/{STATION}/offices", CIVIL)).status_code == 409
    assert (await manager.post(f"/orgs/{OTHER_CENTER}/offices", CIVIL)).status_code == 403
    assert (
        await county_with_orgs.harness.as_("window", CENTER).post(f"/orgs/{CENTER}/offices", CIVIL)
    ).status_code == 403
    assert await county_with_orgs.count("office") == 1


async def test_new_staff_are_visible_to_the_orgs_above_and_to_their_line(county_with_orgs: County) -> None:
    await county_with_orgs.admin.post(f"/orgs/{CENTER}/offices", CIVIL)
    manager = county_with_orgs.harness.as_("manager", CENTER)
    joined = await manager.post(f"/orgs/{CENTER}/staff", CLERK)
    assert (joined.status_code, joined.json()) == (201, CLERK | {"org": CENTER})
    general = await manager.post(f"/orgs/{CENTER}/staff", {"name": "李四", "roles": ["window"]})
    assert UUID7.match(general.json()["id"])

    async def ids(who: Client, **query: Any) -> list[str]:
        answer = await who.get(f"/orgs/{CENTER}/staff", **query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await ids(manager) == sorted([general.json()["id"], "S-17"])
    assert await ids(manager, dept="civil") == ["S-17"]
    assert await ids(county_with_orgs.harness.as_("department", COUNTY, "civil")) == ["S-17"]
    assert await ids(county_with_orgs.harness.as_("department", COUNTY, "land")) == []
    for outsider in (
        county_with_orgs.harness.as_("manager", OTHER_CENTER),
        county_with_orgs.harness.as_("window", STATION),
        county_with_orgs.harness.as_("citizen", PROVINCE),
    ):
        assert (await outsider.get(f"/orgs/{CENTER}/staff")).status_code == 403
    line = county_with_orgs.harness.as_("department", COUNTY, "land")
    assert (await line.get(f"/orgs/{CENTER}/staff", dept="civil")).status_code == 403
    events = await county_with_orgs.announced()
    assert {event.subject: event.data for event in events if event.subject.startswith("staff/")} == {
        "staff/S-17": StaffChanged(org=CENTER, dept="civil", roles=("window", "agent")),
        f"staff/{general.json()['id']}": StaffChanged(org=CENTER, roles=("window",)),
    }, "neither name nor phone"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"dept": "land"}, 422),
        ({"roles": []}, 422),
        ({"roles": ["window", "window"]}, 422),
        ({"roles": ["citizen"]}, 422),
        ({"roles": ["department"], "dept": None}, 422),
        ({"phone": "1380000"}, 422),
        ({"id": "S 17"}, 422),
        ({"name": "王\n五"}, 422),
        ({"name": "王小五\u0000"}, 422),
        ({"birthday": "1990-01-01"}, 422),
    ],
)
async def test_a_refused_member_of_staff_is_not_repeated_in_the_answer(
    county_with_orgs: County, changes: dict[str, Any], status: int
) -> None:
    await county_with_orgs.admin.post(f"/orgs/{CENTER}/offices", CIVIL)
    answer = await county_with_orgs.admin.post(f"/orgs/{CENTER}/staff", CLERK | changes)
    assert answer.status_code == status, answer.text
    for secret in ("王小五", "13000000001", "1380000"):
        assert secret not in answer.text
    assert await county_with_orgs.count("staff") == 0


async def test_a_staff_id_is_unique(county_with_orgs: County) -> None:
    await county_with_orgs.admin.post(f"/orgs/{CENTER}/offices", CIVIL)
    answers = await asyncio.gather(*(county_with_orgs.admin.post(f"/orgs/{CENTER}/staff", CLERK) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    elsewhere = await county_with_orgs.admin.post(
        f"/orgs/{CITY}/staff", {"id": "S-17", "name": "李四", "roles": ["agent"]}
    )
    assert elsewhere.status_code == 409
    assert CENTER not in elsewhere.text


async def test_staff_are_paged(county_with_orgs: County) -> None:
    for n in range(5):
        body = {"id": f"S-{n}", "name": "某人", "roles": ["agent"]}
        assert (await county_with_orgs.admin.post(f"/orgs/{STATION}/staff", body)).status_code == 201
    first = (await county_with_orgs.admin.get(f"/orgs/{STATION}/staff", limit=3)).json()
    rest = (await county_with_orgs.admin.get(f"/orgs/{STATION}/staff", limit=3, cursor=first["next_cursor"])).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [f"S-{n}" for n in range(5)]
    assert rest["next_cursor"] is None


async def test_statements_per_request_are_few(county_with_orgs: County) -> None:
    database = county_with_orgs.harness.runtime("routing").database
    for path, most in (
        (f"/orgs/{CENTER}", 1),
        (f"/orgs/{CENTER}/offices", 1),
        ("/orgs", 1),
        (f"/orgs/{CENTER}/staff", 2),
    ):
        with statements(database) as sent:
            assert (await county_with_orgs.admin.get(path)).status_code == 200
        assert len(statements_of_requests(sent)) <= most, sent
