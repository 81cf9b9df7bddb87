"""Figures show everybody the own part of the county, and complaints to those who handle them."""

from datetime import date

import pytest

from tests.service.reporting.conftest import Reporting, an_actor, by_key, in_turn
from tests.unit.reporting.event_histories import (
    CENTER,
    COUNTY,
    OTHER_CENTER,
    OTHER_STATION,
    STATION,
    Teller,
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
    teller = Teller()
    cases = [
        a_case(teller),
        a_case(teller, an_access(dept="medical"), an_item("YB-001", category="medical")),
        a_case(teller, an_access(OTHER_STATION, OTHER_CENTER)),
    ]
    await reporting.hears(
        *in_turn(
            *(chain for case in cases for chain in case.registered(DAY).chains),
            a_complaint(
                teller,
                CENTER,
                DAY,
                case_id=cases[0].id,
                outcome="supported",
                concluded_on=DAY,
                recused_later=("S-head",),
            ),
            a_complaint(teller, OTHER_CENTER, DAY, kind="report"),
            a_complaint(teller, STATION, DAY),
            a_complaint(teller, STATION, DAY, kind="praise"),
            a_complaint(teller, COUNTY, DAY),
            [teller.org(code) for code in (COUNTY, CENTER, OTHER_CENTER, STATION, OTHER_STATION)],
        )
    )
    return reporting


async def test_a_window_of_one_township_sees_nothing_of_another(county: Reporting) -> None:
    window = an_actor(CENTER, "window")
    report = await county.reports(window, **JANUARY)
    assert by_key(report, "org").keys() == {CENTER}
    assert report["total"]["registered"] == 2
    for by in ("org", "station", "item", "dept", "mode", "month"):
        for org in (OTHER_CENTER, OTHER_STATION, COUNTY):
            assert (await county.answers(window, org=org, by=by, **JANUARY)).status_code == 403


async def test_that_an_org_is_not_yours_is_said_alike_whether_it_exists_or_not(county: Reporting) -> None:
    window = an_actor(CENTER, "window")
    there, nowhere = [await county.answers(window, org=org, **JANUARY) for org in (OTHER_CENTER, "520111199")]
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)


async def test_a_county_department_sees_its_own_line_everywhere_below(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY, "department", dept="medical"), by="dept", **JANUARY)
    assert {line["dept"]: line["registered"] for line in report["items"]} == {"medical": 1}
    assert report["total"]["registered"] == 1


async def test_the_accused_unit_never_learns_of_a_complaint_not_even_of_its_number(county: Reporting) -> None:
    report = await county.reports(an_actor(CENTER, "manager"), **JANUARY)
    own = by_key(report, "org")[CENTER]
    assert (own["complaints"], own["complaints_supported"]) == (None, None)
    # the one about its station is this center's to handle
    assert by_key(report, "org")[STATION]["complaints"] == 1
    assert (report["total"]["complaints"], report["total"]["complaints_supported"]) == (1, 0)


@pytest.mark.parametrize("by", ["org", "station", "item", "dept", "mode", "month"])
async def test_a_complaint_changes_nothing_that_the_accused_unit_is_shown(county: Reporting, by: str) -> None:
    accused = an_actor(CENTER, "manager")
    before = await county.reports(accused, by=by, **JANUARY)
    teller = Teller()
    teller.rng.seed(1)
    await county.hears(*a_complaint(teller, CENTER, DAY), *a_complaint(teller, COUNTY, DAY))
    assert await county.reports(accused, by=by, **JANUARY) == before


async def test_one_level_up_complaints_and_reports_are_counted_and_praise_is_not(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY), **JANUARY)
    told = {line["org"]: (line["complaints"], line["complaints_supported"]) for line in report["items"]}
    assert told == {CENTER: (1, 1), STATION: (1, 0), OTHER_CENTER: (1, 0)}
    assert report["total"]["complaints"] == 3


@pytest.mark.parametrize(
    ("head", "accused", "handler"), [(COUNTY, CENTER, "5201"), (COUNTY, COUNTY, COUNTY), (CENTER, CENTER, CENTER)]
)
async def test_a_complaint_handled_above_or_about_the_own_unit_is_not_counted(
    county: Reporting, head: str, accused: str, handler: str
) -> None:
    before = await county.reports(an_actor(head, "manager"), by="month", **JANUARY)
    teller = Teller()
    teller.rng.seed(1)
    await county.hears(*a_complaint(teller, accused, DAY, handler=handler))
    assert await county.reports(an_actor(head, "manager"), by="month", **JANUARY) == before


@pytest.mark.parametrize(
    ("role", "dept"),
    [("window", None), ("agent", None), ("admin", None), ("manager", "civil"), ("supervisor", "civil")],
)
async def test_whoever_does_not_handle_complaints_is_told_null(county: Reporting, role: str, dept: str | None) -> None:
    for by in ("org", "month"):
        report = await county.reports(an_actor(COUNTY, role, dept), by=by, **JANUARY)
        lines = [*report["items"], report["total"]]
        assert {(line["complaints"], line["complaints_supported"]) for line in lines} == {(None, None)}


async def test_who_is_recused_learns_nothing_of_the_complaint_not_even_of_its_number(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY, "manager", sub="S-head"), **JANUARY)
    assert by_key(report, "org")[CENTER]["complaints"] == 0
    assert report["total"]["complaints"] == 2


async def test_a_complaint_about_a_case_counts_for_its_item_and_one_about_none_in_the_total(county: Reporting) -> None:
    report = await county.reports(an_actor(COUNTY), by="item", **JANUARY)
    assert {line["item"]: line["complaints"] for line in report["items"]} == {"MZ-001": 1, "YB-001": 0}
    assert report["total"]["complaints"] == 3
