"""Delivery and withdrawal of a case."""

from collections.abc import Callable

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Conflict, Refusal
from services.routing.domain.delivery import NothingToDeliver
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.preconditions import NotYetPlanned, RouteNotFound
from tests.unit.routing.builders import (
    CENTER,
    COUNTY,
    DECIDER,
    OTHER_CENTER,
    REVIEWER,
    STATION,
    TODAY,
    HandledCase,
    a_decided_case,
    a_planned_case,
    a_reviewed_case,
    an_item,
    complete,
    deliver,
    receive,
    staff,
    withdraw,
)

WINDOW = staff("window", STATION)


def delivered() -> HandledCase:
    case = a_decided_case()
    case.carry_out(deliver(WINDOW))
    return case


def closed_on_the_spot() -> HandledCase:
    case = a_planned_case(an_item("direct", "center"))
    case.carry_out(receive(case.open_task, REVIEWER))
    case.carry_out(complete(case.open_task, REVIEWER))
    return case


def withdrawn() -> HandledCase:
    case = a_planned_case()
    case.carry_out(withdraw())
    return case


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (a_planned_case, "还没有作出决定"),
        (a_reviewed_case, "还没有作出决定"),
        (delivered, "已经送达"),
        (closed_on_the_spot, "当场办结"),
        (withdrawn, "撤回"),
    ],
)
def test_only_a_decided_case_is_delivered_and_only_once(build: Callable[[], HandledCase], message: str) -> None:
    with pytest.raises(NothingToDeliver, match=message):
        build().carry_out(deliver(WINDOW))


@pytest.mark.parametrize("opinion", ["grant", "deny"])
def test_the_delivery_closes_the_case(opinion: str) -> None:
    case = a_decided_case(opinion)  # type: ignore[arg-type]
    route = case.carry_out(deliver(WINDOW))
    assert case.event_names()[-2:] == ["case.delivered", "case.closed"]
    assert case.announced[-1].data.model_dump()["result"] == {"grant": "granted", "deny": "denied"}[opinion]
    assert route.closed_on == TODAY
    assert b"sealed" not in case.announced[-2].data.model_dump_json().encode()


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (WINDOW, None),
        (staff("agent", STATION), None),
        (staff("manager", STATION), None),
        (staff("window", CENTER), None),
        (staff("window", CENTER, "civil"), None),
        (staff("manager", CENTER), None),
        (staff("supervisor", CENTER), NotTheOffice),
        (staff("department", CENTER, "civil"), NotTheOffice),
        (DECIDER, NotTheOffice),
        (staff("manager", COUNTY), NotTheOffice),
        (staff("window", CENTER, "land"), RouteNotFound),
        (staff("window", OTHER_CENTER), RouteNotFound),
        (staff("citizen", STATION), RouteNotFound),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
def test_the_registering_and_the_accepting_org_deliver(actor: Actor, refusal: type[Refusal] | None) -> None:
    case = a_decided_case()
    if refusal is None:
        case.carry_out(deliver(actor))
    else:
        with pytest.raises(refusal):
            case.carry_out(deliver(actor))


@pytest.mark.parametrize("build", [a_planned_case, a_reviewed_case])
def test_a_withdrawal_request_closes_an_undecided_case(build: Callable[[], HandledCase]) -> None:
    case = build()
    route = case.carry_out(withdraw())
    assert case.event_names()[-2:] == ["case.withdrawn", "case.closed"]
    assert (route.status, route.closed_on) == ("withdrawn", TODAY)
    assert {task.status for task in route.tasks} <= {"done", "cancelled"}
    assert case.announced[-1].data.model_dump()["access"]["holders"] == ()


@pytest.mark.parametrize("build", [a_decided_case, delivered, closed_on_the_spot])
def test_a_withdrawal_request_is_rejected_when_the_case_is_decided(build: Callable[[], HandledCase]) -> None:
    case = build()
    before = case.route
    after = case.carry_out(withdraw())
    assert case.event_names()[-1] == "case.withdrawal_rejected"
    assert (after.status, after.tasks) == (before.status, before.tasks)


def test_a_second_withdrawal_request_is_refused_as_a_conflict() -> None:
    with pytest.raises(Conflict):
        withdrawn().carry_out(withdraw())


def test_a_withdrawal_request_waits_for_the_acceptance_of_its_case() -> None:
    with pytest.raises(NotYetPlanned):
        HandledCase().carry_out(withdraw())
