"""A report covers the viewer's part of the county, and counts complaints for those who handle them."""

from datetime import date

import pytest

from tests.service.reporting.conftest import Reporting, an_actor, by_key, in_turn
from tests.unit.reporting.event_histories import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    EventMaker,
    a_case,
    a_complaint,
    an_access,
    an_item,
)

JANUARY = {"from_": "2026-01-01", "to": "2026-01-31"}
DAY = date(2026, 1, 5)


@pytest.fixture
async def county(reporting: Reporting) -> Reporting:
    """Three cases: two lines at one center, one at the other; and a complaint about each center and a station."""
    maker = EventMaker()
    cases = [
        a_case(maker),
        a_case(maker, an_access(dept="medical"), an_item("YB-001", category="medical")),
        a_case(maker, an_access(OTHER_STATION, OTHER_CENTER)),
    ]
    await reporting.takes(
        *in_turn(
            *(chain for case in cases for chain in case.registered(DAY).chains),
            a_complaint(
                maker,
                CENTER,
                DAY,
                case_id=cases[0].id,
                outcome="supported",
                concluded_on=DAY,
                recused_later=("S-head",),
            ),
            a_complaint(maker, OTHER_CENTER, DAY, kind="report"),
            a_complaint(maker, STATION, DAY),
            a_complaint(maker, STATION, DAY, kind="praise"),
            a_complaint(maker, COUNTY, DAY),
            [maker.org(code) for code in (COUNTY, CENTER, OTHER_CENTER, STATION, OTHER_STATION)],
        )
    )
    return reporting


async def test_a_window_of_one_township_sees_no_figures_of_another(county: Reporting) -> None:
    window = an_actor(CENTER, "window")
    report = await county.reports(window, **JANUARY)
    assert by_key(report, "org").keys() == {CENTER}
    assert report["total"]["registered"] == 2
    for by in ("org", "station", "item", "dept", "mode", "month"):
        for org in (OTHER_CENTER, OTHER_STATION, COUNTY):
            assert (await county.answers(window, org=org, by=by, **JANUARY)).status_code == 403


async def test_a_foreign_org_is_refused_with_the_same_answer_whether_it_exists_or_not(county: Reporting) -> None:
    window = an_actor(CENTER, "window")
    there, nowhere = [await county.answers(window, org=org, **JANUARY) for org in (OTHER_CENTER, "520111199")]
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


async def test_a_county_department_sees_the_cases_of_its_department_everywhere_below(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY, "department", dept="medical"), by="dept", **JANUARY)
    assert {line["dept"]: line["registered"] for line in report["items"]} == {"medical": 1}
    assert report["total"]["registered"] == 1


async def test_the_accused_org_sees_no_number_of_complaints_about_itself(county: Reporting) -> None:
    report = await county.reports(an_actor(CENTER, "manager"), **JANUARY)
    own = by_key(report, "org")[CENTER]
    assert (own["complaints"], own["complaints_supported"]) == (None, None)
    # this center handles the complaint about its station
    assert by_key(report, "org")[STATION]["complaints"] == 1
    assert (report["total"]["complaints"], report["total"]["complaints_supported"]) == (1, 0)


@pytest.mark.parametrize("by", ["org", "station", "item", "dept", "mode", "month"])
async def test_a_complaint_changes_no_report_of_the_accused_org(county: Reporting, by: str) -> None:
    accused = an_actor(CENTER, "manager")
    before = await county.reports(accused, by=by, **JANUARY)
    maker = EventMaker()
    maker.rng.seed(1)
    await county.takes(*a_complaint(maker, CENTER, DAY), *a_complaint(maker, COUNTY, DAY))
    assert await county.reports(accused, by=by, **JANUARY) == before


async def test_the_org_above_counts_complaints_and_reports_but_not_praise(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY), **JANUARY)
    counted = {line["org"]: (line["complaints"], line["complaints_supported"]) for line in report["items"]}
    assert counted == {CENTER: (1, 1), STATION: (1, 0), OTHER_CENTER: (1, 0)}
    assert report["total"]["complaints"] == 3


@pytest.mark.parametrize(
    ("head", "accused", "handler"), [(COUNTY, CENTER, "5201"), (COUNTY, COUNTY, COUNTY), (CENTER, CENTER, CENTER)]
)
async def test_a_complaint_handled_above_or_about_the_own_org_is_not_counted(
    county: Reporting, head: str, accused: str, handler: str
) -> None:
    before = await county.reports(an_actor(head, "manager"), by="month", **JANUARY)
    maker = EventMaker()
    maker.rng.seed(1)
    await county.takes(*a_complaint(maker, accused, DAY, handler=handler))
    assert await county.reports(an_actor(head, "manager"), by="month", **JANUARY) == before


@pytest.mark.parametrize(
    ("role", "dept"),
    [("window", None), ("agent", None), ("admin", None), ("manager", "civil"), ("supervisor", "civil")],
)
async def test_complaints_are_null_for_who_does_not_handle_them(county: Reporting, role: str, dept: str | None) -> None:
    for by in ("org", "month"):
        report = await county.reports(an_actor(COUNTY, role, dept), by=by, **JANUARY)
        lines = [*report["items"], report["total"]]
        assert {(line["complaints"], line["complaints_supported"]) for line in lines} == {(None, None)}


async def test_a_complaint_is_not_counted_for_recused_staff(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY, "manager", sub="S-head"), **JANUARY)
    assert by_key(report, "org")[CENTER]["complaints"] == 0
    assert report["total"]["complaints"] == 2


async def test_a_complaint_counts_for_the_item_of_its_case_and_without_a_case_in_the_total(
    county: Reporting,
) -> None:
    report = await county.reports(an_actor(COUNTY), by="item", **JANUARY)
    assert {line["item"]: line["complaints"] for line in report["items"]} == {"MZ-001": 1, "YB-001": 0}
    assert report["total"]["complaints"] == 3
