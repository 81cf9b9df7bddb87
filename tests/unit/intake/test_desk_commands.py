"""What a desk may do with a case, in every status."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events.parts import CaseStatus
from bianmin.events.routing import WithdrawalRejected
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from services.intake.domain.case_parts import RefusalFiling
from services.intake.domain.decide import decide
from tests.unit.intake.builders import (
    CENTER,
    COUNTY,
    DAY,
    DESK_COMMANDS,
    FILING,
    STATION,
    a_case,
    after,
    by,
    follow,
    submitted,
)

ALLOWED: dict[CaseStatus, set[str]] = {
    "registered": {"notice", "materials", "accept", "file", "refuse", "withdraw"},
    "supplement_requested": {"notice", "materials", "file", "refuse", "withdraw"},
    "accepted": {"withdraw"},
    "refused": set(),
    "in_progress": {"withdraw"},
    "paused": {"withdraw"},
    "granted": {"withdraw"},
    "denied": {"withdraw"},
    "delivered": {"withdraw"},
    "closed": set(),
    "withdrawn": set(),
}


AGREED = RefusalFiling(FILING, DAY, "s", "agreed", DAY, "head")


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("name", DESK_COMMANDS)
def test_each_status_allows_some_commands_and_refuses_the_others(status: CaseStatus, name: str) -> None:
    case = a_case(status=status, refusal_filing=AGREED if name == "refuse" else None)
    if name in ALLOWED[status]:
        decide(case, DESK_COMMANDS[name])
    else:
        with pytest.raises(Conflict):
            decide(case, DESK_COMMANDS[name])


@pytest.mark.parametrize("name", DESK_COMMANDS)
def test_a_case_that_does_not_exist_is_refused_in_the_words_of_one_that_the_actor_may_not_see(name: str) -> None:
    foreign = replace(DESK_COMMANDS[name], by=by("520112"))
    with pytest.raises(NotFound) as unseen:
        decide(a_case(), foreign)
    with pytest.raises(NotFound) as missing:
        decide(None, foreign)
    assert str(unseen.value) == str(missing.value)


@pytest.mark.parametrize("name", ["accept", "file", "refuse"])
@pytest.mark.parametrize(
    "cause",
    [by(STATION), by(COUNTY, "manager"), by(CENTER, "agent"), by(CENTER, "department", "civil")],
    ids=["station", "county", "agent", "department"],
)
def test_only_the_accepting_organ_accepts_and_refuses(name: str, cause: Cause) -> None:
    with pytest.raises(Forbidden):
        decide(a_case(), replace(DESK_COMMANDS[name], by=cause))


@pytest.mark.parametrize("status", ["registered", "accepted"])
def test_the_reason_of_a_withdrawal_is_kept(status: CaseStatus) -> None:
    assert after(a_case(status=status), DESK_COMMANDS["withdraw"]).withdrawal_reason == "搬走了"


def test_a_withdrawal_after_acceptance_is_requested_once_and_answered_by_routing() -> None:
    case = after(a_case(status="accepted"), DESK_COMMANDS["withdraw"])
    assert case.withdrawal_pending
    assert decide(case, DESK_COMMANDS["withdraw"]) == []
    case = after(case, follow(WithdrawalRejected(access=case.access, reason_code="already_decided")))
    assert (case.status, case.withdrawal_pending) == ("accepted", False)


@given(st.lists(st.sampled_from(sorted(DESK_COMMANDS)), max_size=12))
@settings(max_examples=400, deadline=None)
def test_in_any_order_of_commands_no_case_is_accepted_with_materials_missing(names: list[str]) -> None:
    case = a_case(submitted=submitted(1))
    for name in names:
        before = case
        try:
            case = after(case, DESK_COMMANDS[name])
        except Refusal:
            assert case is before
            continue
        if case.status == "accepted" and before.status != "accepted":
            assert before.missing == ()
            assert before.status == "registered"
        assert case.version >= before.version
