"""Rosters and the public duty list over HTTP, on PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.routing.app import SERVICE
from tests.harness import Client
from tests.service.routing_county import CENTER, COUNTY, OTHER_CENTER, PROVINCE, STATION, County, a_county

ROSTER: dict[str, Any] = {
    "rotation": [{"staff_ids": ["anna"], "weekdays": [1, 2, 3, 4, 5], "from": "2026-03-01", "window": "综合窗口"}],
    "open": [{"start": "09:00", "end": "12:00"}, {"start": "13:30", "end": "17:00"}],
    "market": {"rule": "branch", "days": ["子", "午"], "on_holiday": "keep"},
    "trips": [],
}


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        await county.import_orgs()
        for org, id, roles in (
            (CENTER, "anna", ["window"]),
            (CENTER, "bert", ["manager"]),
            (STATION, "agnes", ["agent"]),
        ):
            person = {"id": id, "name": f"{id}三", "roles": roles, "phone": "0851-82372345"}
            answer = await county.admin.post(f"/orgs/{org}/staff", person)
            assert answer.status_code == 201, answer.text
        yield county


def nobody(county: County) -> Client:
    return Client(county.harness.http, {})


async def put(county: County, roster: dict[str, Any], etag: str | None = None) -> Any:
    head = county.harness.as_("manager", CENTER)
    return await head.put(f"/orgs/{CENTER}/rosters", roster, etag=etag)


async def test_a_roster_is_set_read_and_changed_with_its_version(county: County) -> None:
    clerk = county.harness.as_("window", CENTER)
    empty = await clerk.get(f"/orgs/{CENTER}/rosters")
    assert empty.json() == {"org": CENTER, "rotation": [], "open": [], "market": None, "trips": []}
    assert "etag" not in empty.headers
    created = await put(county, ROSTER)
    assert created.status_code == 201, created.text
    read = await clerk.get(f"/orgs/{CENTER}/rosters")
    assert read.json() == created.json()
    assert read.json()["rotation"][0] == ROSTER["rotation"][0] | {"to": None}
    assert (await put(county, ROSTER)).status_code == 428
    again = await put(county, read.json(), read.headers["etag"])
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    assert (await put(county, ROSTER, read.headers["etag"])).status_code == 412
    events = [event.data.model_dump() for event in await county.announced(f"roster/{CENTER}") if event.data]
    assert events == [{"org": CENTER, "has_market": True, "version": n} for n in (1, 2)]


async def test_anybody_sees_who_is_on_duty_and_everybody_is_on_market_days(county: County) -> None:
    await put(county, ROSTER)
    ordinary = (await nobody(county).get("/duty", org=CENTER, date="2026-03-02")).json()
    assert ordinary["market_day"] is False
    assert ordinary["people"] == [{"name": "anna三", "dept": None, "window": "综合窗口", "phone": "0851-82372345"}]
    market = (await nobody(county).get("/duty", org=CENTER, date="2026-03-15")).json()  # a Sunday
    assert (market["market_day"], [person["name"] for person in market["people"]]) == (True, ["anna三", "bert三"])
    month = (await nobody(county).get("/duty/month", org=CENTER, month="2026-03")).json()["items"]
    assert len(month) == 31
    assert [day["date"] for day in month if day["market_day"]] == [
        "2026-03-03",
        "2026-03-09",
        "2026-03-15",
        "2026-03-21",
        "2026-03-27",
    ]


async def test_the_station_tells_the_next_trip_of_its_agent(county: County) -> None:
    await put(county, ROSTER)
    trips = {"trips": [{"agent_id": "agnes", "to_org": CENTER, "market": True}]}
    answer = await county.harness.as_("manager", STATION).put(f"/orgs/{STATION}/rosters", trips)
    assert answer.status_code == 201, answer.text
    duty = (await nobody(county).get("/duty", org=STATION, date="2026-03-04")).json()
    assert duty["trips"] == [{"on": "2026-03-09", "agent": "agnes三", "to_org": CENTER}]
    assert duty["people"] == []


async def test_errors_say_what_to_do(county: County) -> None:
    wrong = ROSTER | {"market": {"rule": "solar_digit", "days": [31]}}
    answer = await put(county, wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/market/days/0")
    stranger = ROSTER | {"rotation": [{"staff_ids": ["agnes"], "weekdays": [1]}]}
    answer = await put(county, stranger)
    assert answer.json()["errors"][0]["code"] == "staff_unknown"
    assert (await nobody(county).get("/duty", org="520199", date="2026-03-02")).status_code == 404
    assert (await nobody(county).get("/duty", org=CENTER, date="2026-02-30")).status_code == 422
    assert (await nobody(county).get("/duty/month", org=CENTER, month="2026-13")).status_code == 422
    assert (await nobody(county).get(f"/orgs/{CENTER}/rosters")).status_code == 401


@pytest.mark.parametrize(
    ("role", "org", "status"),
    [
        ("admin", PROVINCE, 201),
        ("manager", COUNTY, 201),
        ("manager", OTHER_CENTER, 403),
        ("manager", STATION, 403),
        ("window", CENTER, 403),
        ("integrator", PROVINCE, 403),
    ],
)
async def test_who_may_set_a_roster(county: County, role: str, org: str, status: int) -> None:
    answer = await county.harness.as_(role, org).put(f"/orgs/{CENTER}/rosters", ROSTER)
    assert answer.status_code == status, answer.text
