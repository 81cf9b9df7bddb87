"""Circuits over HTTP, on PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.db import rows
from services.routing.app import SERVICE
from tests.harness import Client
from tests.service.routing_county import CENTER, COUNTY, OTHER_CENTER, STATION, County, a_county

BOOKING = {"item_code": "CL-001", "name": "张小三丰", "phone": "13000000001"}


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with a_county(await migrated([SERVICE]), tmp_path) as county:
        await county.import_orgs()
        person = {"id": "anna", "name": "安娜", "roles": ["window"]}
        assert (await county.admin.post(f"/orgs/{CENTER}/staff", person)).status_code == 201
        yield county


def a_circuit(county: County, **changes: Any) -> dict[str, Any]:
    today = county.harness.runtime("routing").clock.today()
    session = {"org": CENTER, "place": "龙井村村委会", "on": str(today), "start": "09:30", "end": "15:00"}
    return {**session, "items": ["CL-001", "YL-002"], "capacity": 3, "team": ["anna"], **changes}


async def plan(county: County, **changes: Any) -> Any:
    return await county.harness.as_("manager", CENTER).post("/circuits", a_circuit(county, **changes))


async def test_a_circuit_is_planned_listed_booked_and_closed(county: County) -> None:
    planned = await plan(county)
    assert planned.status_code == 201, planned.text
    id = planned.json()["id"]
    villager = county.harness.as_("citizen", STATION)
    booked = await villager.post(f"/circuits/{id}/bookings", BOOKING)
    assert (booked.status_code, booked.json()["place"]) == (201, "龙井村村委会")
    nobody = Client(county.harness.http, {})
    [listed] = (await nobody.get("/circuits", org=COUNTY)).json()["items"]
    assert (listed["id"], listed["free"], listed["status"]) == (id, 2, "open")
    assert (await nobody.get("/circuits", org=OTHER_CENTER)).json()["items"] == []
    head = county.harness.as_("manager", CENTER)
    assert (await head.post(f"/circuits/{id}/close")).json()["free"] == 0
    late = await villager.post(f"/circuits/{id}/bookings", BOOKING)
    assert (late.status_code, late.json()["type"]) == (409, "urn:bianmin:problem:circuit-over")
    assert (await head.post(f"/circuits/{id}/close")).status_code == 409
    events = await county.announced(f"circuit/{id}")
    assert [event.data.event_name for event in events if event.data] == ["circuit.scheduled", "circuit.closed"]
    async with county.harness.runtime("routing").database.reading() as tx:
        [row] = await rows(tx, "SELECT name, phone FROM booking")
    assert "张小三丰".encode() not in row["name"]


async def test_a_race_of_bookings_never_exceeds_the_capacity(county: County) -> None:
    id = (await plan(county, capacity=7)).json()["id"]
    desks = [county.harness.as_("citizen", STATION, sub=f"C-{n}") for n in range(20)]
    answers = await asyncio.gather(*(desk.post(f"/circuits/{id}/bookings", BOOKING) for desk in desks))
    assert Counter(answer.status_code for answer in answers) == {201: 7, 409: 13}
    assert await county.count("booking") == 7


async def test_errors_say_what_to_do(county: County) -> None:
    wrong = await plan(county, on="2020-01-01", end="09:00", team=["anna", "nobody"])
    assert [(error["pointer"], error["code"]) for error in wrong.json()["errors"]] == [
        ("/on", "in_the_past"),
        ("/end", "before_start"),
        ("/team/1", "staff_unknown"),
    ]
    id = (await plan(county)).json()["id"]
    other = await county.reviewer.post(f"/circuits/{id}/bookings", BOOKING | {"item_code": "XX-1"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/item_code")
    unknown = await county.reviewer.post("/circuits/019acb10-3c5d-7e21-9a4b-6c8d0e2f4a61/bookings", BOOKING)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("role", "org", "status"),
    [
        ("window", CENTER, 201),
        ("admin", COUNTY, 201),
        ("manager", OTHER_CENTER, 403),
        ("manager", STATION, 403),
        ("department", CENTER, 403),
        ("citizen", CENTER, 403),
    ],
)
async def test_who_may_plan_and_close(county: County, role: str, org: str, status: int) -> None:
    actor = county.harness.as_(role, org, "civil" if role == "department" else None)
    planned = await actor.post("/circuits", a_circuit(county))
    assert planned.status_code == status, planned.text
    id = (await plan(county)).json()["id"]
    assert (await actor.post(f"/circuits/{id}/close")).status_code == (200 if status == 201 else 403)
