"""More time: asked for once in the handling it is for, and answered within it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bianmin.events.parts import ItemFacts
from bianmin.kit.clock import TZ
from services.routing.domain.route import (
    AnswerExtension,
    EndProcedure,
    KeepLegalEnd,
    LegalEnd,
    ReopenCase,
    RequestExtension,
    Route,
    StartProcedure,
    VoidRoute,
)
from services.routing.domain.time import (
    ExtensionAnswered,
    ExtensionLapsed,
    ExtensionNotAllowed,
    ExtensionTooLong,
    NotOpen,
    ProcedureOver,
)
from tests.unit.routing.desks import (
    CASE,
    COUNTY,
    DECIDER,
    NOW,
    REVIEWER,
    SEALED,
    SYSTEM,
    TODAY,
    Desks,
    a_plan,
    a_task_id,
    an_item,
    by,
    complete,
    planned,
    receive,
    staff,
    withdraw,
)

HEAD = staff("manager", COUNTY)


def a_licence(unit: str = "workday") -> ItemFacts:
    item = an_item().model_dump() | {"item_type": "01", "legal": {"value": 20, "unit": unit, "extension": 10}}
    return ItemFacts.model_validate(item)


def its_end_is_told(desks: Desks, due: datetime = datetime(2026, 3, 31, tzinfo=TZ)) -> None:
    desks.does(KeepLegalEnd(CASE, LegalEnd(a_task_id(), due), begins=True, by=SYSTEM))


def in_handling(item: ItemFacts | None = None) -> Desks:
    desks = planned(item or a_licence())
    its_end_is_told(desks)
    return desks


def ask(desks: Desks, days: int = 10, at: datetime = NOW) -> Any:
    """Asks for more time; returns how to answer it."""
    id = a_task_id()
    desks.does(RequestExtension(CASE, id, days, SEALED, at, TODAY, by(DECIDER)))

    def answer(*, approved: bool = True) -> Route:
        return desks.does(AnswerExtension(id, approved, None, NOW, TODAY, by(HEAD)))

    return answer


def decide(desks: Desks) -> None:
    for who in (REVIEWER, DECIDER):
        desks.does(receive(desks.turn, who))
        desks.does(complete(desks.turn, who))


def reopen(desks: Desks) -> None:
    desks.does(ReopenCase(CASE, SEALED, TODAY, (a_task_id(), a_task_id()), by(HEAD)))
    its_end_is_told(desks)


def statuses(desks: Desks) -> list[str]:
    return [one.status for one in desks.route.extensions]


@pytest.mark.parametrize("approved", [True, False])
def test_what_was_asked_for_in_an_earlier_handling_is_not_answered_in_a_later_one(approved: bool) -> None:
    desks = in_handling()
    answer = ask(desks)
    decide(desks)
    reopen(desks)
    with pytest.raises(ExtensionLapsed, match=r"此前的办理.*重新申请"):
        answer(approved=approved)
    ask(desks)(approved=True)
    assert statuses(desks) == ["lapsed", "approved"]
    assert desks.names().count("extension.approved") == 1
    with pytest.raises(ExtensionLapsed):
        answer(approved=approved)


def test_what_was_kept_as_open_from_an_earlier_handling_is_not_answered_either() -> None:
    desks = in_handling()
    answer = ask(desks)
    (asked,) = desks.route.extensions
    decide(desks)
    reopen(desks)
    desks.states[CASE] = replace(desks.route, extensions=(asked,))
    with pytest.raises(ExtensionLapsed):
        answer()


@pytest.mark.parametrize("end", [decide, lambda desks: desks.does(withdraw())], ids=["decided", "withdrawn"])
@pytest.mark.parametrize("approved", [True, False])
def test_nothing_is_answered_when_the_handling_is_over(end: Callable[[Desks], Any], approved: bool) -> None:
    desks = in_handling()
    answer = ask(desks)
    end(desks)
    assert statuses(desks) == ["lapsed"]
    with pytest.raises(NotOpen):
        answer(approved=approved)


def test_after_a_corrected_acceptance_it_is_asked_for_anew() -> None:
    desks = in_handling()
    answer = ask(desks)
    desks.does(VoidRoute(CASE, TODAY, SYSTEM))
    desks.does(a_plan(a_licence()))
    its_end_is_told(desks)
    with pytest.raises(ExtensionLapsed):
        answer()
    ask(desks)()
    assert statuses(desks) == ["lapsed", "approved"]


def test_more_time_that_was_given_before_a_corrected_acceptance_is_not_the_one_extension_after_it() -> None:
    desks = in_handling()
    ask(desks)(approved=True)
    desks.does(VoidRoute(CASE, TODAY, SYSTEM))
    [given] = desks.route.extensions
    assert (given.status, given.answered_by) == ("lapsed", HEAD.id), "who gave it stays on record"
    desks.does(a_plan(a_licence()))
    its_end_is_told(desks)
    ask(desks)(approved=True)
    assert statuses(desks) == ["lapsed", "approved"]
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        ask(desks, 1)


def test_an_answer_is_final() -> None:
    desks = in_handling()
    answer = ask(desks)
    answer(approved=True)
    with pytest.raises(ExtensionAnswered, match="批准"):
        answer(approved=False)


@pytest.mark.parametrize(("unit", "told"), [("workday", "10 个工作日"), ("day", "10 日")])
def test_the_longest_extension_is_told_in_the_units_of_the_period(unit: str, told: str) -> None:
    with pytest.raises(ExtensionTooLong, match=f"最多可以延长 {told}"):
        ask(in_handling(a_licence(unit)), 11)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (datetime(2026, 5, 9, tzinfo=TZ), "2026-05-08 24时 届满"),
        (datetime(2026, 5, 8, 17, 30, tzinfo=TZ), "2026-05-08 17:30 届满"),
    ],
)
def test_a_period_that_is_over_is_told_by_its_last_day(due: datetime, told: str) -> None:
    desks = in_handling()
    its_end_is_told(desks, due)
    with pytest.raises(ExtensionNotAllowed, match=told):
        ask(desks, at=datetime(2026, 5, 9, 9, tzinfo=TZ))


def test_a_procedure_that_is_over_is_told_with_those_that_go_on() -> None:
    desks = in_handling()
    hearing, appraisal = a_task_id(), a_task_id()
    desks.does(StartProcedure(CASE, hearing, "hearing", 5, SEALED, TODAY, by(DECIDER)))
    desks.does(StartProcedure(CASE, appraisal, "appraisal", 5, SEALED, TODAY, by(DECIDER)))
    end = EndProcedure(CASE, hearing, TODAY, by(DECIDER))
    desks.does(end)
    with pytest.raises(ProcedureOver, match="鉴定仍在进行，期限仍暂停计算"):
        desks.does(end)
    desks.does(EndProcedure(CASE, appraisal, TODAY, by(DECIDER)))
    with pytest.raises(ProcedureOver) as refused:
        desks.does(end)
    assert "暂停" not in refused.value.detail
