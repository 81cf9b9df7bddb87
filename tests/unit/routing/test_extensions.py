"""More time: asked for before the end, once in a handling, given by the right head, within the maximum, on record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.parts import ItemFacts, Mode, Period
from bianmin.kit.refusals import Refusal
from bianmin.kit.time_source import TZ
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.route import (
    AnswerExtension,
    EndProcedure,
    Extension,
    KeepLegalEnd,
    LegalEnd,
    ReopenCase,
    RequestExtension,
    Route,
    StartProcedure,
    VoidRoute,
)
from services.routing.domain.rules import ExtensionNotFound
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
    CENTER,
    CITY,
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

END = NOW + timedelta(days=20)
TOO_LATE = END + datetime.resolution
HEAD, GOVERNMENT = staff("manager", COUNTY, "civil"), staff("manager", COUNTY)


def extensible(
    extension: int | None = 10, mode: Mode = "report_up", item_type: str = "05", unit: str = "workday"
) -> ItemFacts:
    legal = Period.model_validate({"value": 20, "unit": unit, "extension": extension})
    return an_item(mode).model_copy(update={"legal": legal, "item_type": item_type})


def its_end_is_told(desks: Desks, due: datetime = END) -> None:
    desks.does(KeepLegalEnd(CASE, LegalEnd(a_task_id(), due), begins=True, by=SYSTEM))


def in_handling(item: ItemFacts | None = None) -> Desks:
    """A case of which it is known when its period ends. No way is planned yet for a joint one, its rules are there."""
    item = item or extensible()
    desks = planned(item.model_copy(update={"mode": "report_up"}))
    desks.states[CASE] = replace(desks.route, item=item)
    its_end_is_told(desks)
    return desks


def ask(desks: Desks, days: int = 10, *, at: datetime = NOW, actor: Actor = DECIDER) -> Any:
    """Asks for more time; returns how to answer it."""
    id = a_task_id()
    desks.does(RequestExtension(CASE, id, days, SEALED, at, at.date(), by(actor)))

    def answer(*, approved: bool = True, at: datetime = NOW, actor: Actor = HEAD) -> Route:
        return desks.does(AnswerExtension(id, approved, SEALED, at, at.date(), by(actor)))

    return answer


def decide(desks: Desks) -> None:
    for who in (REVIEWER, DECIDER):
        desks.does(receive(desks.turn, who))
        desks.does(complete(desks.turn, who))


def reopen(desks: Desks) -> None:
    desks.does(ReopenCase(CASE, SEALED, TODAY, (a_task_id(), a_task_id()), by(HEAD)))
    its_end_is_told(desks)


def accept_anew(desks: Desks) -> None:
    """The acceptance was corrected, and the case accepted once more."""
    desks.does(VoidRoute(CASE, TODAY, SYSTEM))
    desks.does(a_plan(extensible()))
    its_end_is_told(desks)


def statuses(desks: Desks) -> list[str]:
    return [one.status for one in desks.route.extensions]


def test_c19_who_asked_who_answered_and_when_is_kept() -> None:
    desks = in_handling()
    ask(desks, 8)()
    [kept] = desks.route.extensions
    said = ("approved", TODAY, HEAD.id, SEALED)
    assert kept == Extension(kept.id, 8, "workday", SEALED, TODAY, DECIDER.id, *said, cycle=1)
    assert desks.names()[-2:] == ["extension.requested", "extension.approved"]


def test_c19_it_is_asked_for_by_the_office_that_decides() -> None:
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
        ("joint", HEAD, NotTheOffice),  # it is the head of the government's to approve
    ],
)
def test_c19_it_is_approved_by_the_head_of_who_decides(mode: Mode, actor: Actor, refusal: type[Refusal] | None) -> None:
    answer = ask(in_handling(extensible(mode=mode)))
    if refusal is None:
        assert answer(actor=actor).extensions[0].answered_by == actor.id
    else:
        with pytest.raises(refusal):
            answer(actor=actor)


@pytest.mark.parametrize(
    ("item", "most"),
    [
        (extensible(15), 15),  # the item's own
        (extensible(None, item_type="01"), 10),  # a licence's by law
        (extensible(None, "joint", "01"), 15),  # joint: instead of the ten, not beside them
        (extensible(5, "joint", "01"), 5),
        (extensible(None), 0),
        (extensible(0, item_type="01"), 0),
    ],
)
def test_c19_no_longer_than_the_item_or_the_law_allows(item: ItemFacts, most: int) -> None:
    with pytest.raises(ExtensionTooLong if most else ExtensionNotAllowed):
        ask(in_handling(item), most + 1)
    if most:
        ask(desks := in_handling(item), most)
        assert statuses(desks) == ["requested"]


@pytest.mark.parametrize(("unit", "told"), [("workday", "10 个工作日"), ("day", "10 日")])
def test_the_longest_extension_is_told_in_the_units_of_the_period(unit: str, told: str) -> None:
    with pytest.raises(ExtensionTooLong, match=f"最多可以延长 {told}"):
        ask(in_handling(extensible(unit=unit)), 11)


def test_c19_it_is_asked_for_and_approved_before_the_end_and_not_a_moment_later() -> None:
    desks = in_handling()
    with pytest.raises(ExtensionNotAllowed, match="已于 2026-03-22 09:00 届满"):
        ask(desks, at=TOO_LATE)
    answer = ask(desks, at=END)
    with pytest.raises(ExtensionNotAllowed, match="届满"):
        answer(at=TOO_LATE)
    answer(at=END)
    assert statuses(desks) == ["approved"]


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


def test_c19_it_is_given_once_and_one_that_was_refused_can_be_asked_for_again() -> None:
    desks = in_handling()
    first = ask(desks)
    with pytest.raises(ExtensionNotAllowed, match="等待批准"):
        ask(desks)
    first(approved=False)
    second = ask(desks, 5)
    second()
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        ask(desks, 1)
    for answer, given in ((first, "驳回"), (second, "批准")):
        with pytest.raises(ExtensionAnswered, match=given):  # an answer is final
            answer()
    assert statuses(desks) == ["rejected", "approved"]


@pytest.mark.parametrize("end", [decide, lambda desks: desks.does(withdraw())], ids=["decided", "withdrawn"])
@pytest.mark.parametrize("approved", [True, False])
def test_nothing_is_answered_when_the_handling_is_over(end: Callable[[Desks], Any], approved: bool) -> None:
    desks = in_handling()
    answer = ask(desks)
    end(desks)
    assert statuses(desks) == ["lapsed"]
    with pytest.raises(NotOpen):
        answer(approved=approved)


@pytest.mark.parametrize("approved", [True, False])
def test_what_was_asked_for_in_an_earlier_handling_is_not_answered_in_a_later_one(approved: bool) -> None:
    desks = in_handling()
    answer = ask(desks)
    decide(desks)
    reopen(desks)
    with pytest.raises(ExtensionLapsed, match=r"此前的办理.*重新申请"):
        answer(approved=approved)
    ask(desks)()
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


def test_after_a_corrected_acceptance_it_is_asked_for_anew() -> None:
    desks = in_handling()
    answer = ask(desks)
    accept_anew(desks)
    with pytest.raises(ExtensionLapsed):
        answer()
    ask(desks)()
    assert statuses(desks) == ["lapsed", "approved"]


def test_more_time_that_was_given_before_a_corrected_acceptance_is_not_the_one_extension_after_it() -> None:
    desks = in_handling()
    ask(desks)()
    accept_anew(desks)
    [given] = desks.route.extensions
    assert (given.status, given.answered_by) == ("lapsed", HEAD.id), "who gave it stays on record"
    ask(desks)()
    assert statuses(desks) == ["lapsed", "approved"]
    with pytest.raises(ExtensionNotAllowed, match="只能延长一次"):
        ask(desks, 1)


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
