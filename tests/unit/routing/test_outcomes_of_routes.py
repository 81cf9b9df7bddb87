"""How a route ends: delivered, or withdrawn."""

from collections.abc import Callable

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Conflict, Refusal
from services.routing.domain.rules import NotToDeliver, NotYetPlanned, RouteNotFound
from services.routing.domain.tasks import NotTheOffice
from tests.unit.routing.desks import (
    CENTER,
    COUNTY,
    DECIDER,
    OTHER_CENTER,
    REVIEWER,
    STATION,
    TODAY,
    Desks,
    an_item,
    complete,
    decided,
    deliver,
    planned,
    receive,
    reviewed,
    staff,
    withdraw,
)

WINDOW = staff("window", STATION)


def delivered() -> Desks:
    desks = decided()
    desks.does(deliver(WINDOW))
    return desks


def closed_on_the_spot() -> Desks:
    desks = planned(an_item("direct", "center"))
    desks.does(receive(desks.turn, REVIEWER))
    desks.does(complete(desks.turn, REVIEWER))
    return desks


def withdrawn() -> Desks:
    desks = planned()
    desks.does(withdraw())
    return desks


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (planned, "还没有作出决定"),
        (reviewed, "还没有作出决定"),
        (delivered, "已经送达"),
        (closed_on_the_spot, "当场办结"),
        (withdrawn, "撤回"),
    ],
)
def test_only_a_decision_is_delivered_and_only_once(build: Callable[[], Desks], told: str) -> None:
    with pytest.raises(NotToDeliver, match=told):
        build().does(deliver(WINDOW))


@pytest.mark.parametrize("opinion", ["grant", "deny"])
def test_the_delivery_closes_the_case(opinion: str) -> None:
    desks = decided(opinion)  # type: ignore[arg-type]
    route = desks.does(deliver(WINDOW))
    assert desks.names()[-2:] == ["case.delivered", "case.closed"]
    assert desks.told[-1].data.model_dump()["result"] == {"grant": "granted", "deny": "denied"}[opinion]
    assert route.closed_on == TODAY
    assert b"sealed" not in desks.told[-2].data.model_dump_json().encode()


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
def test_the_desk_that_registered_and_the_one_that_accepted_deliver(
    actor: Actor, refusal: type[Refusal] | None
) -> None:
    desks = decided()
    if refusal is None:
        desks.does(deliver(actor))
    else:
        with pytest.raises(refusal):
            desks.does(deliver(actor))


@pytest.mark.parametrize("build", [planned, reviewed])
def test_a_wish_to_withdraw_ends_a_case_that_is_not_decided(build: Callable[[], Desks]) -> None:
    desks = build()
    route = desks.does(withdraw())
    assert desks.names()[-2:] == ["case.withdrawn", "case.closed"]
    assert (route.status, route.closed_on) == ("withdrawn", TODAY)
    assert {task.status for task in route.tasks} <= {"done", "cancelled"}
    assert desks.told[-1].data.model_dump()["access"]["holders"] == ()


@pytest.mark.parametrize("build", [decided, delivered, closed_on_the_spot])
def test_a_wish_to_withdraw_comes_too_late_for_a_case_that_is_decided(build: Callable[[], Desks]) -> None:
    desks = build()
    before = desks.route
    after = desks.does(withdraw())
    assert desks.names()[-1] == "case.withdrawal_rejected"
    assert (after.status, after.tasks) == (before.status, before.tasks)


def test_a_second_wish_to_withdraw_is_too_late_to_matter() -> None:
    with pytest.raises(Conflict):
        withdrawn().does(withdraw())


def test_a_wish_that_comes_before_the_acceptance_is_known_waits_for_it() -> None:
    with pytest.raises(NotYetPlanned):
        Desks().does(withdraw())
