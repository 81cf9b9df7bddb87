"""Calendars are published: who may, what it moves, and that it moves exactly that."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bianmin.events import complaints, routing
from bianmin.events.deadlines import CalendarPublished, ClockRescheduled
from bianmin.kit import parked
from bianmin.kit.db import Database, rows, run
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from services.deadlines.calendars import GENERATION, shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.clocks.counting import count_ends
from services.deadlines.store import recounts, rulebook, subjects
from tests.harness import Client, Harness, running_harness
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    FESTIVAL,
    OTHER_STATION,
    RECOUNTS,
    STATION,
    County,
    a_year,
    access,
    an_acceptance,
    at,
    recount_all,
    set_clock,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        harness.app.state.clock.set(at("2026-03-02T09:00"))
        county = County(harness)
        for code, level in ((COUNTY, "county"), ("520112", "county")):
            event = routing.OrgChanged.model_validate({"code": code, "name": code, "level": level, "parent": code[:4]})
            await county.announces("routing", code, event)
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


NEXT = {"date": "2031-01-01", "kind": "off", "name": "元旦"}


async def test_b12_a_clock_that_cannot_be_calculated_waits_for_the_year_to_be_published(
    county: County, admin: Client
) -> None:
    county.harness.app.state.clock.set(at("2030-12-20T09:00"))
    case = await county.a_running_case("2030-12-20")
    await county.grants(case, "2030-12-23T10:00")
    assert await county.clocks(case_id=case) == []
    database = county.harness.runtime("deadlines").database
    assert await still(database) == ("parked", "YearMissing", 0)
    assert 'parked_events{service="deadlines"} 1.0' in (await county.harness.http.get("/metrics")).text
    # what does not help is tried, and waits again
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    async with asyncio.timeout(30):
        while (await still(database)) != ("parked", "YearMissing", 1):
            await asyncio.sleep(0.02)
    assert (await admin.put("/calendars/CN/years/2031", a_year(NEXT))).status_code == 201
    async with asyncio.timeout(30):
        while await parked.listed(database, behind=True):
            await asyncio.sleep(0.02)
    clocks = await county.clocks(case_id=case)
    assert [clock["due_on"] for clock in clocks] == ["2030-12-27", "2031-01-20"]


async def test_b12_a_parked_recount_succeeds_when_the_year_is_published(county: County, admin: Client) -> None:
    """A longer period of the hotline reaches into a year that nobody knows: it keeps its date until somebody does."""
    county.harness.app.state.clock.set(at("2030-12-06T09:00"))
    event = complaints.ComplaintLodged(
        handler_org=COUNTY,
        accused_org=CENTER,
        complaint_no="TS1",
        kind="complaint",
        channel="hotline",
        anonymous=True,
        lodged_on=date(2030, 12, 6),
    )
    await county.announces("complaints", complaint := str(new_id()), event)
    policy = {"kind": "hotline", "unit": "workday", "budget": 30}
    assert (await admin.put(f"/policies/{COUNTY}", {"policies": [policy]})).status_code == 201
    runtime = county.harness.runtime("deadlines")
    async with asyncio.timeout(30):
        while not (listed := await parked.listed(runtime.database)):
            await runtime.ticker.tick(RECOUNTS)
    [held] = listed
    assert (held.source, held.subject, held.reason) == ("timer:recounts", complaint, "YearMissing")
    assert await due_of_the_hotline(county, complaint) == "2030-12-13"
    assert (await admin.put("/calendars/CN/years/2031", a_year(NEXT))).status_code == 201
    await recount_all(county.harness)
    assert await due_of_the_hotline(county, complaint) == "2031-01-20"
    assert await parked.listed(runtime.database) == []


async def still(database: Database) -> tuple[str, str, int]:
    """What has become of the event that is first in its chain."""
    [held] = [each for each in await parked.listed(database) if each.state != "waiting"]
    return held.state, held.reason, held.attempts


async def due_of_the_hotline(county: County, complaint: str) -> str:
    found = await county.clocks(case_id=complaint, kind="hotline")
    [clock] = [each for each in found if each["stage"] != "return"]
    due_on: str = clock["due_on"]
    return due_on


async def test_a_clock_in_time_is_not_late_by_a_new_calendar_alone(county: County, admin: Client) -> None:
    """A day of rest becomes a day of work, and the last day of the period lies in the past: there is a day of grace."""
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    case = await county.a_running_case("2026-03-02")
    county.harness.app.state.clock.set(at("2026-03-10T09:00"))
    year = await admin.get(f"/calendars/{COUNTY}/years/2026")
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(), etag=year.headers["etag"])).status_code == 200
    await recount_all(county.harness)
    promise, statutory = await county.clocks(case_id=case)
    assert (promise["due_on"], promise["lamp"], statutory["due_on"]) == ("2026-03-10", "yellow", "2026-03-30")


async def test_d13_a_revision_moves_exactly_the_clocks_that_a_full_recalculation_would_move(
    county: County, admin: Client
) -> None:
    chance = random.Random(2020)
    starts = [date(2026, 1, 1) + timedelta(days=chance.randrange(200)) for _ in range(300)]
    orgs = [chance.choice(("520111101201", OTHER_STATION, "520112101201")) for _ in starts]
    county.harness.app.state.clock.set(at("2026-01-01T09:00"))
    cases = [str(new_id()) for _ in starts]
    acceptances = [an_acceptance(str(start), org) for start, org in zip(starts, orgs, strict=True)]
    await county.announce_all("intake", list(zip(cases, acceptances, strict=True)))
    for case in cases[::3]:
        await county.grants(case, "2026-08-01T10:00")
    still = {case: starts[n] + timedelta(days=1) for n, case in enumerate(cases) if n % 6 == 1}
    procedures = {case: {"access": access(), "procedure_id": new_id(), "kind": "hearing"} for case in still}
    begun = [routing.ProcedureStarted(**procedures[case], started_on=on, expected_days=9) for case, on in still.items()]
    await county.announce_all("routing", list(zip(still, begun, strict=True)))
    # as in January 2020: three days more off, two make-up days taken back
    revised = {day["date"]: day for day in (await admin.get("/calendars/CN/years/2026")).json()["days"]}
    for text in ("2026-02-24", "2026-02-25", "2026-05-06"):
        revised[text] = {"date": text, "kind": "off", "name": "延长"}
    for text in ("2026-02-28", "2026-05-09"):
        del revised[text]
    year = await admin.get("/calendars/CN/years/2026")
    before = await all_clocks(county.harness)
    body = {**year.json(), "days": list(revised.values()), "source": "延长春节假期的通知"}
    assert (await admin.put("/calendars/CN/years/2026", body, etag=year.headers["etag"])).status_code == 200
    await recount_all(county.harness)
    after = await all_clocks(county.harness)
    named = tuple(NamedDay(date.fromisoformat(d["date"]), DayKind(d["kind"]), d["name"]) for d in revised.values())
    changed = CalendarYear("CN", 2026, YearStatus.OFFICIAL, "延长春节假期的通知", named)
    calendars = Calendars(shipped()).with_year(changed)
    expected = {clock.id: clock.end for subject in before.values() for clock in count_ends(calendars, subject.clocks)}
    was = {clock.id: clock for subject in before.values() for clock in subject.clocks}
    now = {clock.id: clock for subject in after.values() for clock in subject.clocks}
    assert {id: clock.end for id, clock in now.items()} == expected
    unmoved = {id for id, clock in was.items() if clock.end == expected[id] and clock.yellow_at == now[id].yellow_at}
    assert 50 < len(unmoved) < len(was) - 50
    assert all(now[id].version == was[id].version for id in unmoved if now[id].reminder_at == was[id].reminder_at)
    moves = [event.data for event in await county.announced() if isinstance(event.data, ClockRescheduled)]
    assert sorted(str(one.clock_id) for one in moves) == sorted(
        str(id) for id, clock in was.items() if clock.end != expected[id]
    )
    # what stood still has no end to move: it gets the one it would have anyway when it goes on
    assert sum(clock.end is None for clock in now.values()) > 50
    later = [on + timedelta(days=6) for on in still.values()]
    ended = [
        routing.ProcedureEnded(**procedures[case], started_on=on, ended_on=end)
        for (case, on), end in zip(still.items(), later, strict=True)
    ]
    await county.announce_all("routing", list(zip(still, ended, strict=True)))
    gone_on = await all_clocks(county.harness)
    clocks = [clock for subject in gone_on.values() for clock in subject.clocks]
    counted = [clock for subject in gone_on.values() for clock in count_ends(calendars, subject.clocks)]
    assert [clock.end for clock in clocks] == [clock.end for clock in counted]
    assert all(clock.end is not None for clock in clocks)


async def all_clocks(harness: Harness) -> dict[Any, Any]:
    async with harness.runtime("deadlines").database.reading() as tx:
        ids = [row[0] for row in await rows(tx, "SELECT id FROM subject")]
        return await subjects.load(tx, ids, locked=False)


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


async def test_a_subject_that_cannot_be_recalculated_stays_on_the_list_until_it_is_repaired(
    county: County, admin: Client
) -> None:
    bad, good = [await county.a_running_case("2026-03-02") for _ in range(2)]
    runtime = county.harness.runtime("deadlines")
    async with runtime.database.transaction() as tx:
        await run(tx, "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1 AND kind = 'promise'", bad)
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    async with asyncio.timeout(30):
        while (recount := await the_latest(admin))["left"] != 1:
            await runtime.ticker.tick(RECOUNTS)
    assert (recount["state"], recount["total"]) == ("running", 2)
    assert [clock["due_on"] for clock in await county.clocks(case_id=good)] == ["2026-03-10", "2026-03-31"]
    [held] = await parked.listed(runtime.database)
    assert (held.source, held.subject, held.state) == ("timer:recounts", bad, "parked")
    await runtime.ticker.tick(RECOUNTS)
    assert [one.attempts for one in await parked.listed(runtime.database)] == [held.attempts], "left alone for a minute"
    async with runtime.database.transaction() as tx:
        await run(tx, "UPDATE clock SET unit = 'workday' WHERE subject_id = $1 AND kind = 'promise'", bad)
    await parked.replay(runtime.database, [held.id])
    await recount_all(county.harness)
    assert [clock["due_on"] for clock in await county.clocks(case_id=bad)] == ["2026-03-10", "2026-03-31"]
    assert (await the_latest(admin))["state"] == "done"


async def the_latest(admin: Client) -> dict[str, Any]:
    """How far the latest recount has come."""
    found: dict[str, Any] = (await admin.get("/calendars/recounts")).json()["items"][0]
    return found


async def test_a_batch_behind_a_publisher_waits_and_calculates_by_the_new_calendar(
    county: County, admin: Client
) -> None:
    """However many count at the same time: a publisher that waits for them is the next."""
    database = county.harness.runtime("deadlines").database
    async with database.transaction() as before, database.transaction() as after:
        await rulebook.in_force(before, locked=True)
        published = asyncio.create_task(admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL)))
        await waiting_for_locks(database, 1)
        asked = asyncio.create_task(rulebook.in_force(after, locked=True))
        await waiting_for_locks(database, 2)
        await run(before, "COMMIT AND CHAIN")
        assert (await published).status_code == 201
        assert not (await asked).calendar_of(COUNTY).is_workday(date(2026, 3, 5))


async def test_a_publisher_and_a_batch_that_wait_for_each_other_both_finish(county: County, admin: Client) -> None:
    """A timer locks subjects before the rulebook; a publisher that holds the rulebook may wait for a subject."""
    case = UUID(await county.a_running_case("2026-03-02"))
    database = county.harness.runtime("deadlines").database
    async with database.transaction() as counting:
        await rulebook.in_force(counting, locked=True)
        async with database.transaction() as timer:
            await subjects.load(timer, [case])
            published = asyncio.create_task(admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL)))
            await waiting_for_locks(database, 1)
            wanted = asyncio.create_task(subjects.load(counting, [case]))
            await waiting_for_locks(database, 2)
            assert (await rulebook.in_force(timer, locked=True)).calendar_of(COUNTY).is_workday(date(2026, 3, 5))
        assert case in await wanted
    assert (await published).status_code == 201


async def waiting_for_locks(database: Database, number: int) -> None:
    """Return when so many transactions wait for somebody."""
    query = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(30), database.reading() as tx:
        while (await rows(tx, query))[0][0] != number:
            pass
