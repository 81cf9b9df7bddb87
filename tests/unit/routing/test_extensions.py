"""Extensions: requested before the period ends, once in a cycle, within the maximum, approved by the right manager."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.parts import ItemFacts, Mode, Period
from bianmin.kit.refusals import Refusal
from bianmin.kit.time_source import TZ
from services.routing.domain.extensions import (
    AnswerExtension,
    ExtensionAnswered,
    ExtensionLapsed,
    ExtensionNotAllowed,
    ExtensionNotFound,
    ExtensionTooLong,
    RequestExtension,
)
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.preconditions import CaseNotOpen
from services.routing.domain.procedures import EndProcedure, ProcedureAlreadyEnded, StartProcedure
from services.routing.domain.reopening import ReopenCase
from services.routing.domain.route import Extension, Route, StatutoryEnd
from services.routing.domain.statutory_period import RecordStatutoryEnd
from services.routing.domain.voiding import VoidRoute
from tests.unit.routing.builders import (
    CASE,
    CENTER,
    CITY,
    COUNTY,
    DECIDER,
    NOW,
    REVIEWER,
    SEALED,
    SYSTEM,
    TODAY,
    HandledCase,
    a_plan,
    a_planned_case,
    a_task_id,
    an_item,
    by,
    complete,
    receive,
    staff,
    withdraw,
)

END = NOW + timedelta(days=20)
TOO_LATE = END + datetime.resolution
HEAD, GOVERNMENT = staff("manager", COUNTY, "civil"), staff("manager", COUNTY)


def extensible(
    extension: int | None = 10, mode: Mode = "report_up", item_type: str = "05", unit: str = "workday"
) -> ItemFacts:
    legal = Period.model_validate({"value": 20, "unit": unit, "extension": extension})
    return an_item(mode).model_copy(update={"legal": legal, "item_type": item_type})


def record_end(case: HandledCase, due: datetime = END) -> None:
    case.carry_out(RecordStatutoryEnd(CASE, StatutoryEnd(a_task_id(), due), clock_started=True, by=SYSTEM))


def in_handling(item: ItemFacts | None = None) -> HandledCase:
    """A case whose statutory end is recorded. Joint routes cannot be planned yet, so the item is set afterwards."""
    item = item or extensible()
    case = a_planned_case(item.model_copy(update={"mode": "report_up"}))
    case.states[CASE] = replace(case.route, item=item)
    record_end(case)
    return case


def ask(case: HandledCase, days: int = 10, *, at: datetime = NOW, actor: Actor = DECIDER) -> Any:
    """Request an extension; return a function that answers the request."""
    id = a_task_id()
    case.carry_out(RequestExtension(CASE, id, days, SEALED, at, at.date(), by(actor)))

    def answer(*, approved: bool = True, at: datetime = NOW, actor: Actor = HEAD) -> Route:
        return case.carry_out(AnswerExtension(id, approved, SEALED, at, at.date(), by(actor)))

    return answer


def decide(case: HandledCase) -> None:
    for who in (REVIEWER, DECIDER):
        case.carry_out(receive(case.open_task, who))
        case.carry_out(complete(case.open_task, who))


def reopen(case: HandledCase) -> None:
    case.carry_out(ReopenCase(CASE, SEALED, TODAY, (a_task_id(), a_task_id()), by(HEAD)))
    record_end(case)


def accept_anew(case: HandledCase) -> None:
    """Correct the acceptance, and accept the case again."""
    case.carry_out(VoidRoute(CASE, TODAY, SYSTEM))
    case.carry_out(a_plan(extensible()))
    record_end(case)


def statuses(case: HandledCase) -> list[str]:
    return [each.status for each in case.route.extensions]


def test_c19_an_extension_records_who_requested_and_who_answered_it_and_when() -> None:
    case = in_handling()
    ask(case, 8)()
    [extension] = case.route.extensions
    assert extension == Extension(
        extension.id, CASE, 8, "workday", SEALED, TODAY, DECIDER.id, "approved", TODAY, HEAD.id, SEALED, cycle=1
    )
    assert case.event_names()[-2:] == ["extension.requested", "extension.approved"]


def test_c19_the_deciding_office_requests_an_extension() -> None:
    with pytest.raises(NotTheOffice):
        ask(in_handling(), actor=REVIEWER)


@pytest.mark.parametrize(
    ("mode", "actor", "refusal"),
    [
        ("report_up", HEAD, None),
        ("report_up", GOVERNMENT, None),
        ("report_up", DECIDER, NotTheOffice),
        ("report_up", staff("manager", COUNTY, "land"), ExtensionNotFound),
        ("report_up", staff("manager", CENTER), NotTheOffice),
        ("report_up", staff("manager", CITY), NotTheOffice),
        ("joint", GOVERNMENT, None),
        ("joint", HEAD, NotTheOffice),  # the manager of the government approves
    ],
)
def test_c19_the_manager_of_the_deciding_office_approves_an_extension(
    mode: Mode, actor: Actor, refusal: type[Refusal] | None
) -> None:
    answer = ask(in_handling(extensible(mode=mode)))
    if refusal is None:
        assert answer(actor=actor).extensions[0].answered_by == actor.id
    else:
        with pytest.raises(refusal):
            answer(actor=actor)


@pytest.mark.parametrize(
    ("item", "most"),
    [
        (extensible(15), 15),  # the item says so
        (extensible(None, item_type="01"), 10),  # the law, for a licence
        (extensible(None, "joint", "01"), 15),  # in joint handling 15 days replace the 10
        (extensible(5, "joint", "01"), 5),
        (extensible(None), 0),
        (extensible(0, item_type="01"), 0),
    ],
)
def test_c19_an_extension_is_no_longer_than_the_item_or_the_law_allows(item: ItemFacts, most: int) -> None:
    with pytest.raises(ExtensionTooLong if most else ExtensionNotAllowed):
        ask(in_handling(item), most + 1)
    if most:
        ask(case := in_handling(item), most)
        assert statuses(case) == ["requested"]


@pytest.mark.parametrize(("unit", "message"), [("workday", "10 个工作日"), ("day", "10 日")])
def test_the_message_names_the_longest_extension_in_the_unit_of_the_period(unit: str, message: str) -> None:
    with pytest.raises(ExtensionTooLong, match=f"最多可以延长 {message}"):
        ask(in_handling(extensible(unit=unit)), 11)


def test_c19_an_extension_is_requested_and_approved_before_the_period_ends() -> None:
    case = in_handling()
    with pytest.raises(ExtensionNotAllowed, match="已于 2026-03-22 09:00 届满"):
        ask(case, at=TOO_LATE)
    answer = ask(case, at=END)
    with pytest.raises(ExtensionNotAllowed, match="届满"):
        answer(at=TOO_LATE)
    answer(at=END)
    assert statuses(case) == ["approved"]


@pytest.mark.parametrize(
    ("due", "message"),
    [
        (datetime(2026, 5, 9, tzinfo=TZ), "2026-05-08 24时 届满"),
        (datetime(2026, 5, 8, 17, 30, tzinfo=TZ), "2026-05-08 17:30 届满"),
    ],
)
def test_the_message_names_the_last_day_of_a_period_that_has_ended(due: datetime, message: str) -> None:
    case = in_handling()
    record_end(case, due)
    with pytest.raises(ExtensionNotAllowed, match=message):
        ask(case, at=datetime(2026, 5, 9, 9, tzinfo=TZ))


def test_c19_one_extension_is_approved_in_a_cycle_and_a_rejected_one_may_be_requested_again() -> None:
    case = in_handling()
    first = ask(case)
    with pytest.raises(ExtensionNotAllowed, match="等待批准"):
        ask(case)
    first(approved=False)
    second = ask(case, 5)
    second()
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        ask(case, 1)
    for answer, given in ((first, "驳回"), (second, "批准")):
        with pytest.raises(ExtensionAnswered, match=given):  # an answer is final
            answer()
    assert statuses(case) == ["rejected", "approved"]


@pytest.mark.parametrize("end", [decide, lambda case: case.carry_out(withdraw())], ids=["decided", "withdrawn"])
@pytest.mark.parametrize("approved", [True, False])
def test_an_extension_is_not_answered_after_the_handling_has_ended(
    end: Callable[[HandledCase], Any], approved: bool
) -> None:
    case = in_handling()
    answer = ask(case)
    end(case)
    assert statuses(case) == ["lapsed"]
    with pytest.raises(CaseNotOpen):
        answer(approved=approved)


@pytest.mark.parametrize("approved", [True, False])
def test_an_extension_of_an_earlier_cycle_is_not_answered_in_a_later_cycle(approved: bool) -> None:
    case = in_handling()
    answer = ask(case)
    decide(case)
    reopen(case)
    with pytest.raises(ExtensionLapsed, match=r"此前的办理.*重新申请"):
        answer(approved=approved)
    ask(case)()
    assert statuses(case) == ["lapsed", "approved"]
    assert case.event_names().count("extension.approved") == 1
    with pytest.raises(ExtensionLapsed):
        answer(approved=approved)


def test_an_extension_stored_as_requested_in_an_earlier_cycle_is_not_answered() -> None:
    case = in_handling()
    answer = ask(case)
    (requested,) = case.route.extensions
    decide(case)
    reopen(case)
    case.states[CASE] = replace(case.route, extensions=(requested,))
    with pytest.raises(ExtensionLapsed):
        answer()


def test_after_a_corrected_acceptance_an_extension_is_requested_again() -> None:
    case = in_handling()
    answer = ask(case)
    accept_anew(case)
    with pytest.raises(ExtensionLapsed):
        answer()
    ask(case)()
    assert statuses(case) == ["lapsed", "approved"]


def test_an_extension_approved_before_a_corrected_acceptance_does_not_use_up_the_one_after_it() -> None:
    case = in_handling()
    ask(case)()
    accept_anew(case)
    [given] = case.route.extensions
    assert (given.status, given.answered_by) == ("lapsed", HEAD.id), "the record of the approval stays"
    ask(case)()
    assert statuses(case) == ["lapsed", "approved"]
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        ask(case, 1)


def test_ending_a_procedure_twice_names_the_procedures_that_go_on() -> None:
    case = in_handling()
    hearing, appraisal = a_task_id(), a_task_id()
    case.carry_out(StartProcedure(CASE, hearing, "hearing", 5, SEALED, TODAY, by(DECIDER)))
    case.carry_out(StartProcedure(CASE, appraisal, "appraisal", 5, SEALED, TODAY, by(DECIDER)))
    end = EndProcedure(CASE, hearing, TODAY, by(DECIDER))
    case.carry_out(end)
    with pytest.raises(ProcedureAlreadyEnded, match="鉴定仍在进行，期限仍暂停计算"):
        case.carry_out(end)
    case.carry_out(EndProcedure(CASE, appraisal, TODAY, by(DECIDER)))
    with pytest.raises(ProcedureAlreadyEnded) as refused:
        case.carry_out(end)
    assert "暂停" not in refused.value.detail
