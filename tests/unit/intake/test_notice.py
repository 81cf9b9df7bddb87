"""The one-time notice, the supplement, and the wait for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bianmin.events.intake import CaseSupplemented, LapseCorrected, SupplementRequested
from bianmin.events.parts import EventData
from bianmin.kit.refusals import Conflict, Forbidden, Invalid
from services.intake.domain.decide import decide
from services.intake.domain.supplement import AddMaterials
from tests.unit.intake.builders import (
    CENTER,
    DAY,
    DESK_COMMANDS,
    LAPSED_ON,
    STATION,
    WAITED_UNTIL,
    a_case,
    a_lapsed_case,
    a_notice,
    a_supplement,
    after,
    an_acceptance,
    by,
    clock_started,
    submitted,
    wait_rescheduled,
)


def test_materials_obtained_by_sharing_are_never_asked_for() -> None:
    assert a_case(submitted=()).missing_numbers == (1, 2)
    with pytest.raises(Invalid):
        decide(a_case(), a_notice(3))


def test_what_a_notice_asks_for_has_to_be_handed_in_anew() -> None:
    case = after(a_case(), a_notice(2, 4))
    assert (case.status, case.missing_numbers) == ("supplement_requested", (2, 4))
    case = after(case, a_supplement(2))
    assert (case.status, case.missing_numbers) == ("supplement_requested", (4,))
    later = DAY + timedelta(days=3)
    case = after(case, a_supplement(4, on=later))
    assert (case.status, case.missing_numbers, case.received_on) == ("registered", (), later)


def test_a_second_notice_naming_something_new_needs_the_head_and_a_reason() -> None:
    case = after(a_case(), a_notice(2))
    again = a_notice(1)
    assert decide(case, a_notice(2, reason="再说一遍")) == []
    with pytest.raises(Conflict):
        decide(case, again)
    with pytest.raises(Forbidden):
        decide(case, replace(again, override_reason="新发现"))
    overridden = after(case, replace(again, override_reason="新发现", by=by(CENTER, "manager")))
    assert overridden.notice is not None
    assert overridden.notice.override_reason == "新发现"
    assert overridden.missing_numbers == (1, 2)


def test_a_notice_asks_for_everything_that_is_missing_at_once() -> None:
    case = after(a_case(submitted=()), a_notice(2, reason="没有带"))
    assert case.notice is not None
    assert {request.no: request.reason for request in case.notice.missing} == {1: "登记时未提交", 2: "没有带"}
    case = after(case, a_supplement(1, 2))
    assert (case.status, case.missing) == ("registered", ())
    assert decide(case, DESK_COMMANDS["accept"])


def test_an_unusable_supplement_may_be_asked_for_again_without_the_head() -> None:
    case = after(a_case(), a_notice(2, reason="没有"), a_supplement(2))
    assert case.status == "registered"
    case = after(case, a_notice(2, reason="看不清"))
    assert case.notice is not None
    assert (case.status, case.missing_numbers) == ("supplement_requested", (2,))
    assert [request.reason for request in case.notice.missing] == ["看不清"]
    assert case.notice.override_reason is None


def test_an_earlier_material_that_an_offline_desk_records_later_does_not_bring_the_receipt_forward() -> None:
    today = DAY + timedelta(days=20)
    case = after(a_case(), a_notice(1, 2, on=DAY + timedelta(days=2), today=today))
    late, early = DAY + timedelta(days=10), DAY + timedelta(days=3)
    case = after(case, a_supplement(1, on=late, today=today), a_supplement(2, on=early, today=today))
    assert (case.status, case.received_on) == ("registered", late)
    with pytest.raises(Invalid):
        decide(case, a_supplement(2, on=DAY, today=today))  # before the notice asked for it


def test_a_supplement_in_time_that_is_recorded_late_corrects_the_lapse() -> None:
    case = a_lapsed_case()
    announced = [fact for fact in decide(case, a_supplement(1, 2, on=WAITED_UNTIL)) if isinstance(fact, EventData)]
    assert [type(fact) for fact in announced] == [LapseCorrected, CaseSupplemented]
    case = after(case, a_supplement(1, 2, on=WAITED_UNTIL))
    assert (case.status, case.lapsed, case.closed_on) == ("registered", False, None)
    assert (case.received_on, case.missing) == (WAITED_UNTIL, ())
    assert after(case, an_acceptance(WAITED_UNTIL, LAPSED_ON)).status == "accepted"


def test_a_corrected_lapse_is_received_on_the_day_of_the_last_material() -> None:
    case = a_lapsed_case(a_supplement(2, on=DAY + timedelta(days=9)))
    case = after(case, a_supplement(1, on=DAY + timedelta(days=3)))
    assert (case.status, case.received_on) == ("registered", DAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (a_supplement(1, 2, on=LAPSED_ON), str(WAITED_UNTIL)),
        (a_supplement(2, on=WAITED_UNTIL), "还缺：身份证"),
    ],
    ids=["too late", "only a part"],
)
def test_a_late_or_partial_supplement_does_not_correct_a_lapse(command: AddMaterials, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_lapsed_case(), command)


def test_the_wait_for_a_supplement_ends_on_the_day_that_deadlines_counts() -> None:
    notice = a_notice(1, by=by(STATION))
    [requested] = [fact for fact in decide(a_case(), notice) if isinstance(fact, SupplementRequested)]
    assert requested.wait_days == 30
    case = after(a_case(), notice)
    assert case.waits_until == DAY + timedelta(days=30), "the plain sum, until deadlines announces the day"
    case = after(case, clock_started())
    assert case.waits_until == DAY + timedelta(days=32)
    assert case.notice_due_on is None, "the wait is not the period for the notice, though both start on the same day"
    assert after(case, wait_rescheduled(DAY + timedelta(days=33))).waits_until == DAY + timedelta(days=33)
    later = DAY + timedelta(days=2)
    again = a_notice(2, on=later, by=by(CENTER, "manager"), override_reason="新发现")
    case = after(case, again, wait_rescheduled(DAY + timedelta(days=33)))
    assert case.waits_until == later + timedelta(days=30), "the clock of the first notice does not move the second wait"


def test_other_clocks_do_not_move_the_wait() -> None:
    case = after(a_case(), a_notice(1, by=by(STATION)))
    for changes in ({"stage": None}, {"kind": "promise", "stage": None}, {"started_on": DAY - timedelta(days=1)}):
        assert after(case, clock_started(**changes)).waits_until == DAY + timedelta(days=30)


def test_a_material_handed_in_again_counts_once() -> None:
    case = after(a_case(submitted=submitted(1)), a_supplement(1))
    assert [material.no for material in case.submitted] == [1]
