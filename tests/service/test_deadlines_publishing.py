"""Calendars are published: who may, what it moves, and that it moves exactly that."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import routing
from bianmin.events.deadlines import CalendarPublished, ClockRescheduled
from bianmin.kit.db import rows, run
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from services.deadlines.calendars import GENERATION, shipped
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay
from services.deadlines.store import recounts, rulebook
from tests.harness import Client
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    FESTIVAL,
    OTHER_STATION,
    STATION,
    County,
    a_year,
    at,
    recount_all,
    running_deadlines,
    set_clock,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    orgs = ((COUNTY, "county"), ("520112", "county"))
    async with running_deadlines(await migrated([SERVICE]), tmp_path, *orgs) as county:
        yield county


@pytest.fixture
def admin(county: County) -> Client:
    return county.harness.as_("admin", "52")


async def test_d12_a_countys_festival_moves_the_clocks_across_it_in_the_county_and_no_other(
    county: County, admin: Client
) -> None:
    ours = await county.a_running_case("2026-03-02")
    theirs = await county.a_running_case("2026-03-02", org="520112101201")
    overdue, yet_to_come = await county.lodges("2026-02-02"), await county.a_running_case("2026-03-06")
    await set_clock(county.harness, "2026-03-02T09:00")
    before = {clock["id"]: clock for clock in await county.clocks()}
    answer = await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))
    assert (answer.status_code, answer.json()["region"]) == (201, COUNTY)
    await recount_all(county.harness)
    promise, statutory = await county.clocks(case_id=ours)
    assert (promise["due_on"], statutory["due_on"]) == ("2026-03-10", "2026-03-31")
    assert promise["calendar_version"].startswith(COUNTY)
    for other in (theirs, overdue, yet_to_come):
        for clock in await county.clocks(case_id=other):
            assert clock == before[clock["id"]]
    events = [event.data for event in await county.announced()]
    [published] = [data for data in events if isinstance(data, CalendarPublished)]
    assert [(str(day.date), day.works) for day in published.changes] == [("2026-03-05", False)]
    moved = [data for data in events if isinstance(data, ClockRescheduled)]
    assert [(data.kind, str(data.previous_due_on), data.reason_code) for data in moved] == [
        ("promise", "2026-03-09", "calendar"),
        ("statutory", "2026-03-30", "calendar"),
    ]
    [kept] = (await _explained(county, ours))["moves"]
    assert (kept["reason"], kept["previous_due_on"], kept["due_on"]) == ("calendar", "2026-03-09", "2026-03-10")
    [recount] = (await admin.get("/calendars/recounts")).json()["items"][:1]
    assert (recount["state"], recount["total"], recount["left"]) == ("done", 1, 0)
    due = await county.harness.nobody.get(f"/calendars/{COUNTY}/due", start="2026-03-02", days=5)
    assert due.json()["due_on"] == "2026-03-10"


async def test_a17_a_regions_calendar_overrides_those_above_it_and_the_explanation_names_every_day(
    county: County, admin: Client
) -> None:
    await county.announces("routing", CENTER, routing.OrgChanged(code=CENTER, name="青岩镇", level="township"))
    for region, *days in (
        ("52", ("2026-03-05", "off", "省节日")),
        (COUNTY, ("2026-03-06", "off", "县节日")),
        (CENTER, ("2026-03-05", "work", "镇赶集补班"), ("2026-03-09", "off", "镇防汛停办")),
    ):
        named = [{"date": date, "kind": kind, "name": name} for date, kind, name in days]
        assert (await admin.put(f"/calendars/{region}/years/2026", a_year(*named))).status_code == 201
    weekend = {"2026-03-07": "周六休息", "2026-03-08": "周日休息"}
    for org, due_on, skipped in (
        (STATION, "2026-03-11", {"2026-03-06": "放假（县节日）", **weekend, "2026-03-09": "放假（镇防汛停办）"}),
        (OTHER_STATION, "2026-03-11", {"2026-03-05": "放假（省节日）", "2026-03-06": "放假（县节日）", **weekend}),
        ("520112101201", "2026-03-10", {"2026-03-05": "放假（省节日）", **weekend}),
    ):
        case = await county.a_running_case("2026-03-02", org=org)
        [promise, _] = await county.clocks(case_id=case)
        shown = (await county.harness.as_("supervisor", "52").get(f"/clocks/{promise['id']}/explain")).json()
        assert shown["clock"]["due_on"] == due_on
        assert {day["date"]: day["reason"] for day in shown["days"][1:] if not day["counted"]} == skipped


async def test_d13_a_preview_lists_the_clocks_that_would_move_and_moves_none(county: County, admin: Client) -> None:
    await county.a_running_case("2026-03-02")
    shown = (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL), preview="true")).json()
    assert shown["changes"] == [{"date": "2026-03-05", "works": False}]
    assert (shown["crossing"], shown["examined"]) == (1, 1)
    assert [(move["kind"], move["due_on"], move["new_due_on"]) for move in shown["moves"]] == [
        ("promise", "2026-03-09", "2026-03-10"),
        ("statutory", "2026-03-30", "2026-03-31"),
    ]
    await recount_all(county.harness)
    assert {clock["due_on"] for clock in await county.clocks()} == {"2026-03-09", "2026-03-30"}
    assert (await admin.get(f"/calendars/{COUNTY}/years/2026")).json()["region"] == "CN"


async def test_a_year_is_replaced_only_with_its_etag_and_every_publication_is_on_record(
    county: County, admin: Client
) -> None:
    path = f"/calendars/{COUNTY}/years/2026"
    assert (await admin.put(path, a_year(*FESTIVAL))).status_code == 201
    assert (await admin.put(path, a_year())).status_code == 428
    seen = await admin.get(path)
    again = await admin.put(path, {**seen.json(), "source": "更正"}, etag=seen.headers["etag"])
    assert (again.status_code, again.json()["source"]) == (200, "更正")
    assert (await admin.put(path, a_year(), etag=seen.headers["etag"])).status_code == 412
    assert (await admin.put(path, a_year(), etag=again.headers["etag"])).status_code == 200
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [(one["version"], one["year"]["source"], len(one["year"]["days"])) for one in history] == [
        (3, "某县通知", 0),
        (2, "更正", 1),
        (1, "某县通知", 1),
    ]
    await recount_all(county.harness)
    assert (await county.harness.nobody.get(f"/calendars/{COUNTY}/due", start="2026-03-02", days=5)).json()[
        "due_on"
    ] == "2026-03-09"


@pytest.mark.parametrize(
    ("region", "year", "body", "status"),
    [
        ("CN", 2026, a_year(), 422),  # an empty year is not coverage
        (COUNTY, 2026, a_year(*FESTIVAL, {"date": "2026-03-05", "kind": "work", "name": "补班"}), 422),
        (COUNTY, 2026, a_year({"date": "2025-03-05", "kind": "off", "name": "三月三"}), 422),
        (COUNTY, 2026, a_year({"date": "2026-04-31", "kind": "off", "name": "三月三"}), 422),
        (COUNTY, 2031, a_year({"date": "2031-03-05", "kind": "off", "name": "三月三"}), 422),
        (COUNTY, 1900, a_year(*FESTIVAL), 422),
        ("520999", 2026, a_year(*FESTIVAL), 404),
        (COUNTY, 2026, {"status": "official", "days": []}, 422),
        (COUNTY, 2026, {**a_year(), "unknown": 1}, 422),
    ],
)
async def test_a8_a12_b13_an_invalid_calendar_is_refused(
    county: County, admin: Client, region: str, year: int, body: dict[str, Any], status: int
) -> None:
    etag = (await admin.get("/calendars/CN/years/2026")).headers["etag"] if region == "CN" else None
    answer = await admin.put(f"/calendars/{region}/years/{year}", body, etag=etag)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    async with county.harness.runtime("deadlines").database.reading() as tx:
        assert (await rows(tx, "SELECT count(*) FROM document WHERE kind <> 'shipped'"))[0][0] == 0


async def test_a_year_out_of_range_is_reported_once(admin: Client) -> None:
    for answer in [
        await admin.put("/calendars/CN/years/1949", a_year()),
        await admin.delete("/calendars/CN/years/2200"),
    ]:
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == ["path:year"]


async def test_a12_more_than_a_year_without_a_day_of_work_is_refused(admin: Client) -> None:
    answers = []
    for year in (2026, 2027):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        body = a_year(*({"date": str(day), "kind": "off", "name": "休"} for day in days))
        known = await admin.get(f"/calendars/CN/years/{year}")
        answers.append(await admin.put(f"/calendars/CN/years/{year}", body, etag=known.headers["etag"]))
    assert [answer.status_code for answer in answers] == [200, 422]
    assert "没有工作日" in answers[1].json()["detail"]


@pytest.mark.parametrize(("role", "org"), [("manager", COUNTY), ("admin", "520112"), ("window", CENTER)])
async def test_only_an_admin_of_the_region_publishes(county: County, role: str, org: str) -> None:
    answer = await county.harness.as_(role, org).put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))
    assert answer.status_code == 403
    own = await county.harness.as_("admin", COUNTY).get("/calendars/CN/years/2026")
    theirs = await county.harness.as_("admin", COUNTY).put(
        "/calendars/CN/years/2026", own.json(), etag=own.headers["etag"]
    )
    assert theirs.status_code == 403


async def test_a8_publishing_the_next_year_makes_its_due_days_certain(county: County, admin: Client) -> None:
    county.harness.app.state.clock.set(at("2026-12-21T09:00"))
    case = await county.a_running_case("2026-12-21")
    assert [clock["provisional"] for clock in await county.clocks(case_id=case)] == [False, True]
    year = await admin.get("/calendars/CN/years/2027")
    official = {**year.json(), "status": "official", "source": "国办通知"}
    assert (await admin.put("/calendars/CN/years/2027", official, etag=year.headers["etag"])).status_code == 200
    await recount_all(county.harness)
    assert [clock["provisional"] for clock in await county.clocks(case_id=case)] == [False, False]


async def test_a9_how_far_ahead_the_calendar_is_known_is_measured(county: County, admin: Client) -> None:
    async def condition() -> dict[str, float]:
        lines = (await county.harness.http.get("/metrics")).text.splitlines()
        return {line.split("{")[0]: float(line.split()[1]) for line in lines if line.startswith("calendar_")}

    assert await condition() == {"calendar_official_days": 304, "calendar_known_days": 1765}
    year = await admin.get("/calendars/CN/years/2027")
    official = {**year.json(), "status": "official", "source": "国办通知"}
    assert (await admin.put("/calendars/CN/years/2027", official, etag=year.headers["etag"])).status_code == 200
    assert await condition() == {"calendar_official_days": 669, "calendar_known_days": 1765}
    county.harness.app.state.clock.set(at("2031-01-02T09:00"))
    assert await condition() == {"calendar_official_days": -1098, "calendar_known_days": -2}


async def test_a_stopped_clock_is_explained_by_the_calendar_it_was_calculated_by(county: County, admin: Client) -> None:
    case = await county.a_running_case("2026-03-02")
    await county.grants(case, "2026-03-09T10:00")
    path = f"/calendars/{COUNTY}/years/2026"
    first = await admin.put(path, a_year(*FESTIVAL))
    await admin.put(path, a_year({**FESTIVAL[0], "name": "改名"}), etag=first.headers["etag"])
    await recount_all(county.harness)
    later = await county.a_running_case("2026-03-02")
    shown = [await _explained(county, each) for each in (case, later)]
    assert [one["calendar_version"][:6] for one in shown] == ["CN-" + shown[0]["calendar_version"][3:6], COUNTY]
    assert [_of(one, "2026-03-05") for one in shown] == [("counted", "工作日"), ("rest", "放假（改名）")]
    for one in shown:
        assert one["calendar_version"] == one["clock"]["calendar_version"]
        assert (one["days"][-1]["date"], one["days"][-1]["ordinal"]) == (one["clock"]["due_on"], 5)
        assert "依据现行日历" not in one["text"]


async def test_during_an_upgrade_old_and_new_programs_calculate_by_the_newer_years(
    county: County, admin: Client
) -> None:
    """The newer comes with a day off that the older one, which is this, knows nothing of."""
    await recount_all(county.harness)
    over, case = [await county.a_running_case("2026-03-02") for _ in range(2)]
    await county.grants(over, "2026-03-03T10:00")
    database = county.harness.runtime("deadlines").database

    async def a_newer_program_starts() -> bool:
        async with database.transaction() as tx:
            if installed := await rulebook.install_shipped(
                tx, GENERATION + 1, with_a_festival("新节日"), at("2026-03-02T09:00")
            ):
                await recounts.order_all(tx, "CN", at("2026-03-02T09:00"), new_id())
            return installed

    assert [await a_newer_program_starts() for _ in range(2)] == [True, False], "one of its replicas does it"
    await recount_all(county.harness)
    later = await county.a_running_case("2026-03-02")
    for one in (case, later):
        assert [clock["due_on"] for clock in await county.clocks(case_id=one)] == ["2026-03-10", "2026-03-31"]
    async with database.transaction() as tx:
        assert not await rulebook.install_shipped(tx, GENERATION, shipped(), at("2026-03-02T09:00"))
    assert [one["total"] for one in (await admin.get("/calendars/recounts")).json()["items"]] == [1]
    # what was over before is explained by the years that it was judged by
    assert [_of(await _explained(county, one), "2026-03-05") for one in (over, later)] == [
        ("counted", "工作日"),
        ("rest", "放假（新节日）"),
    ]


async def test_a_program_that_ships_newer_years_recalculates_all_running_clocks(county: County, admin: Client) -> None:
    await recount_all(county.harness)
    case = await county.a_running_case("2026-03-02")
    database = county.harness.runtime("deadlines").database
    async with database.transaction() as tx:
        await run(tx, "UPDATE edition SET generation = 0")
        await rulebook.install_shipped(tx, GENERATION - 1, with_a_festival("旧节日"), at("2026-03-02T09:00"))
        await recounts.order_all(tx, "CN", at("2026-03-02T09:00"), new_id())
    await recount_all(county.harness)
    assert (await county.clocks(case_id=case))[0]["due_on"] == "2026-03-09"
    assert len((await admin.get("/calendars/recounts")).json()["items"]) == 2


def with_a_festival(name: str) -> list[CalendarYear]:
    """The years that another program comes with."""
    day = NamedDay(date(2026, 3, 5), DayKind.OFF, name)
    return [replace(year, days=(*year.days, day)) if year.year == 2026 else year for year in shipped()]


async def _explained(county: County, case: str) -> dict[str, Any]:
    [promise] = await county.clocks(case_id=case, kind="promise")
    answer = await county.harness.as_("supervisor", "52").get(f"/clocks/{promise['id']}/explain")
    shown: dict[str, Any] = answer.json()
    return shown


def _of(explained: dict[str, Any], day: str) -> tuple[str, str]:
    [entry] = [each for each in explained["days"] if each["date"] == day]
    return entry["mark"], entry["reason"]
