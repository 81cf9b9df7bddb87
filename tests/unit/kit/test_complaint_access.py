"""Who may see a complaint: its handlers above the accused; and the stored keys say what the rule says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bianmin.domain.access import Holder, Reach, seen_by, sees
from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.complaint_access import (
    ComplaintParties,
    barring_key,
    complaint_keys,
    handles_complaints,
    keys_held_by,
    may_see_complaint,
)
from bianmin.events.parts import Dept

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
complaints = st.builds(ComplaintParties, handler_org=orgs, accused_org=orgs, awaits_case=st.booleans())


def keys_open(actor: Actor, keys: list[str]) -> bool:
    """Whether stored keys open a row to an actor, as `visible_by_keys` asks PostgreSQL."""
    return barring_key(actor.id) not in keys and not set(keys).isdisjoint(keys_held_by(actor))


@given(staff, reaches)
def test_the_keys_of_a_case_open_it_to_those_who_may_see_it(actor: Actor, reach: Reach) -> None:
    assert keys_open(actor, seen_by(reach)) == sees(actor, reach)


@given(staff, complaints)
def test_a_complaint_is_seen_by_its_handlers_above_the_accused(actor: Actor, parties: ComplaintParties) -> None:
    if parties.handler_org == parties.accused_org:
        return  # a province handles its own: see below
    handles = handles_complaints(actor) and actor.covers(parties.handler_org)
    awaiting = parties.awaits_case and actor.org == parties.handler_org
    expected = handles and not awaiting and not actor.org.startswith(parties.accused_org)
    barred = replace(parties, recused=("another", actor.id))
    assert may_see_complaint(actor, parties) == keys_open(actor, complaint_keys(parties)) == expected
    assert not may_see_complaint(actor, barred)
    assert not keys_open(actor, complaint_keys(barred))


def test_a_province_sees_the_complaints_about_itself() -> None:
    parties = ComplaintParties(handler_org="52", accused_org="52")
    assert may_see_complaint(Actor("s", "52", frozenset({"investigator"})), parties)
    assert not may_see_complaint(Actor("s", "5201", frozenset({"investigator"})), parties)


@pytest.mark.parametrize("org", ["520111101", "520111101201"])
@pytest.mark.parametrize("role", STAFF)
def test_nobody_at_the_accused_org_or_below_sees_a_complaint(role: str, org: str) -> None:
    parties = ComplaintParties("520111", "520111101")
    actor = Actor("s", org, frozenset({role}))
    assert not may_see_complaint(actor, parties)
    assert not keys_open(actor, complaint_keys(parties))


@given(st.builds(Actor, id=st.just("c"), org=orgs, roles=st.sampled_from([frozenset({"citizen"}), frozenset()])))
def test_a_citizen_holds_no_keys(actor: Actor) -> None:
    assert keys_held_by(actor) == []


def test_a_case_and_a_complaint_share_no_key() -> None:
    case = Reach("520111101201", "520111101", "civil", (Holder("520111", "civil"),))
    assert set(seen_by(case)).isdisjoint(complaint_keys(ComplaintParties("520111", "520111101")))
