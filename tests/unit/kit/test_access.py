"""Who sees a case: their subtree or their line in it; and the keys say what the rule says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.domain.access import Holder, Reach, keys_of, seen_by, sees
from bianmin.domain.actors import Actor

STATION, CENTER, COUNTY, PROVINCE = "520111101201", "520111101", "520111", "52"


def staff(role: str, org: str, dept: str | None = None) -> Actor:
    return Actor("S-1", org, frozenset({role}), dept)


ORGS = st.sampled_from(
    ["52", "5201", "520111", "520112", "520111101", "520111102", "520111101201", "520111101202", "52011110120101"]
)
DEPTS = st.sampled_from(["civil", "land", "living"])
HOLDERS = st.lists(st.builds(Holder, ORGS, st.none() | DEPTS), max_size=3).map(tuple)


@given(st.builds(Reach, ORGS, ORGS, DEPTS, HOLDERS), ORGS, st.none() | DEPTS)
@settings(max_examples=500, deadline=None)
def test_keys_and_the_rule_agree(reach: Reach, org: str, dept: str | None) -> None:
    actor = Actor("S-1", org, frozenset({"window"}), dept)
    assert (not set(keys_of(actor)).isdisjoint(seen_by(reach))) == sees(actor, reach)


def test_a_citizen_holds_no_key() -> None:
    assert keys_of(staff("citizen", PROVINCE)) == []
    assert not sees(staff("citizen", STATION), Reach(STATION, CENTER, "civil"))


def test_a_department_sees_its_line_below_its_org_and_no_other_line() -> None:
    reach = Reach(STATION, CENTER, "civil")
    assert sees(staff("department", COUNTY, "civil"), reach)
    assert not sees(staff("department", COUNTY, "land"), reach)
    assert sees(staff("manager", CENTER), reach), "the head of the center sees every line"
