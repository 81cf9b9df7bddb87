"""A roster: what it refuses, and who is on duty."""

from datetime import date
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from services.routing.domain.directory.org import OrgNotFound
from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.rosters.duty import DutyPlan
from services.routing.domain.rosters.market import MarketRule
from services.routing.domain.rosters.roster import (
    FixedTrip,
    OpenHours,
    PutRoster,
    Roster,
    RosterChanged,
    RosterElsewhere,
    RosterFaulty,
    RosterSurroundings,
    Rotation,
    put_roster,
)
from tests.unit.routing.builders import CENTER, COUNTY, OTHER_CENTER, STATION, by, staff

ANNA, BERT, AGENT = (
    StaffMember("anna", CENTER, "安娜", ("window",), phone="0851-1"),
    StaffMember("bert", CENTER, "白特", ("manager",)),
    StaffMember("agent", CENTER, "罗敏", ("agent",)),
)
KNOWN = RosterSurroundings(
    {each.id: each for each in (ANNA, BERT, AGENT, StaffMember("far", STATION, "远", ("agent",)))},
    frozenset({CENTER, COUNTY, STATION}),
)
HEAD = staff("manager", CENTER)
WEEKDAYS = (1, 2, 3, 4, 5)


def put(actor: Actor = HEAD, expected: int | None = None, known: Roster | None = None, **parts: Any) -> Roster:
    return put_roster(known, PutRoster(Roster(CENTER, **parts), expected, by(actor)), KNOWN)


def errors_of(**parts: Any) -> list[tuple[str, str]]:
    with pytest.raises(RosterFaulty) as refused:
        put(**parts)
    return [(error.pointer, error.code) for error in refused.value.errors]


def plan(roster: Roster, **elsewhere: Roster) -> DutyPlan:
    return DutyPlan(roster, (AGENT, ANNA, BERT), {each.org: each for each in elsewhere.values()}, lambda day: False)


def names(day: Any) -> list[tuple[str, str | None]]:
    return [(person.name, person.window) for person in day.people]


def test_the_rotation_is_on_duty_on_its_weekdays_within_its_days() -> None:
    roster = put(rotation=(Rotation(("anna",), WEEKDAYS, date(2026, 3, 2), date(2026, 3, 6), "一号窗口"),))
    assert names(plan(roster).on(date(2026, 3, 6))) == [("安娜", "一号窗口")]
    assert [names(plan(roster).on(date(2026, 3, day))) for day in (1, 7, 9)] == [[], [], []]


def test_on_a_market_day_everybody_is_on_duty_also_on_a_weekend() -> None:
    roster = put(
        rotation=(Rotation(("anna",), WEEKDAYS, window="一号窗口"),),
        open=(OpenHours("09:00", "16:00"),),
        market=MarketRule("weekly", (7,)),
    )
    sunday = plan(roster).on(date(2026, 3, 8))
    assert sunday.market_day
    assert names(sunday) == [("罗敏", None), ("安娜", None), ("白特", None)]
    assert sunday.open == roster.open
    saturday = plan(roster).on(date(2026, 3, 7))
    assert (saturday.market_day, saturday.people, saturday.open) == (False, (), ())


def test_the_next_trip_is_on_a_fixed_weekday_or_on_the_market_day_there() -> None:
    market = Roster(COUNTY, market=MarketRule("branch", ("子", "午")))
    fixed = put(trips=(FixedTrip("agent", COUNTY, (5,)),))
    assert [trip.on for trip in plan(fixed).on(date(2026, 3, 2)).trips] == [date(2026, 3, 6)]
    with_market = put(trips=(FixedTrip("agent", COUNTY, market=True),))
    [trip] = plan(with_market, there=market).on(date(2026, 3, 4)).trips
    assert (trip.on, trip.agent, trip.to_org) == (date(2026, 3, 9), "罗敏", COUNTY)
    assert plan(with_market).on(date(2026, 3, 4)).trips == (), "there is no market there"


def test_a_roster_that_overlaps_itself_is_refused() -> None:
    monday, all_week = Rotation(("anna",), (1,)), Rotation(("bert", "anna"), WEEKDAYS)
    assert errors_of(rotation=(monday, all_week)) == [("/rotation/1/staff_ids/1", "overlap")]
    hours = (OpenHours("09:00", "12:00"), OpenHours("11:00", "16:00"))
    assert errors_of(open=hours) == [("/open/1", "overlap")]
    earlier = Rotation(("anna",), (1,), last=date(2026, 3, 31))
    put(rotation=(earlier, Rotation(("anna",), (1,), date(2026, 4, 1))), open=(OpenHours("09:00", "12:00"),))


def test_hours_and_days_in_the_wrong_order_are_refused() -> None:
    assert errors_of(open=(OpenHours("12:00", "09:00"),)) == [("/open/0/end", "before_start")]
    wrong = Rotation(("anna",), (1,), date(2026, 3, 9), date(2026, 3, 2))
    assert errors_of(rotation=(wrong,)) == [("/rotation/0/to", "before_from")]


@pytest.mark.parametrize(
    ("rule", "day"),
    [("weekly", 0), ("weekly", 8), ("solar_digit", 31), ("lunar_digit", 30), ("branch", "鼠"), ("branch", 1)],
)
def test_a_market_day_that_does_not_exist_is_refused(rule: Any, day: Any) -> None:
    assert errors_of(market=MarketRule(rule, (day,))) == [("/market/days/0", "no_such_day")]


def test_people_and_orgs_that_are_not_there_are_refused() -> None:
    assert errors_of(rotation=(Rotation(("anna", "nobody", "far"), (1,)),)) == [
        ("/rotation/0/staff_ids/1", "staff_unknown"),
        ("/rotation/0/staff_ids/2", "staff_unknown"),
    ]
    assert errors_of(trips=(FixedTrip("agent", OTHER_CENTER),)) == [
        ("/trips/0/to_org", "org_unknown"),
        ("/trips/0", "no_days"),
    ]


@pytest.mark.parametrize(
    "actor",
    [
        staff("window", CENTER),
        staff("manager", CENTER, "civil"),
        staff("manager", OTHER_CENTER),
        staff("admin", STATION),
    ],
)
def test_only_a_head_or_admin_above_plans(actor: Actor) -> None:
    with pytest.raises(RosterElsewhere):
        put(actor)


def test_a_roster_that_somebody_changed_meanwhile_is_not_overwritten() -> None:
    first = put()
    assert (first.version, first.sequence) == (1, 1)
    with pytest.raises(RosterChanged):
        put(known=first)
    second = put(staff("admin", COUNTY), 1, first)
    assert second.version == 2
    with pytest.raises(OrgNotFound):
        put_roster(None, PutRoster(Roster("520111199"), None, by(staff("admin", COUNTY))), KNOWN)
