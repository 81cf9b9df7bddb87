"""Policies over HTTP: published, distinguished, applied to starting and to running clocks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import complaints, routing
from bianmin.events.deadlines import ClockYellow
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    County,
    access,
    at,
    day,
    recount_all,
    running_deadlines,
    set_clock,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    orgs = ((COUNTY, "county"), (CENTER, "township"), (OTHER_CENTER, "township"))
    async with running_deadlines(await migrated([SERVICE]), tmp_path, *orgs) as county:
        yield county


def shorter(days: int = 3) -> dict[str, Any]:
    return {"kind": "completeness", "unit": "workday", "budget": days, "yellow": {"percent": 50, "units": 2}}


async def published(county: County, region: str, *policies: dict[str, Any], etag: str | None = None) -> Any:
    answer = await county.harness.as_("admin", "52").put(f"/policies/{region}", {"policies": policies}, etag=etag)
    assert answer.status_code in (200, 201), answer.text
    await recount_all(county.harness)
    return answer


async def test_a_starting_clock_is_set_by_the_policy_of_the_nearest_region(county: County) -> None:
    await published(county, COUNTY, shorter(3))
    await published(county, OTHER_CENTER, shorter(2))
    case, other = str(new_id()), str(new_id())
    await county.registers(case)
    await county.registers(other, OTHER_STATION)
    [near], [far] = [await county.clocks(case_id=one) for one in (other, case)]
    assert (near["budget"], near["due_on"], near["policy"]) == (2, "2026-03-04", f"{OTHER_CENTER} v1 #1")
    assert (far["budget"], far["due_on"], far["policy"]) == (3, "2026-03-05", f"{COUNTY} v1 #1")


async def test_a13_days_hours_and_policies_may_come_from_three_regions(county: County) -> None:
    admin = county.harness.as_("admin", "52")
    festival = {"date": "2026-03-05", "kind": "off", "name": "三月三"}
    calendar = {"status": "official", "source": "某县通知", "days": [festival]}
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", calendar)).status_code == 201
    week = [[{"since": "09:00", "until": "12:00"}, {"since": "14:00", "until": "17:30"}]] * 5
    assert (await admin.put("/calendars/52/hours", {"weekdays": [*week, [], []], "make_up": []})).status_code == 201
    await published(county, CENTER, {**shorter(3), "cut_off": "close"})
    case, other = str(new_id()), str(new_id())
    await county.registers(case)
    await county.registers(other, OTHER_STATION)
    [clock], [plain] = [await county.clocks(case_id=one) for one in (case, other)]
    assert (clock["due_at"], clock["policy"]) == ("2026-03-06T17:30:00+08:00", f"{CENTER} v1 #1")
    assert (plain["due_at"], plain["policy"]) == ("2026-03-11T00:00:00+08:00", None)
    assert clock["calendar_version"] == plain["calendar_version"]
    assert clock["calendar_version"].startswith(COUNTY)


async def test_c5_a_running_clock_keeps_its_used_time_when_the_policy_changes(county: County) -> None:
    case = str(new_id())
    await county.registers(case)
    etag = (await published(county, COUNTY, shorter(3))).headers["etag"]
    [clock] = await county.clocks(case_id=case)
    assert (clock["budget"], clock["started_on"], clock["due_on"]) == (3, "2026-03-02", "2026-03-05")
    moved: Any = (await county.announced())[-1].data
    assert (moved.reason_code, str(moved.previous_due_on), str(moved.due_on)) == ("policy", "2026-03-09", "2026-03-05")
    # withdrawn, the law holds again
    await published(county, COUNTY, etag=etag)
    [clock] = await county.clocks(case_id=case)
    assert (clock["budget"], clock["due_on"], clock["policy"]) == (5, "2026-03-09", None)


async def test_d2_a_warning_that_is_due_a_month_before_the_end_fires_on_its_day(county: County) -> None:
    half = {"percent": 50}
    await published(county, COUNTY, {"kind": "complaint", "stage": "handling", "reminder": half, "yellow": half})
    complaint = await county.lodges("2026-03-02")
    handling = complaints.ComplaintAccepted(
        handler_org=COUNTY, accused_org=CENTER, kind="complaint", accepted_on=day("2026-03-02")
    )
    await county.announces("complaints", complaint, handling)

    async def lamp_at(moment: str) -> tuple[str, str]:
        await set_clock(county.harness, moment)
        [clock] = await county.clocks(case_id=complaint, state="running")
        return clock["due_on"], clock["lamp"]

    # the sixtieth day, 1 May, is within a holiday; the last thirty begin with 2 April
    assert await lamp_at("2026-04-01T23:59:50") == ("2026-05-06", "green")
    assert await lamp_at("2026-04-02T00:00:01") == ("2026-05-06", "yellow")
    yellow = [event.data for event in await county.announced() if isinstance(event.data, ClockYellow)]
    assert [(fact.stage, str(fact.detected_at.date())) for fact in yellow] == [("handling", "2026-04-02")]


async def test_c5_a_new_policy_also_recalculates_clocks_in_a_year_that_was_not_shipped(
    county: County,
) -> None:
    admin = county.harness.as_("admin", "52")
    year = {"status": "official", "source": "国办通知", "days": [{"date": "2031-01-01", "kind": "off", "name": "元旦"}]}
    assert (await admin.put("/calendars/CN/years/2031", year)).status_code == 201
    county.harness.app.state.clock.set(at("2031-03-03T09:00"))
    case = await county.a_running_case("2031-03-03")
    await published(county, COUNTY, {"kind": "promise", "cut_off": "close"})
    promise, _ = await county.clocks(case_id=case)
    assert (promise["due_at"], promise["policy"]) == ("2031-03-10T17:00:00+08:00", f"{COUNTY} v1 #1")


async def test_e4_which_policy_would_apply_and_why_is_answered_without_a_clock(county: County) -> None:
    await published(county, COUNTY, shorter(3), {**shorter(2), "item_type": "01"})
    window = county.harness.as_("window", CENTER)
    shown = (
        await window.get("/policies/applied", org=CENTER, kind="completeness", item_type="05", mode="direct")
    ).json()
    assert (shown["applied"], shown["term"]["budget"]) == (f"{COUNTY} v1 #1", 3)
    assert [(one["name"], one["why_not"]) for one in shown["considered"]] == [
        (f"{COUNTY} v1 #2", "item_type"),
        (f"{COUNTY} v1 #1", None),
    ]
    of_none = {"org": "52", "kind": "completeness", "item_type": "05", "mode": "direct"}
    default = (await window.get("/policies/applied", **of_none)).json()
    assert (default["applied"], default["term"]["budget"]) == (None, 5)


async def test_e1_a_query_about_a_case_must_name_the_item_and_one_about_a_complaint_need_not(county: County) -> None:
    of_licences = {"kind": "promise", "item_type": "01", "cut_off": "close"}
    await published(county, COUNTY, of_licences, {"kind": "hotline", "unit": "workday", "budget": 3})
    window = county.harness.as_("window", CENTER)
    answer = await window.get("/policies/applied", org=CENTER, kind="promise", mode="direct")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["query:item_type"])
    assert "事项目录" in answer.json()["detail"]
    answer = await window.get("/policies/applied", org=CENTER, kind="promise")
    assert len(answer.json()["errors"]) == 2
    shown = (await window.get("/policies/applied", org=CENTER, kind="hotline")).json()
    assert (shown["applied"], shown["term"]["budget"]) == (f"{COUNTY} v1 #2", 3)


async def test_policies_are_published_by_their_regions_admin_with_the_etag(county: County) -> None:
    admin = county.harness.as_("admin", COUNTY)
    body = {"policies": [shorter()]}
    assert (await county.harness.as_("manager", COUNTY).put(f"/policies/{COUNTY}", body)).status_code == 403
    assert (await admin.put("/policies/52", body)).status_code == 403
    assert (await admin.put("/policies/520199", body)).status_code == 404
    first = await admin.put(f"/policies/{COUNTY}", body)
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    assert (await admin.put(f"/policies/{COUNTY}", body)).status_code == 428
    assert (await admin.put(f"/policies/{COUNTY}", body, etag='"7"')).status_code == 412
    seen = await admin.get(f"/policies/{COUNTY}")
    again = await admin.put(f"/policies/{COUNTY}", seen.json(), etag=seen.headers["etag"])
    assert (again.status_code, again.json()["version"]) == (200, 2)
    history = (await admin.get(f"/policies/{COUNTY}/history")).json()["items"]
    assert [(one["version"], one["published_by"]) for one in history] == [
        (2, f"admin-{COUNTY}"),
        (1, f"admin-{COUNTY}"),
    ]


@pytest.mark.parametrize(
    ("policies", "pointer"),
    [
        ([{"kind": "completeness", "unit": "workday", "budget": 6}], "/policies/0/budget"),  # the law's to say
        ([{"kind": "promise", "unit": "workday", "budget": 6}], "/policies/0/budget"),  # the item's
        ([{"kind": "procedure", "unit": "workday", "budget": 6}], "/policies/0/budget"),  # told of each
        ([{"kind": "card", "unit": "workday", "budget": 6}], "/policies/0/budget"),  # set by what was missed
        ([{"kind": "completeness", "unit": "day", "budget": 3}], "/policies/0/budget"),
        ([{"kind": "hotline", "unit": "workday", "budget": 367}], "/policies/0/budget"),
        ([{"kind": "hotline", "unit": "workhour", "budget": 2001}], "/policies/0/budget"),
        ([{"kind": "hotline", "unit": "immediate", "budget": 1}], "/policies/0/budget"),
        ([{"kind": "completeness", "order_days": 367}], "/policies/0/order_days"),
        ([{"kind": "hotline", "extension": 367}], "/policies/0/extension"),
        ([{"kind": "promise", "extension": 5}], "/policies/0/extension"),
        ([{"kind": "hotline", "stage": "praise", "card": "red"}], "/policies/0/stage"),
        ([{"kind": "completeness", "item_type": "01"}], "/policies/0"),
        ([{"kind": "completeness", "stage": "1", "card": "red"}], "/policies/0/stage"),
        ([{"kind": "step", "stage": "first", "card": "red"}], "/policies/0/stage"),
        ([{"kind": "procedure", "stage": "hearings", "card": "red"}], "/policies/0/stage"),
        ([{"kind": "complaint", "stage": "accept", "unit": "day", "budget": 3}], "/policies/0/stage"),
        ([{"kind": "completeness", "item_code": ""}], "/policies/0/item_code"),
        ([shorter(), {**shorter(2), "item_type": "01"}, shorter(1)], "/policies/2"),
        ([{"kind": "completeness", "condition": "case.item_type == '01'"}], "/policies/0/condition"),
        ([{"kind": "completeness", "item_type": "01' or '1' == '1"}], "/policies/0/item_type"),
    ],
    ids=[
        *(
            "longer",
            "promise",
            "length of a procedure",
            "length of an order",
            "unit",
            "days",
            "hours",
            "immediate",
            "order",
        ),
        *("extension", "extension of a promise", "order of praise", "nothing"),
        *("stage", "step", "procedure", "complaint", "e1-blank", "e4-twice"),
        "e5-expression",
        "e5-in-a-value",
    ],
)
async def test_e1_e4_e5_an_invalid_policy_is_refused_when_it_is_published(
    county: County, policies: list[dict[str, Any]], pointer: str
) -> None:
    answer = await county.harness.as_("admin", "52").put(f"/policies/{COUNTY}", {"policies": policies})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_policies_with_different_conditions_are_published(county: County) -> None:
    policies: list[dict[str, Any]] = [
        {"kind": "hotline", "unit": "workday", "budget": 366, "extension": 10},
        {"kind": "hotline", "stage": "report", "unit": "workday", "budget": 15},
        {"kind": "hotline", "stage": "return", "unit": "hour", "budget": 24},
        {"kind": "rating", "unit": "immediate", "budget": 0},
        {"kind": "step", "stage": "2", "card": "yellow"},
        {"kind": "procedure", "stage": "hearing", "card": "yellow"},
        {"kind": "complaint", "stage": "rereview", "unit": "day", "budget": 20},
    ]
    shown = (await published(county, COUNTY, *policies)).json()["policies"]
    assert [{name: value for name, value in one.items() if value is not None} for one in shown] == policies
    asked = {"org": COUNTY, "kind": "hotline"}
    for stage, budget, extension in (("suggestion", 366, 10), ("report", 15, 0), ("return", 24, 0)):
        dry = (await county.harness.as_("window", CENTER).get("/policies/applied", **asked, stage=stage)).json()
        assert (dry["term"]["budget"], dry["term"]["extension"]) == (budget, extension)


async def test_d11_no_card_is_issued_where_a_policy_says_none(county: County) -> None:
    await published(county, COUNTY, {"kind": "completeness", "card": "none"})
    case = str(new_id())
    await county.registers(case)
    await set_clock(county.harness, "2026-03-12T09:00")
    types = {event.type for event in await county.announced()}
    assert "cn.bianmin.clock.red.v1" in types
    assert "cn.bianmin.card.issued.v1" not in types


async def test_d11_withdrawing_a_policy_revokes_the_cards_of_clocks_that_were_late_by_it_alone(
    county: County,
) -> None:
    etag = (await published(county, COUNTY, {"kind": "delivery", "unit": "workday", "budget": 3})).headers["etag"]
    case = await county.a_running_case()
    granted = routing.CaseGranted(access=access(), decided_on=day("2026-03-02"), awaits_delivery=True)
    await county.announces("routing", case, granted)
    for moment in ("2026-03-06T09:00", "2026-03-12T09:00"):  # due on the 5th; ordered by the 11th
        await set_clock(county.harness, moment)
    issued = [("card", "red", "issued"), ("delivery", "yellow", "issued")]
    assert await cards(county, case) == issued
    await published(county, COUNTY, etag=etag)
    assert await cards(county, case) == [(kind, level, "revoked") for kind, level, _ in issued]
    running = {clock["kind"]: clock for clock in await county.clocks(case_id=case, state="running")}
    assert list(running) == ["delivery"]
    assert (running["delivery"]["due_on"], running["delivery"]["lamp"]) == ("2026-03-16", "green")
    await set_clock(county.harness, "2026-03-16T23:59")
    assert len(await cards(county, case)) == 2


async def cards(county: County, case: str) -> list[tuple[str, str, str]]:
    """The newest first."""
    found = (await county.harness.as_("supervisor", "52").get("/cards", case_id=case)).json()["items"]
    return [(card["kind"], card["level"], card["status"]) for card in found]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/policies/{COUNTY}", {"policies": [shorter(2)]}),
        (f"/calendars/{COUNTY}/years/2026", {"status": "official", "source": "x", "days": []}),
        (f"/calendars/{COUNTY}/hours", {"weekdays": ["09:00-17:00"]}),
    ],
)
async def test_g34_the_admin_of_one_department_publishes_nothing_for_all(
    county: County, path: str, body: dict[str, Any]
) -> None:
    land = county.harness.as_("admin", COUNTY, "land")
    previews: list[dict[str, Any]] = [{"preview": "true"}] if "calendars" in path else []
    for query in ({}, *previews):
        refused = await land.put(path, body, **query)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:bianmin:problem:forbidden")
    assert (await land.delete(path, etag='"1"')).status_code in (403, 405)
