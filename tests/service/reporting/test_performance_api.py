"""`GET /reports/performance`: its answers and refusals."""

from datetime import date, datetime

import pytest

from tests.harness import statements
from tests.service.reporting.conftest import Reporting, an_actor, by_key, in_turn
from tests.unit.reporting.event_histories import (
    CENTER,
    COUNTY,
    NAMES,
    OTHER_CENTER,
    STATION,
    EventMaker,
    a_case,
    a_complaint,
    an_access,
    an_item,
)

WINTER = {"from_": "2026-01-01", "to": "2026-02-28"}


async def test_a_case_shows_in_the_figures_of_the_center_that_accepted_it(reporting: Reporting) -> None:
    maker = EventMaker()
    case = a_case(maker).registered(date(2026, 1, 5)).accepted(date(2026, 1, 6))
    case.decided(date(2026, 1, 9)).closed(date(2026, 1, 10)).clock(
        "promise", date(2026, 1, 13), stopped_on=date(2026, 1, 9)
    )
    await reporting.takes(*in_turn(*case.chains, [maker.org(COUNTY), maker.org(CENTER)]))
    report = await reporting.reports(an_actor(COUNTY), **WINTER)
    assert {name: report[name] for name in ("org", "name", "from", "to", "by")} == {
        "org": COUNTY,
        "name": NAMES[COUNTY],
        "from": "2026-01-01",
        "to": "2026-02-28",
        "by": "org",
    }
    assert report["items"] == [
        {
            "org": CENTER,
            "name": NAMES[CENTER],
            "registered": 1,
            "accepted": 1,
            "granted": 1,
            "denied": 0,
            "refused": 0,
            "withdrawn": 0,
            "lapsed": 0,
            "closed": 1,
            "on_time": 1,
            "early": 1,
            "overdue": 0,
            "yellow_cards": 0,
            "red_cards": 0,
            "cards_revoked": 0,
            "complaints": 0,
            "complaints_supported": 0,
            "closing_rate": 1.0,
            "on_time_rate": 1.0,
            "early_rate": 1.0,
            "cases": f"/api/v1/cases?org={CENTER}",
        }
    ]
    assert report["total"]["closed"] == 1


async def test_an_empty_period_has_zeros_and_no_rates(reporting: Reporting) -> None:
    report = await reporting.reports(an_actor(COUNTY), **WINTER)
    assert report["items"] == []
    assert (report["total"]["closed"], report["total"]["on_time_rate"]) == (0, None)
    assert (report["total"]["closing_rate"], report["total"]["early_rate"]) == (None, None)


async def test_an_open_case_is_overdue_on_its_due_day_and_stays_so_when_decided(
    reporting: Reporting,
) -> None:
    case = a_case(EventMaker()).registered(date(2026, 1, 5)).accepted(date(2026, 1, 5))
    case.clock("promise", date(2026, 1, 31), red=True, stopped_on=date(2026, 2, 3)).decided(date(2026, 2, 3))
    *before, stopped = case.deadlines
    county = an_actor(COUNTY)
    await reporting.takes(*case.intake, *before)
    still_open = await reporting.reports(county, by="month", **WINTER)
    await reporting.takes(*case.routing, stopped)
    decided = await reporting.reports(county, by="month", **WINTER)
    for report in (still_open, decided):
        assert [(line["month"], line["overdue"], line["on_time"]) for line in report["items"]] == [
            ("2026-01", 1, 0),
            ("2026-02", 0, 0),
        ]
        assert report["total"]["on_time_rate"] == 0.0


async def test_the_month_changes_at_midnight_in_shanghai(reporting: Reporting) -> None:
    case = a_case(EventMaker()).registered(date(2026, 1, 31)).accepted(date(2026, 2, 1))
    await reporting.takes(*case.intake)
    county = an_actor(COUNTY)
    # 23:59:59 and 00:00:00 in Shanghai
    for moment, first, counted in (
        ("2026-01-31T15:59:59+00:00", "2026-01-01", (1, 0)),
        ("2026-01-31T16:00:00+00:00", "2026-02-01", (0, 1)),
    ):
        reporting.runtime.clock.set(datetime.fromisoformat(moment))
        report = await reporting.reports(county)
        assert report["from"] == first
        assert (report["total"]["registered"], report["total"]["accepted"]) == counted


async def test_each_month_of_the_period_has_a_line_also_an_empty_one(reporting: Reporting) -> None:
    await reporting.takes(*a_case(EventMaker()).registered(date(2025, 11, 3)).intake)
    report = await reporting.reports(an_actor(COUNTY), from_="2025-09-30", to="2025-12-01", by="month")
    assert [(line["month"], line["name"], line["registered"]) for line in report["items"]] == [
        ("2025-09", "2025年9月", 0),
        ("2025-10", "2025年10月", 0),
        ("2025-11", "2025年11月", 1),
        ("2025-12", "2025年12月", 0),
    ]


