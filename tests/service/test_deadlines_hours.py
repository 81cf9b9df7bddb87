"""Opening hours of a desk: published, inherited, withdrawn, and refused where a desk would never open."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.harness import Client
from tests.service.deadlines_county import (
    COUNTY,
    STATION,
    WEEK,
    County,
    a_year,
    hours,
    recount_all,
    running_deadlines,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    orgs = ((COUNTY, "county"), (STATION, "village"))
    async with running_deadlines(await migrated([SERVICE]), tmp_path, *orgs) as county:
        yield county


@pytest.fixture
def admin(county: County) -> Client:
    return county.harness.as_("admin", "52")


async def test_a_desk_has_the_opening_hours_of_the_nearest_region_that_published_any(
    county: County, admin: Client
) -> None:
    usual = (await admin.get(f"/calendars/{STATION}/hours")).json()
    assert (usual["region"], usual["version"]) == (None, 0)
    assert usual["weekdays"][0] == [{"since": "09:00", "until": "12:00"}, {"since": "13:00", "until": "17:00"}]
    first = await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK, WEEK[0]))
    assert (first.status_code, first.json()["version"]) == (201, 1)
    assert (await admin.get(f"/calendars/{STATION}/hours")).json()["region"] == COUNTY
    assert (await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))).status_code == 428
    again = await admin.put(f"/calendars/{COUNTY}/hours", first.json(), etag=first.headers["etag"])
    assert (again.status_code, again.json()["version"]) == (200, 2)
    shown = (await admin.get(f"/calendars/{COUNTY}/hours/history")).json()["items"]
    assert [each["hours"]["version"] for each in shown] == [2, 1]


async def test_a_clock_that_ends_at_closing_time_moves_with_the_hours(county: County, admin: Client) -> None:
    policy = {"kind": "completeness", "cut_off": "close"}
    await admin.put(f"/policies/{COUNTY}", {"policies": [policy]})
    await recount_all(county.harness)
    await county.registers(case := str(new_id()))
    [clock] = await county.clocks(case_id=case)
    assert clock["due_at"] == "2026-03-09T17:00:00+08:00"
    await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))
    await recount_all(county.harness)
    [clock] = await county.clocks(case_id=case)
    assert (clock["due_at"], clock["due_on"]) == ("2026-03-09T17:30:00+08:00", "2026-03-09")


async def test_withdrawn_hours_leave_those_of_the_region_above_in_force_and_stay_on_record(
    county: County, admin: Client
) -> None:
    path = f"/calendars/{STATION}/hours"
    assert (await admin.delete(path)).status_code == 404
    above = await admin.put(f"/calendars/{COUNTY}/hours", hours(WEEK))
    assert (await admin.delete(path)).status_code == 404
    etag = (await admin.put(path, hours(WEEK[:2]))).headers["etag"]
    assert (await admin.delete(path)).status_code == 428
    assert (await admin.delete(path, etag='"7"')).status_code == 412
    answer = await county.harness.as_("admin", STATION, sub="a-7").delete(path, etag=etag)
    assert (answer.status_code, answer.json()) == (200, above.json())
    assert "etag" not in answer.headers, "there is nothing of its own to be seen"
    assert (await admin.get(path)).json() == above.json()
    [last, _] = (await admin.get(f"{path}/history")).json()["items"]
    assert (last["version"], last["published_by"], last["hours"]) == (2, "a-7", None)
    again = await admin.put(path, hours(WEEK[:3]))
    assert (again.status_code, again.json()["version"]) == (201, 3)


async def test_a_clock_that_ends_at_closing_time_moves_when_the_hours_are_withdrawn(
    county: County, admin: Client
) -> None:
    path = f"/calendars/{COUNTY}/hours"
    await admin.put(f"/policies/{COUNTY}", {"policies": [{"kind": "completeness", "cut_off": "close"}]})
    await recount_all(county.harness)
    await county.registers(case := str(new_id()))
    would = (await admin.put(path, hours(WEEK), preview="true")).json()
    assert [(move["due_at"][11:16], move["new_due_at"][11:16]) for move in would["moves"]] == [("17:00", "17:30")]
    assert (await admin.get(path)).json()["region"] is None
    etag = (await admin.put(path, hours(WEEK))).headers["etag"]
    await recount_all(county.harness)
    would = (await admin.delete(path, etag=etag, preview="true")).json()
    assert (would["crossing"], would["examined"]) == (1, 1)
    assert [(move["due_at"][11:16], move["new_due_at"][11:16]) for move in would["moves"]] == [("17:30", "17:00")]
    [clock] = await county.clocks(case_id=case)
    assert clock["due_at"] == "2026-03-09T17:30:00+08:00"
    assert (await admin.delete(path, etag=etag)).json()["region"] is None
    await recount_all(county.harness)
    [clock] = await county.clocks(case_id=case)
    assert clock["due_at"] == "2026-03-09T17:00:00+08:00"
    shown = (await county.harness.as_("supervisor", "52").get(f"/clocks/{clock['id']}/explain")).json()
    assert shown["calendar_version"] == clock["calendar_version"]


@pytest.mark.parametrize(
    "body",
    [
        hours([]),
        hours([[], [], [], [], [], [{"since": "09:00", "until": "12:00"}]]),
        hours([[{"since": "12:00", "until": "09:00"}]]),
        hours([[{"since": "09:00", "until": "00:00"}]]),
        hours([[{"since": "09:00", "until": "12:00"}, {"since": "11:00", "until": "13:00"}]]),
        hours([[{"since": "9", "until": "12:00"}]]),
        hours([[{"since": "09:00", "until": "25:00"}]]),
        hours([[{"since": "T0900", "until": "12:00"}]]),
        hours([[{"since": "0900Z", "until": "12:00"}]]),
        hours([[{"since": "09:60", "until": "12:00"}]]),
        hours([*WEEK, [{"since": "09:00", "until": "12:00"}]]),
        hours([*WEEK, [], [{"since": "09:00", "until": "12:00"}]]),
        {"weekdays": WEEK, "make_up": []},
    ],
)
async def test_a12_a_desk_that_never_opens_is_refused(county: County, admin: Client, body: dict[str, Any]) -> None:
    answer = await admin.put(f"/calendars/{COUNTY}/hours", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a12_days_and_hours_that_together_close_a_desk_for_a_year_are_refused(
    county: County, admin: Client
) -> None:
    on_tuesdays = hours([[], [{"since": "09:00", "until": "12:00"}]])
    tuesdays = (date(2026, 1, 6) + timedelta(days=7 * n) for n in range(52))
    no_tuesday = a_year(*({"date": str(day), "kind": "off", "name": "休"} for day in tuesdays))
    assert (await admin.put(f"/calendars/{STATION}/hours", on_tuesdays)).status_code == 201
    answer = await admin.put(f"/calendars/{COUNTY}/years/2026", no_tuesday)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:calendar-invalid")
    assert "没有开放时间" in answer.json()["detail"]
    seen = (await admin.get(f"/calendars/{STATION}/hours")).headers["etag"]
    assert (await admin.put(f"/calendars/{STATION}/hours", hours(WEEK), etag=seen)).status_code == 200
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", no_tuesday)).status_code == 201
    answer = await admin.put(f"/calendars/{COUNTY}/hours", on_tuesdays)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:bianmin:problem:hours-invalid")
    assert "没有开放时间" in answer.json()["detail"]


async def test_a12_a_withdrawal_that_closes_a_desk_for_a_year_is_refused(county: County, admin: Client) -> None:
    on_tuesdays = hours([[], [{"since": "09:00", "until": "12:00"}]])
    tuesdays = [str(date(2026, 1, 6) + timedelta(days=7 * n)) for n in range(52)]
    off, work = (a_year(*({"date": day, "kind": kind, "name": "休"} for day in tuesdays)) for kind in ("off", "work"))
    own_hours = (await admin.put(f"/calendars/{STATION}/hours", hours(WEEK))).headers["etag"]
    own_days = (await admin.put(f"/calendars/{STATION}/years/2026", off)).headers["etag"]
    assert (await admin.put(f"/calendars/{COUNTY}/hours", on_tuesdays)).status_code == 201
    answer = await admin.delete(f"/calendars/{STATION}/hours", etag=own_hours)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:hours-needed")
    assert "没有开放时间" in answer.json()["detail"]

    own_days = (await admin.put(f"/calendars/{STATION}/years/2026", work, etag=own_days)).headers["etag"]
    assert (await admin.delete(f"/calendars/{STATION}/hours", etag=own_hours)).status_code == 200
    with_hours = await admin.get(f"/calendars/{COUNTY}/hours")
    assert (await admin.delete(f"/calendars/{COUNTY}/hours", etag=with_hours.headers["etag"])).status_code == 200
    assert (await admin.put(f"/calendars/{STATION}/hours", on_tuesdays)).status_code == 201
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", off)).status_code == 201
    answer = await admin.delete(f"/calendars/{STATION}/years/2026", etag=own_days)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bianmin:problem:calendar-needed")
    assert "没有开放时间" in answer.json()["detail"]


async def test_only_an_admin_of_the_region_publishes_opening_hours(county: County) -> None:
    for role, org, status in (("window", COUNTY, 403), ("admin", "520112", 403), ("admin", COUNTY, 201)):
        answer = await county.harness.as_(role, org).put(f"/calendars/{STATION}/hours", hours(WEEK))
        assert answer.status_code == status
