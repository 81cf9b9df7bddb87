"""What citizens and partner systems may say and do at intake: what a desk knows is the desk's alone, over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from services.intake.app import SERVICE
from tests.harness import Client, Harness
from tests.service.intake_builders import (
    CENTER,
    COUNTY,
    OTHER_STATION,
    STATION,
    a_registration,
    registered,
    running_intake,
)


@pytest.fixture
async def harness(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Harness]:
    async with running_intake(await migrated([SERVICE]), tmp_path) as harness:
        yield harness


def somebody(harness: Harness, *roles: str, sub: str = "p-1", org: str = CENTER, dept: str | None = None) -> Client:
    """A client of somebody with several roles."""
    token = harness.tokens.issue(Actor(sub, org, frozenset(roles), dept), sub, seconds=3600)
    return Client(harness.http, {"Authorization": f"Bearer {token}"})


def long_ago(harness: Harness) -> str:
    day = harness.runtime("intake").clock.today() - timedelta(days=60)
    return day.isoformat()


ONLY_AT_DESKS: list[tuple[Mapping[str, Any], str]] = [
    ({"received_on": "long ago"}, "/received_on"),
    ({"agent": {"staff_id": "a-1"}}, "/agent"),
    *(({"channel": channel}, "/channel") for channel in ("window", "agent", "phone")),
]


@pytest.mark.parametrize(("changes", "pointer"), ONLY_AT_DESKS)
@pytest.mark.parametrize(
    ("roles", "channel"),
    [(["citizen"], "mobile"), (["integrator"], "partner"), (["citizen", "department", "admin"], "mobile")],
)
async def test_g24_what_only_a_desk_can_know_is_refused_from_everybody_else(
    harness: Harness, roles: list[str], channel: str, changes: dict[str, Any], pointer: str
) -> None:
    given = {"channel": channel, **changes}
    if "received_on" in given:
        given["received_on"] = long_ago(harness)
    refused = await somebody(harness, *roles).post("/cases", a_registration(**given))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bianmin:problem:desk-only")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    wrong_channel = "partner" if channel == "mobile" else "mobile"
    assert (await somebody(harness, *roles).post("/cases", a_registration(channel=wrong_channel))).status_code == 403
    today = harness.runtime("intake").clock.today().isoformat()
    accepted = await somebody(harness, *roles).post("/cases", a_registration(channel=channel, received_on=today))
    assert accepted.status_code == 201, accepted.text
    assert accepted.json()["receipt"]["received_on"] == today


async def test_g24_a_citizen_has_no_original_attested_from_afar(harness: Harness) -> None:
    body = a_registration(channel="mobile", materials=[{"no": 1, "form": "photo"}, {"no": 2, "form": "original"}])
    refused = await somebody(harness, "citizen").post("/cases", body)
    assert refused.status_code == 403
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/materials/1/form"]


async def test_g24_a_desk_dates_and_names_what_it_received(harness: Harness) -> None:
    body = {"channel": "agent", "agent": {"staff_id": "a-1"}, "received_on": long_ago(harness)}
    case = await registered(harness, **body)
    assert case["receipt"]["received_on"] == body["received_on"]


@pytest.mark.parametrize(
    ("roles", "dept"),
    [
        (["citizen"], None),
        (["citizen", "department"], "civil"),
        (["citizen", "supervisor"], None),
        (["citizen", "window"], None),
        (["citizen", "manager"], "civil"),
    ],
)
async def test_g25_the_role_citizen_withdraws_nobody_elses_case(
    harness: Harness, roles: list[str], dept: str | None
) -> None:
    case = await registered(harness)
    meddler = somebody(harness, *roles, org=COUNTY, dept=dept)
    refused = await meddler.post(f"/cases/{case['id']}/withdraw", {"reason": "x"})
    assert refused.status_code in (403, 404)
    assert (await harness.as_("window", STATION).get(f"/cases/{case['id']}")).json()["status"] == "registered"


@pytest.mark.parametrize("roles", [["citizen"], ["citizen", "window"], ["citizen", "department"]])
async def test_g25_a_citizen_sees_lists_and_withdraws_the_own_case_whatever_else_he_is(
    harness: Harness, roles: list[str]
) -> None:
    """He works elsewhere by now."""
    mine = (await somebody(harness, "citizen", org=COUNTY).post("/cases", a_registration(channel="mobile"))).json()
    await registered(harness)
    me = somebody(harness, *roles, org=OTHER_STATION)
    assert [each["id"] for each in (await me.get("/cases")).json()["items"]] == [mine["id"]]
    assert (await me.get(f"/cases/{mine['id']}")).status_code == 200
    withdrawn = await me.post(f"/cases/{mine['id']}/withdraw", {"reason": "不办了"})
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    assert (await somebody(harness, *roles, sub="p-2", org=OTHER_STATION).get("/cases")).json()["items"] == []