async def test_each_item_has_a_line_with_its_published_name_and_the_list_of_its_cases(reporting: Reporting) -> None:
    maker = EventMaker()
    ours, theirs = an_item(org=COUNTY, name="本县事项"), an_item(name="全省事项")
    cases = [a_case(maker, item=item).registered(date(2026, 1, 5)) for item in (ours, theirs, theirs)]
    await reporting.takes(*in_turn(*(case.intake for case in cases), [maker.item(ours), maker.item(theirs)]))
    report = await reporting.reports(an_actor(COUNTY), by="item", **WINTER)
    assert [(line["item_org"], line["item"], line["name"], line["registered"]) for line in report["items"]] == [
        ("52", "MZ-001", "全省事项", 2),
        (COUNTY, "MZ-001", "本县事项", 1),
    ]
    assert report["items"][0]["cases"] == f"/api/v1/cases?org={COUNTY}&item_code=MZ-001"
    assert not {"org", "station", "month", "dept", "mode"} & report["items"][0].keys()


async def test_by_station_a_case_counts_for_the_desk_that_registered_it(reporting: Reporting) -> None:
    maker = EventMaker()
    at_station, at_center = a_case(maker), a_case(maker, an_access(CENTER))
    await reporting.takes(*in_turn(*(case.registered(date(2026, 1, 5)).intake for case in (at_station, at_center))))
    report = await reporting.reports(an_actor(CENTER), by="station", **WINTER)
    assert [(line["station"], line["registered"]) for line in report["items"]] == [(CENTER, 1), (STATION, 1)]
    at_home = await reporting.reports(an_actor(STATION, "agent"), by="station", **WINTER)
    assert [(line["station"], line["registered"]) for line in at_home["items"]] == [(STATION, 1)]


@pytest.mark.parametrize(("by", "key", "name"), [("dept", "medical", "医疗保障"), ("mode", "direct", "直接办理")])
async def test_departments_and_modes_have_lines_of_their_own(
    reporting: Reporting, by: str, key: str, name: str
) -> None:
    maker = EventMaker()
    other = a_case(maker, an_access(dept="medical"), an_item("YB-001", category="medical", mode="direct"))
    await reporting.takes(*in_turn(*(case.registered(date(2026, 1, 5)).intake for case in (other, a_case(maker)))))
    report = await reporting.reports(an_actor(COUNTY), by=by, **WINTER)
    assert len(report["items"]) == 2
    line = by_key(report, by)[key]
    assert (line["name"], line["registered"], line["cases"]) == (name, 1, None)


async def test_a_case_counts_in_no_figure_before_intake_announced_its_orgs(reporting: Reporting) -> None:
    case = a_case(EventMaker()).registered(date(2026, 1, 5)).accepted(date(2026, 1, 5)).decided(date(2026, 1, 6))
    await reporting.takes(*case.routing)
    assert (await reporting.reports(an_actor(COUNTY), **WINTER))["total"]["granted"] == 0
    await reporting.takes(*case.intake)
    assert (await reporting.reports(an_actor(COUNTY), **WINTER))["total"]["granted"] == 1


@pytest.mark.parametrize(
    ("asked", "status", "slug", "pointer"),
    [
        ({"org": "52011"}, 422, "invalid", "query:org"),
        ({"org": OTHER_CENTER}, 422, "org-unknown", "query:org"),
        ({"org": "520112"}, 403, "org-not-yours", None),
        ({"org": "52"}, 403, "org-not-yours", None),
        ({"from_": "2026-02-30"}, 422, "invalid", "query:from"),
        ({"from_": "2026-02-02", "to": "2026-02-01"}, 422, "period-wrong", "query:from"),
        ({"from_": "2024-12-01", "to": "2026-02-01"}, 422, "period-wrong", "query:to"),
        ({"by": "staff"}, 422, "invalid", "query:by"),
        ({"form": "2026-02-01"}, 422, "invalid", "query:form"),
    ],
)
async def test_queries_that_cannot_be_answered_are_refused(
    reporting: Reporting, asked: dict[str, str], status: int, slug: str, pointer: str | None
) -> None:
    answer = await reporting.answers(an_actor(COUNTY), **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == f"urn:bianmin:problem:{slug}"
    assert [error["pointer"] for error in problem.get("errors", ())] == ([pointer] if pointer else [])


async def test_figures_are_for_staff(reporting: Reporting) -> None:
    assert (await reporting.answers(None)).status_code == 401
    assert (await reporting.answers(an_actor(COUNTY, "citizen"))).status_code == 403


async def test_a_report_takes_two_statements(reporting: Reporting) -> None:
    maker = EventMaker()
    case = a_case(maker).registered(date(2026, 1, 5))
    await reporting.takes(*case.intake, maker.org(COUNTY), *a_complaint(maker, CENTER, date(2026, 1, 6)))
    for by in ("org", "station", "item", "dept", "mode", "month"):
        with statements(reporting.runtime.database) as sent:
            await reporting.reports(an_actor(COUNTY), by=by, org=COUNTY, **WINTER)
        assert len([each for each in sent if "FROM org WHERE" in each or "case_fact" in each]) == 2
