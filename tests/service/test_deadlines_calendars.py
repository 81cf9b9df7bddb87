"""Calendars over HTTP: when a period ends, and which days are off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import routing
from services.deadlines.app import SERVICE
from tests.harness import Client, running_harness, statements
from tests.service.deadlines_county import COUNTY, County


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        yield County(harness)


@pytest.fixture
def citizen(county: County) -> Client:
    return county.harness.nobody


@pytest.mark.parametrize(
    ("query", "due_on"),
    [
        ({"start": "2025-09-26", "days": 5, "unit": "workday"}, "2025-10-10"),
        ({"start": "2026-02-13", "days": 20, "unit": "workday"}, "2026-03-19"),
        ({"start": "2026-02-13", "days": 20}, "2026-03-19"),
        ({"start": "2025-08-02", "days": 60, "unit": "day"}, "2025-10-09"),
        ({"start": "2026-03-02", "days": 0, "unit": "day"}, "2026-03-02"),
    ],
)
async def test_a_due_day_is_calculated_without_a_token(citizen: Client, query: dict[str, Any], due_on: str) -> None:
    for region in ("CN", "52"):
        answer = await citizen.get(f"/calendars/{region}/due", **query)
        assert (answer.status_code, answer.json()["due_on"]) == (200, due_on)


async def test_the_answer_says_which_days_do_not_count_and_why(citizen: Client) -> None:
    answer = (await citizen.get("/calendars/52/due", start="2025-09-26", days=5)).json()
    assert answer["skipped"] == [
        {"date": "2025-09-27", "reason": "周六休息"},
        *({"date": f"2025-10-0{n}", "reason": "放假（国庆节、中秋节）"} for n in range(1, 9)),
    ]
    assert (answer["due_at"], answer["provisional"]) == ("2025-10-11T00:00:00+08:00", False)


async def test_a8_a_date_in_a_year_not_yet_published_is_provisional(citizen: Client) -> None:
    answer = (await citizen.get("/calendars/52/due", start="2026-12-21", days=20)).json()
    assert (answer["provisional"], answer["due_on"][:4]) == (True, "2027")


@pytest.mark.parametrize(("start", "missing"), [("2030-12-20", "2031"), ("2003-12-31", "2003"), ("0001-01-01", "1")])
async def test_a_missing_year_is_refused_and_named(citizen: Client, start: str, missing: str) -> None:
    answer = await citizen.get("/calendars/52/due", start=start, days=20)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "urn:bianmin:problem:calendar-missing")
    assert f"{missing} 年" in problem["detail"]
    assert problem["errors"][0]["pointer"] == "query:start"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start": "2026-03-02"},
        {"start": "2026-02-30", "days": 5},
        {"start": "20260302", "days": 5},
        {"start": "2026-03-02", "days": -1},
        {"start": "2026-03-02", "days": 3651},
        {"start": "2026-03-02", "days": "five"},
        {"start": "2026-03-02", "days": 5, "unit": "hour"},
    ],
)
async def test_an_invalid_query_is_refused(citizen: Client, query: dict[str, Any]) -> None:
    answer = await citizen.get("/calendars/52/due", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("region", ["520111", "53", "cn", "五二", "５２", "5", "52-1", "520111101201999999"])
async def test_an_unknown_region_is_not_found(citizen: Client, region: str) -> None:
    answer = await citizen.get(f"/calendars/{region}/due", start="2026-03-02", days=5)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:bianmin:problem:region-not-found")


async def test_an_org_that_routing_announced_has_the_calendar_of_the_region_above_it(
    county: County, citizen: Client
) -> None:
    event = routing.OrgChanged(code=COUNTY, name="南明区", level="county", parent="5201")
    await county.announces("routing", COUNTY, event)
    await county.announces("routing", COUNTY, event)
    answer = await citizen.get(f"/calendars/{COUNTY}/due", start="2026-03-02", days=5)
    assert (answer.status_code, answer.json()["due_on"]) == (200, "2026-03-09")


async def test_a_year_has_its_days_and_its_status(county: County) -> None:
    staff = county.harness.as_("window", COUNTY)
    official = await staff.get("/calendars/52/years/2026")
    year = official.json()
    assert (year["region"], year["year"], year["status"]) == ("CN", 2026, "official")
    assert {"date": "2026-02-14", "kind": "work", "name": "春节调休"} in year["days"]
    estimated = await staff.get("/calendars/CN/years/2027")
    assert estimated.json()["status"] == "estimated"
    assert official.headers["etag"] != estimated.headers["etag"]


@pytest.mark.parametrize("path", ["/calendars/CN/years/2031", "/calendars/CN/years/-1", "/calendars/99/years/2026"])
async def test_a_missing_year_or_region_is_not_found(county: County, path: str) -> None:
    assert (await county.harness.as_("window", COUNTY).get(path)).status_code == 404


async def test_a_calendar_of_a_region_that_always_exists_is_read_without_the_org_table(county: County) -> None:
    with statements(county.harness.runtime("deadlines").database) as sent:
        await county.harness.nobody.get("/calendars/52/due", start="2026-03-02", days=5)
        assert not [each for each in sent if "FROM org" in each]
        await county.harness.nobody.get("/calendars/5201/due", start="2026-03-02", days=5)
    assert len([each for each in sent if "FROM org" in each]) == 1
