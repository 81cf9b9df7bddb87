"""A denial is filed first, and the head of the deciding organ answers (否决报备)."""

from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Refusal
from services.routing.domain.filings import (
    DenialNotFiled,
    FilingAnswered,
    FilingNotFound,
    FilingNotPossible,
    NotTheDecidingHead,
)
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.preconditions import CaseNotOpen
from tests.unit.routing.builders import (
    CENTER,
    COUNTY,
    DECIDER,
    OTHER_CENTER,
    REVIEWER,
    HandledCase,
    a_decided_case,
    a_planned_case,
    a_reviewed_case,
    an_item,
    answer_filing,
    complete,
    file_denial,
    receive,
    return_task,
    staff,
    withdraw,
)

HEAD, HEAD_OF_OFFICE = staff("manager", COUNTY), staff("manager", COUNTY, "civil")


def a_case_to_decide() -> HandledCase:
    case = a_reviewed_case()
    case.carry_out(receive(case.open_task, DECIDER))
    return case


def a_filed_case() -> HandledCase:
    case = a_case_to_decide()
    case.carry_out(file_denial(DECIDER))
    return case


def statuses(case: HandledCase) -> list[str]:
    return [filing.status for filing in case.route.filings]


@pytest.mark.parametrize("head", [HEAD, HEAD_OF_OFFICE])
def test_a_denial_needs_a_filing_to_which_the_head_agreed(head: Actor) -> None:
    case = a_case_to_decide()
    with pytest.raises(DenialNotFiled):
        case.carry_out(complete(case.open_task, DECIDER, "deny"))
    case.carry_out(file_denial(DECIDER))
    with pytest.raises(DenialNotFiled):
        case.carry_out(complete(case.open_task, DECIDER, "deny"))
    case.carry_out(answer_filing(case.route.filings[0], head))
    case.carry_out(complete(case.open_task, DECIDER, "deny"))
    assert (case.route.status, statuses(case)) == ("denied", ["agreed"])
    assert case.event_names()[-4:] == ["denial.filed", "denial.answered", "task.completed", "case.denied"]


def test_a_filing_that_is_not_agreed_leaves_the_step_open_and_another_may_follow() -> None:
    case = a_filed_case()
    case.carry_out(answer_filing(case.route.filings[0], HEAD, agree=False))
    with pytest.raises(DenialNotFiled):
        case.carry_out(complete(case.open_task, DECIDER, "deny"))
    case.carry_out(file_denial(DECIDER))
    case.carry_out(answer_filing(case.route.filings[1], HEAD))
    case.carry_out(complete(case.open_task, DECIDER, "deny"))
    assert statuses(case) == ["rejected", "agreed"]


def test_a_grant_needs_no_filing_and_lets_an_unanswered_one_lapse() -> None:
    case = a_filed_case()
    case.carry_out(complete(case.open_task, DECIDER, "grant"))
    assert statuses(case) == ["lapsed"]
    with pytest.raises(CaseNotOpen):
        case.carry_out(answer_filing(case.route.filings[0], HEAD))


def test_a_withdrawal_lets_an_unanswered_filing_lapse() -> None:
    case = a_filed_case()
    case.carry_out(withdraw())
    assert statuses(case) == ["lapsed"]


def test_where_the_window_may_deny_nothing_is_filed() -> None:
    case = a_planned_case(an_item("promised", "county", deny_authority="window"))
    case.carry_out(receive(case.open_task, DECIDER))
    with pytest.raises(FilingNotPossible):
        case.carry_out(file_denial(DECIDER))
    case.carry_out(complete(case.open_task, DECIDER, "deny"))
    assert case.route.status == "denied"


def test_only_the_office_whose_decision_is_due_files() -> None:
    reviewed_next = a_planned_case()
    with pytest.raises(NotTheOffice):
        reviewed_next.carry_out(file_denial(REVIEWER))
    with pytest.raises(FilingNotPossible):
        reviewed_next.carry_out(file_denial(DECIDER))
    with pytest.raises(CaseNotOpen):
        a_decided_case().carry_out(file_denial(DECIDER))


def test_a_case_has_one_filing_in_force() -> None:
    case = a_filed_case()
    with pytest.raises(FilingNotPossible):
        case.carry_out(file_denial(DECIDER))
    case.carry_out(answer_filing(case.route.filings[0], HEAD))
    with pytest.raises(FilingNotPossible):
        case.carry_out(file_denial(DECIDER))


def test_a_filing_outlives_the_return_of_the_case_within_its_cycle() -> None:
    case = a_filed_case()
    case.carry_out(answer_filing(case.route.filings[0], HEAD))
    case.carry_out(return_task(case.open_task, DECIDER))
    for actor in (REVIEWER, DECIDER):
        case.carry_out(receive(case.open_task, actor))
        case.carry_out(complete(case.open_task, actor, "deny" if actor is DECIDER else "agree"))
    assert case.route.status == "denied"


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (DECIDER, NotTheDecidingHead),
        (staff("manager", COUNTY, "land"), FilingNotFound),
        (staff("manager", CENTER), NotTheDecidingHead),
        (staff("manager", OTHER_CENTER), FilingNotFound),
        (staff("supervisor", COUNTY), NotTheDecidingHead),
        (staff("citizen", COUNTY), FilingNotFound),
    ],
)
def test_only_the_head_of_the_deciding_organ_answers(actor: Actor, refusal: type[Refusal]) -> None:
    case = a_filed_case()
    with pytest.raises(refusal):
        case.carry_out(answer_filing(case.route.filings[0], actor))


def test_nobody_answers_a_filing_of_their_own_or_twice() -> None:
    case = a_reviewed_case()
    case.carry_out(receive(case.open_task, HEAD))
    case.carry_out(file_denial(HEAD))
    with pytest.raises(NotTheDecidingHead):
        case.carry_out(answer_filing(case.route.filings[0], HEAD))
    case.carry_out(answer_filing(case.route.filings[0], HEAD_OF_OFFICE))
    again: Any = answer_filing(case.route.filings[0], HEAD_OF_OFFICE, agree=False)
    with pytest.raises(FilingAnswered):
        case.carry_out(again)
