"""Acceptance by silence (行政许可法 art. 32(4)): when it holds, and what corrects it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bianmin.domain.access import Holder
from bianmin.events.intake import CaseAccepted, DeemingCorrected
from bianmin.events.parts import CaseStatus
from bianmin.kit.refusals import Conflict
from bianmin.kit.time_source import TZ
from services.intake.domain.case import Case
from services.intake.domain.checks import MaterialsMissing
from services.intake.domain.decide import decide
from services.intake.domain.refusal import RefuseCase
from tests.unit.intake.builders import (
    COUNTY,
    DAY,
    DESK_COMMANDS,
    ID,
    NOTICE_DUE_ON,
    REFUSAL,
    STATION,
    a_case,
    a_deemed_case,
    a_guide,
    a_notice,
    a_supplement,
    after,
    an_acceptance,
    an_answer,
    by,
    clock_started,
    submitted,
)

TODAY = DAY + timedelta(days=20)


@pytest.mark.parametrize("status", ["accepted", "in_progress", "paused"])
def test_an_acceptance_in_time_that_is_recorded_late_corrects_the_deeming(status: CaseStatus) -> None:
    case = a_deemed_case(status=status, holders=(Holder(COUNTY, "civil"),))
    corrected, accepted = decide(case, an_acceptance(NOTICE_DUE_ON, TODAY))
    assert isinstance(corrected, DeemingCorrected)
    assert isinstance(accepted, CaseAccepted)
    assert (corrected.noticed_on, corrected.accepted_on, accepted.accepted_on) == (NOTICE_DUE_ON,) * 3
    assert accepted.access.holders == ()
    now = after(case, an_acceptance(NOTICE_DUE_ON, TODAY))
    assert (now.status, now.deemed, now.accepted_on, now.received_on) == ("accepted", False, NOTICE_DUE_ON, DAY)
    with pytest.raises(Conflict):
        decide(now, an_acceptance(NOTICE_DUE_ON, TODAY))


@pytest.mark.parametrize(
    ("changes", "on", "why"),
    [
        ({}, NOTICE_DUE_ON + timedelta(days=1), str(NOTICE_DUE_ON)),
        ({"clocks": ()}, DAY, "已过受理审查期限"),
        ({"status": "granted", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"status": "closed", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"cycle": 2}, DAY, "已经作出决定"),
        ({"status": "withdrawn"}, DAY, "已撤回"),
        ({"submitted": ()}, DAY, "还缺：身份证、户口簿"),
    ],
    ids=["too late", "no clock", "granted", "closed", "reopened", "withdrawn", "incomplete"],
)
def test_an_acceptance_does_not_correct_the_deeming(changes: dict[str, Any], on: date, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_deemed_case(**changes), an_acceptance(on, TODAY))


def test_materials_that_an_offline_desk_accepted_a_deemed_case_with_are_recorded_late() -> None:
    case = a_deemed_case(status="in_progress", submitted=submitted(1))
    with pytest.raises(MaterialsMissing, match=r"户口簿.*received_on"):
        decide(case, an_acceptance(NOTICE_DUE_ON, TODAY))
    case = after(case, a_supplement(2, on=NOTICE_DUE_ON))
    unchanged = (case.status, case.deemed, case.accepted_on, case.received_on, case.missing)
    assert unchanged == ("in_progress", True, DAY, DAY, ()), "the materials alone change neither receipt nor acceptance"
    case = after(case, an_acceptance(NOTICE_DUE_ON, TODAY))
    assert (case.status, case.deemed, case.accepted_on, case.received_on) == ("accepted", False, NOTICE_DUE_ON, DAY)


@pytest.mark.parametrize(
    ("changes", "on", "why"),
    [
        ({}, NOTICE_DUE_ON + timedelta(days=1), str(NOTICE_DUE_ON)),
        ({"status": "granted", "decided_on": DAY}, DAY, "已经作出决定"),
        ({"status": "withdrawn"}, DAY, "已撤回"),
        ({"deemed": False}, DAY, "只有受理前"),
    ],
    ids=["too late", "granted", "withdrawn", "accepted by the organ"],
)
def test_an_accepted_case_takes_no_more_materials(changes: dict[str, Any], on: date, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        decide(a_deemed_case(**changes), a_supplement(2, on=on))


def test_a_notice_of_a_case_that_was_decided_and_reopened_is_only_put_on_record() -> None:
    case = after(a_deemed_case(cycle=2), a_notice(2))
    assert (case.status, case.deemed, case.notice is None) == ("accepted", True, False)


LAST, TOO_LATE = date(2026, 3, 9), date(2026, 3, 10)


def with_notice_clock(**item: Any) -> Case:
    """A registered case without a notice; deadlines has announced that the period for it ends on `LAST`."""
    started = clock_started(
        clock_id=ID, stage=None, due_on=LAST, due_at=datetime(2026, 3, 10, tzinfo=TZ), unit="workday", budget=5
    )
    return after(a_case(guide=a_guide(**item)), started)


@pytest.mark.parametrize("silence", [{"item_type": "01"}, {"deemed_by_silence": True}], ids=["licence", "own rule"])
def test_after_its_last_day_silence_has_accepted_the_case_before_deadlines_announces_it(
    silence: dict[str, Any],
) -> None:
    """A timer may run late: what a desk does meanwhile does not undo the acceptance."""
    case = with_notice_clock(**silence)
    notice = a_notice(2, on=TOO_LATE, by=by(STATION))
    with pytest.raises(Conflict, match="2026-03-09"):
        decide(case, notice)
    with pytest.raises(Conflict, match="2026-03-09"):
        decide(case, RefuseCase(ID, replace(REFUSAL, refused_on=TOO_LATE), by()))
    accepted = after(case, an_acceptance(TOO_LATE))
    assert (accepted.status, accepted.deemed, accepted.accepted_on) == ("accepted", True, DAY)
    # an act in time counts, though it is recorded late
    assert after(case, replace(notice, noticed_on=LAST)).status == "supplement_requested"
    in_time = after(case, an_acceptance(LAST, TOO_LATE))
    assert (in_time.deemed, in_time.accepted_on) == (False, LAST)


def test_where_silence_does_not_accept_a_late_notice_counts() -> None:
    case = with_notice_clock()
    assert after(case, a_notice(2, on=TOO_LATE, by=by(STATION))).status == "supplement_requested"
    refused = after(
        case, DESK_COMMANDS["file"], an_answer(), RefuseCase(ID, replace(REFUSAL, refused_on=TOO_LATE), by())
    )
    assert refused.status == "refused"
    assert not after(case, an_acceptance(TOO_LATE)).deemed
