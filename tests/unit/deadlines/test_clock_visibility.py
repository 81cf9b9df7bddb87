"""Who may see a clock: the rule of the house for cases, and silence towards the accused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bianmin.domain.access import Holder, Reach, sees
from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.complaint_access import barring_key, handles_complaints
from bianmin.events.parts import Dept
from services.deadlines.domain.visibility import Handling, keys_of, seen_by

STAFF = sorted(ROLES - {"citizen"})
ORGS = [
    "52",
    "5201",
    "5202",
    "520111",
    "520112",
    "520111101",
    "520111102",
    "520111101201",
    "520111101202",
    "52011110120101",
]
DEPTS: list[Dept] = ["civil", "land"]

orgs = st.sampled_from(ORGS)
depts = st.sampled_from(DEPTS)
holders = st.builds(Holder, orgs, st.none() | depts)
reaches = st.builds(Reach, orgs, orgs, depts, st.lists(holders, max_size=3).map(tuple))
staff = st.builds(
    Actor,
    id=st.just("s"),
    org=orgs,
    roles=st.sets(st.sampled_from(STAFF), min_size=1).map(frozenset),
    dept=st.none() | depts,
)
handlings = st.builds(Handling, handler_org=orgs, accused_org=orgs)


def may_see(actor: Actor, matter: Reach | Handling) -> bool:
    keys = set(seen_by(matter))
    return barring_key(actor.id) not in keys and not keys.isdisjoint(keys_of(actor))


@given(staff, reaches)
def test_a_case_is_seen_by_those_whom_the_house_lets_see_it(actor: Actor, reach: Reach) -> None:
    assert may_see(actor, reach) == sees(actor, reach)


@given(staff, handlings)
def test_a_complaint_is_seen_by_its_handlers_above_the_accused(actor: Actor, handling: Handling) -> None:
    if handling.handler_org == handling.accused_org:
        return  # nobody is above them: see below
    handles = handles_complaints(actor) and actor.covers(handling.handler_org)
    assert may_see(actor, handling) == (handles and not actor.org.startswith(handling.accused_org))
    assert not may_see(actor, replace(handling, recused=("another", actor.id)))


def test_where_nobody_is_above_the_accused_they_see_what_they_handle() -> None:
    handling = Handling(handler_org="52", accused_org="52")
    assert may_see(Actor("s", "52", frozenset({"investigator"})), handling)
    assert not may_see(Actor("s", "5201", frozenset({"investigator"})), handling)


@pytest.mark.parametrize("org", ["520111101", "520111101201"])
@pytest.mark.parametrize("role", STAFF)
def test_nobody_at_the_accused_learns_of_a_complaint(role: str, org: str) -> None:
    assert not may_see(Actor("s", org, frozenset({role})), Handling("520111", "520111101"))


@given(st.builds(Actor, id=st.just("c"), org=orgs, roles=st.sampled_from([frozenset({"citizen"}), frozenset()])))
def test_a_citizen_holds_no_keys(actor: Actor) -> None:
    assert keys_of(actor) == []


def test_a_clock_of_a_case_and_of_a_complaint_share_no_key() -> None:
    case = Reach("520111101201", "520111101", "civil", (Holder("520111", "civil"),))
    assert set(seen_by(case)).isdisjoint(seen_by(Handling("520111", "520111101")))
