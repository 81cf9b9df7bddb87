"""A refusal is filed first, and the head of the accepting organ answers (否决报备)."""

import pytest

from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Refusal
from services.intake.domain.case import Case
from services.intake.domain.checks import CaseNotFound, WrongCaseStatus
from services.intake.domain.decide import decide
from services.intake.domain.refusal_filings import (
    FileRefusal,
    NotTheAcceptingHead,
    RefusalFilingAnswered,
    RefusalFilingNotPossible,
    RefusalNotFiled,
)
from tests.unit.intake.builders import (
    CENTER,
    COUNTY,
    DAY,
    DESK_COMMANDS,
    FILED,
    ID,
    STATION,
    a_case,
    a_guide,
    after,
    an_acceptance,
    an_answer,
    by,
)

FILE, REFUSE = DESK_COMMANDS["file"], DESK_COMMANDS["refuse"]


def status_of(case: Case) -> str:
    assert case.refusal_filing is not None
    return case.refusal_filing.status


def test_a_refusal_needs_a_filing_to_which_the_head_agreed() -> None:
    case = a_case()
    with pytest.raises(RefusalNotFiled):
        decide(case, REFUSE)
    case = after(case, FILE)
    with pytest.raises(RefusalNotFiled):
        decide(case, REFUSE)
    refused = after(case, an_answer(), REFUSE)
    assert (refused.status, status_of(refused)) == ("refused", "agreed")


def test_a_filing_that_is_not_agreed_refuses_nothing_and_another_may_follow() -> None:
    case = after(a_case(), FILE, an_answer(agree=False))
    with pytest.raises(RefusalNotFiled):
        decide(case, REFUSE)
    assert status_of(after(case, FILE)) == "filed"


def test_where_the_window_may_refuse_nothing_is_filed() -> None:
    case = a_case(guide=a_guide(deny_authority="window"))
    with pytest.raises(RefusalFilingNotPossible):
        decide(case, FILE)
    assert after(case, REFUSE).status == "refused"


def test_a_case_has_one_filing_in_force() -> None:
    case = after(a_case(), FILE)
    for filed in (case, after(case, an_answer())):
        with pytest.raises(RefusalFilingNotPossible):
            decide(filed, FILE)


@pytest.mark.parametrize("command", [an_acceptance(), DESK_COMMANDS["withdraw"]])
def test_an_unanswered_filing_lapses_when_the_case_goes_on(command: object) -> None:
    case = after(a_case(), FILE, command)  # type: ignore[arg-type]
    assert status_of(case) == "lapsed"
    with pytest.raises(WrongCaseStatus):
        decide(case, an_answer())


@pytest.mark.parametrize(
    ("cause", "refusal"),
    [
        (by(), NotTheAcceptingHead),
        (by(CENTER, "manager", "land"), CaseNotFound),
        (by(COUNTY, "manager"), NotTheAcceptingHead),
        (by(STATION, "manager"), NotTheAcceptingHead),
        (by("520112", "manager"), CaseNotFound),
    ],
    ids=["window", "other line", "county", "station", "other county"],
)
def test_only_the_head_of_the_accepting_organ_answers(cause: Cause, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        decide(after(a_case(), FILE), an_answer(by=cause))


def test_nobody_answers_a_filing_of_their_own_or_twice() -> None:
    own = FileRefusal(ID, FILED, DAY, by(role="manager", sub="head"))
    with pytest.raises(NotTheAcceptingHead):
        decide(after(a_case(), own), an_answer())
    with pytest.raises(RefusalFilingAnswered):
        decide(after(a_case(), FILE, an_answer()), an_answer(agree=False))
