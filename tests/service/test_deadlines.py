"""Deadlines alone, over HTTP, on PostgreSQL: clocks of cases and of complaints, and who may see them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import complaints, intake
from bianmin.events.parts import Office
from bianmin.kit import parked
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.harness import running_harness
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    County,
    access,
    an_acceptance,
    at,
    day,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_harness(await migrated([SERVICE]), [SERVICE], tmp_path) as harness:
        harness.app.state.clock.set(at("2026-02-13T09:00"))
        yield County(harness)


async def test_an_accepted_case_has_a_promise_and_a_statutory_clock_from_its_business_date(county: County) -> None:
    case = await county.a_running_case("2026-02-13")
    promise, statutory = await county.clocks(case_id=case)
    assert promise | {"id": "", "updated_at": ""} == {
        "id": "",
        "subject": case,
        "subject_kind": "case",
        "kind": "promise",
        "stage": None,
        "cycle": 1,
        "org": CENTER,
        "dept": "civil",
        "unit": "workday",
        "budget": 5,
        "extended_by": 0,
        "policy": None,
        "started_on": "2026-02-13",
        "due_on": "2026-02-27",
        "due_at": "2026-02-28T00:00:00+08:00",
        "lamp": promise["lamp"],
        "state": "running",
        "stopped_at": None,
        "late": None,
        "calendar_version": promise["calendar_version"],
        "provisional": False,
        "updated_at": "",
    }
    assert (statutory["kind"], statutory["due_on"]) == ("statutory", "2026-03-19")
    started = [event for event in await county.announced() if event.type == "cn.bianmin.clock.started.v1"]
    assert {(event.subject, event.region, event.actor) for event in started} == {(case, CENTER, "system")}


async def test_the_etag_of_a_clock_changes_with_the_clock(county: County) -> None:
    case = await county.a_running_case()
    promise, _ = await county.clocks(case_id=case)
    window = county.harness.as_("window", CENTER)
    first = await window.get(f"/clocks/{promise['id']}")
    assert (first.status_code, first.json(), first.headers["etag"]) == (200, promise, '"1"')
    await county.grants(case)
    second = await window.get(f"/clocks/{promise['id']}")
    assert (second.json()["state"], second.headers["etag"]) == ("stopped", '"2"')


async def test_a_decision_stops_the_clocks_at_the_moment_of_the_decision(county: County) -> None:
    case = await county.a_running_case()
    await county.grants(case, "2026-03-11T10:00")
    promise, statutory = await county.clocks(case_id=case)
    assert (promise["state"], promise["late"], promise["lamp"]) == ("stopped", True, "red")
    assert (statutory["state"], statutory["late"], statutory["lamp"]) == ("stopped", False, "green")
    assert promise["stopped_at"] == "2026-03-11T10:00:00+08:00"
    events: list[Any] = [event.data for event in await county.announced() if "stopped" in event.type]
    assert [(fact.kind, fact.late, fact.early) for fact in events] == [
        ("promise", True, False),
        ("statutory", False, True),
    ]


async def test_an_event_that_comes_too_early_on_another_topic_waits_and_then_takes_effect(county: County) -> None:
    case = str(new_id())
    await county.grants(case)
    assert await county.clocks(case_id=case) == []
    await county.registers(case)
    await county.accepts(case)
    assert {clock["state"] for clock in await county.clocks(case_id=case)} == {"stopped"}
    assert [event.sequence for event in await county.announced()] == [1, 2, 3, 4, 5, 6]


async def test_the_clocks_of_a_case_refused_or_withdrawn_before_acceptance_stop(county: County) -> None:
    case = str(new_id())
    await county.registers(case)
    (running,) = await county.clocks(case_id=case)
    assert (running["kind"], running["due_on"], running["state"]) == ("completeness", "2026-03-09", "running")
    await county.announces("intake", case, intake.CaseWithdrawn(access=access(), withdrawn_on=day("2026-03-02")))
    (stopped,) = await county.clocks(case_id=case)
    assert (stopped["state"], stopped["late"]) == ("stopped", False)


async def test_a_period_that_reaches_into_a_missing_year_parks_its_event_and_no_other(county: County) -> None:
    case, other = str(new_id()), str(new_id())
    await county.announce_all("intake", [(case, an_acceptance("2030-12-20")), (other, an_acceptance())])
    assert await county.clocks(case_id=case) == []
    assert len(await county.clocks(case_id=other)) == 2
    (held,) = await parked.listed(county.harness.runtime("deadlines").database)
    assert (held.subject, held.state, held.reason) == (case, "parked", "YearMissing")


async def test_the_explanation_says_of_each_day_whether_it_counts_and_why(county: County) -> None:
    case = await county.a_running_case("2026-02-13")
    promise, _ = await county.clocks(case_id=case)
    answer = await county.harness.as_("window", STATION).get(f"/clocks/{promise['id']}/explain")
    shown = answer.json()
    assert (shown["clock"], shown["calendar_version"]) == (promise, promise["calendar_version"])
    days = {each["date"]: each for each in shown["days"]}
    first, second = days["2026-02-13"], days["2026-02-14"]
    assert (first["counted"], first["ordinal"], first["hours"], first["reason"]) == (
        False,
        None,
        None,
        "起算日，不计入",
    )
    assert (second["counted"], second["ordinal"], second["reason"]) == (True, 1, "上班（春节调休）")
    assert days["2026-02-17"]["reason"] == "放假（春节）"
    assert (min(days), max(days)) == ("2026-02-13", "2026-02-27")
    assert sum(each["counted"] for each in shown["days"]) == 5
    assert "最后一日为2026年2月27日" in shown["text"]


async def test_the_svg_of_a_clock_is_for_those_who_may_see_the_clock(county: County) -> None:
    case = await county.a_running_case("2026-02-13")
    promise, _ = await county.clocks(case_id=case)
    path = f"/clocks/{promise['id']}/explain.svg"
    answer = await county.harness.as_("window", STATION).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
    assert answer.text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "承诺办结期限" in answer.text
    assert "2026-02-14 上班（春节调休）" in answer.text
    assert (await county.harness.as_("window", OTHER_CENTER).get(path)).status_code == 404
    assert (await county.harness.nobody.get(path)).status_code == 401


async def test_a_window_of_another_township_gets_404_for_a_clock(county: County) -> None:
    case = await county.a_running_case()
    promise, _ = await county.clocks(case_id=case)
    stranger = county.harness.as_("window", OTHER_CENTER)
    assert (await stranger.get("/clocks")).json() == {"items": [], "next_cursor": None}
    assert (await stranger.get("/clocks", case_id=case, org=CENTER)).json()["items"] == []
    for path in ("", "/explain", "/explain.svg"):
        absent = str(new_id())
        hidden = await stranger.get(f"/clocks/{promise['id']}{path}")
        nothing = await stranger.get(f"/clocks/{absent}{path}")
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert hidden.text.replace(promise["id"], "") == nothing.text.replace(absent, "")


@pytest.mark.parametrize(
    ("role", "org", "dept", "sees"),
    [
        ("window", STATION, None, True),
        ("agent", CENTER, "civil", True),
        ("department", COUNTY, "civil", True),
        ("department", COUNTY, "land", False),
        ("department", "5201", "hr", True),  # holds the step
        ("manager", "5201", None, True),
        ("window", OTHER_STATION, None, False),
        ("citizen", STATION, None, False),
    ],
)
async def test_those_who_may_see_a_case_may_see_its_clocks(
    county: County, role: str, org: str, dept: str | None, sees: bool
) -> None:
    case = await county.a_running_case()
    await county.assigns_task(case, Office(org="5201", dept="hr"))
    answer = await county.harness.as_(role, org, dept).get("/clocks")
    assert len(answer.json()["items"]) == (2 if sees else 0)


async def test_the_accused_never_sees_the_clocks_of_a_complaint(county: County) -> None:
    complaint = await county.lodges("2026-03-02")
    handling = complaints.ComplaintAccepted(
        handler_org=COUNTY, accused_org=CENTER, kind="complaint", accepted_on=day("2026-03-03")
    )
    await county.announces("complaints", complaint, handling, time="2026-03-03T10:00")
    investigator = county.harness.as_("investigator", COUNTY)
    returned, acceptance, handled = (await investigator.get("/clocks", kind="complaint")).json()["items"]
    assert (returned["stage"], returned["due_on"], returned["state"]) == ("return", "2026-03-09", "stopped")
    assert (acceptance["stage"], acceptance["due_on"], acceptance["state"]) == ("acceptance", "2026-03-17", "stopped")
    assert (handled["stage"], handled["due_on"], handled["org"], handled["dept"]) == (
        "handling",
        "2026-05-06",  # the 60th day is 05-02, within the holiday
        COUNTY,
        None,
    )
    accused = [
        county.harness.as_(role, org)
        for role in ("manager", "investigator", "supervisor", "admin", "window")
        for org in (CENTER, STATION)
    ]
    outsiders = [
        county.harness.as_("window", COUNTY),
        county.harness.as_("manager", COUNTY, "civil"),
        county.harness.as_("manager", OTHER_CENTER),
    ]
    for actor in accused + outsiders:
        assert (await actor.get("/clocks")).json()["items"] == []
        assert (await actor.get("/clocks", case_id=complaint)).json()["items"] == []
        assert (await actor.get(f"/clocks/{handled['id']}")).status_code == 404
        assert (await actor.get(f"/clocks/{handled['id']}/explain")).status_code == 404
    await county.announces(
        "complaints",
        complaint,
        complaints.ComplaintReplied(handler_org=COUNTY, accused_org=CENTER, replied_on=day("2026-04-01")),
        time="2026-04-01T10:00",
    )
    assert {clock["state"] for clock in (await investigator.get("/clocks")).json()["items"]} == {"stopped"}


async def test_praise_has_no_clock(county: County) -> None:
    await county.lodges(kind="praise")
    assert await county.clocks() == []


async def test_without_a_token_no_clock_is_shown(county: County) -> None:
    for path in ("/clocks", f"/clocks/{new_id()}", f"/clocks/{new_id()}/explain", "/calendars/52/years/2026"):
        assert (await county.harness.nobody.get(path)).status_code == 401


async def test_a_citizen_reads_a_cases_clock_by_its_id_and_never_a_complaints_clock(county: County) -> None:
    case, complaint = await county.a_running_case(), await county.lodges()
    nobody = county.harness.nobody
    [promise] = await county.clocks(case_id=case, kind="promise")
    shown = (await nobody.get(f"/public/clocks/{promise['id']}")).json()
    assert set(shown) == {"kind", "due_on", "provisional", "text", "days"}
    assert (shown["kind"], shown["due_on"], shown["days"][-1]["ordinal"]) == ("promise", "2026-03-09", 5)
    handled = (await county.harness.as_("manager", COUNTY).get("/clocks", case_id=complaint)).json()["items"]
    assert handled
    for clock in handled:
        assert (await nobody.get(f"/public/clocks/{clock['id']}")).status_code == 404
    assert (await nobody.get(f"/clocks/{promise['id']}/explain")).status_code == 401
