"""Keys say what `kit.access.sees` says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.kit.access import Holder, Reach, sees
from bianmin.kit.actors import Actor
from services.routing.domain.visibility import keys_of, may_see
from tests.unit.routing.desks import CENTER, COUNTY, PROVINCE, STATION, staff

ORGS = st.sampled_from(
    ["52", "5201", "520111", "520112", "520111101", "520111102", "520111101201", "520111101202", "52011110120101"]
)
DEPTS = st.sampled_from(["civil", "land", "living"])
HOLDERS = st.lists(st.builds(Holder, ORGS, st.none() | DEPTS), max_size=3).map(tuple)


@given(st.builds(Reach, ORGS, ORGS, DEPTS, HOLDERS), ORGS, st.none() | DEPTS)
@settings(max_examples=500, deadline=None)
def test_keys_and_the_rule_agree(reach: Reach, org: str, dept: str | None) -> None:
    actor = Actor("S-1", org, frozenset({"window"}), dept)
    assert may_see(actor, reach) == sees(actor, reach)


def test_a_citizen_holds_no_key() -> None:
    assert keys_of(staff("citizen", PROVINCE)) == []
    assert not may_see(staff("citizen", STATION), Reach(STATION, CENTER, "civil"))


def test_a_line_reaches_down_but_not_across() -> None:
    reach = Reach(STATION, CENTER, "civil")
    assert may_see(staff("department", COUNTY, "civil"), reach)
    assert not may_see(staff("department", COUNTY, "land"), reach)
    assert may_see(staff("manager", CENTER), reach), "the head of the center sees every line"
