"""Periods, whose figures they are, and rates."""

from datetime import date, timedelta

import pytest

from bianmin.domain.actors import Actor
from services.reporting.domain.figures import (
    LONGEST_PERIOD,
    Figures,
    OrgNotYours,
    PeriodWrong,
    ReportPeriod,
    counts_complaints,
    counts_complaints_about,
    reported_org,
)
from tests.unit.reporting.event_histories import CENTER, COUNTY, OTHER_CENTER, STATION

TODAY = date(2026, 2, 17)


def an_actor(org: str, *roles: str, dept: str | None = None) -> Actor:
    return Actor("S-1", org, frozenset(roles), dept)


def test_by_default_the_period_is_this_month_up_to_today() -> None:
    assert ReportPeriod.requested(None, None, TODAY) == ReportPeriod(date(2026, 2, 1), TODAY)


def test_a_period_with_only_an_end_begins_with_that_month() -> None:
    assert ReportPeriod.requested(None, date(2025, 12, 31), TODAY) == ReportPeriod(
        date(2025, 12, 1), date(2025, 12, 31)
    )


def test_a_period_may_be_one_day() -> None:
    assert ReportPeriod.requested(TODAY, TODAY, TODAY) == ReportPeriod(TODAY, TODAY)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodWrong) as refused:
        ReportPeriod.requested(TODAY, TODAY - timedelta(days=1), TODAY)
    assert [error.pointer for error in refused.value.errors] == ["query:from"]


def test_a_period_has_at_most_400_days_both_ends_counted() -> None:
    last = TODAY + LONGEST_PERIOD - timedelta(days=1)
    assert ReportPeriod.requested(TODAY, last, TODAY) == ReportPeriod(TODAY, last)
    with pytest.raises(PeriodWrong) as refused:
        ReportPeriod.requested(TODAY, last + timedelta(days=1), TODAY)
    assert [error.code for error in refused.value.errors] == ["period_too_long"]


def test_a_period_touches_every_month_from_its_first_to_its_last_october_too() -> None:
    period = ReportPeriod(date(2025, 9, 30), date(2026, 1, 1))
    assert list(period.months()) == ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01"]
    assert list(ReportPeriod(date(2026, 1, 31), date(2026, 2, 1)).months()) == ["2026-01", "2026-02"]


def test_a_report_is_about_the_own_org_or_one_below() -> None:
    window = an_actor(CENTER, "window")
    assert reported_org(window, None) == CENTER
    assert reported_org(window, STATION) == STATION
    for other in (COUNTY, OTHER_CENTER):
        with pytest.raises(OrgNotYours):
            reported_org(window, other)


def test_complaints_are_counted_for_their_handlers_without_a_department() -> None:
    for role in ("manager", "supervisor", "investigator"):
        assert counts_complaints(an_actor(COUNTY, role))
        assert not counts_complaints(an_actor(COUNTY, role, dept="civil"))
    for role in ("window", "agent", "department", "integrator", "admin"):
        assert not counts_complaints(an_actor(COUNTY, role))


def test_complaints_are_counted_about_orgs_below_and_not_about_the_own_org() -> None:
    head = an_actor(CENTER, "manager")
    assert counts_complaints_about(head, STATION)
    assert not counts_complaints_about(head, CENTER)


def test_complaints_about_a_province_are_counted_for_its_own_heads() -> None:
    assert counts_complaints_about(an_actor("52", "supervisor"), "52")
    assert not counts_complaints_about(an_actor("52", "window"), "52")


def test_a_rate_is_none_where_its_denominator_is_0() -> None:
    figures = Figures()
    assert (figures.closing_rate, figures.on_time_rate, figures.early_rate) == (None, None, None)


def test_rates_are_shares_to_four_places() -> None:
    figures = Figures(accepted=3, closed=4, on_time=2, early=1, overdue=1)
    assert (figures.closing_rate, figures.on_time_rate, figures.early_rate) == (1.3333, 0.6667, 0.3333)


def test_months_include_december_of_the_year_9999() -> None:
    assert list(ReportPeriod(date(9999, 11, 30), date(9999, 12, 31)).months()) == ["9999-11", "9999-12"]
    assert list(ReportPeriod(date(2025, 12, 31), date(2026, 2, 1)).months()) == ["2025-12", "2026-01", "2026-02"]
