"""Who sees a task, and who may act on it."""

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Refusal
from services.routing.domain.tasks import (
    NothingBefore,
    NotTheAssignee,
    NotTheOffice,
    TaskNotFound,
    TaskTaken,
)
from tests.unit.routing.desks import (
    CENTER,
    CITY,
    COUNTY,
    DECIDER,
    HEAD_OF_CENTER,
    MOVES,
    OTHER_CENTER,
    REVIEWER,
    STATION,
    Desks,
    access,
    an_item,
    planned,
    receive,
    seen_in,
    staff,
)


@pytest.mark.parametrize("status", ["received", "in_progress", "done"])
def test_who_comes_second_is_told_who_was_faster(status: TaskStatus) -> None:
    desks, task = seen_in(status)
    with pytest.raises(TaskTaken, match=DECIDER.id):
        desks.does(receive(task, staff("department", COUNTY, "civil", id="S-slow")))


@pytest.mark.parametrize("move", ["start", "complete", "return"])
def test_a_task_is_in_the_hands_of_who_received_it(move: str) -> None:
    desks, task = seen_in("received")
    with pytest.raises(NotTheAssignee):
        desks.does(MOVES[move](task, staff("department", COUNTY, "civil", id="S-other")))


@pytest.mark.parametrize("head", [staff("manager", COUNTY), staff("manager", COUNTY, "civil")])
@pytest.mark.parametrize("move", ["start", "complete", "return"])
def test_the_head_of_the_office_or_of_the_house_may_go_on_with_it(move: str, head: Actor) -> None:
    desks, task = seen_in("received")
    assert desks.does(MOVES[move](task, head)).task(task.id).assignee == DECIDER.id


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (REVIEWER, None),
        (staff("department", CENTER, "civil"), None),
        (staff("manager", CENTER, "civil"), None),
        (HEAD_OF_CENTER, None),
        (staff("window", CENTER), NotTheOffice),  # without a line: the general counter
        (staff("department", CENTER), NotTheOffice),
        (staff("agent", CENTER, "civil"), NotTheOffice),
        (staff("supervisor", CENTER), NotTheOffice),
        (staff("admin", CENTER), NotTheOffice),
        (staff("window", STATION), NotTheOffice),
        (DECIDER, NotTheOffice),
        (staff("manager", COUNTY), NotTheOffice),
        (staff("manager", CITY), NotTheOffice),
        (staff("window", CENTER, "land"), TaskNotFound),
        (staff("department", COUNTY, "land"), TaskNotFound),
        (staff("window", OTHER_CENTER, "civil"), TaskNotFound),
        (staff("manager", OTHER_CENTER), TaskNotFound),
        (staff("citizen", CENTER), TaskNotFound),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
@pytest.mark.parametrize("move", ["receive", "start", "complete", "return"])
def test_who_sees_a_task_and_who_may_act_on_it(move: str, actor: Actor, refusal: type[Refusal] | None) -> None:
    desks = planned()
    if move != "receive":
        desks.does(receive(desks.turn, REVIEWER if refusal else actor))
    if refusal is not None:
        with pytest.raises(refusal):
            desks.does(MOVES[move](desks.turn, actor))
    elif move == "return":
        with pytest.raises(NothingBefore):
            desks.does(MOVES[move](desks.turn, actor))
    else:
        desks.does(MOVES[move](desks.turn, actor))


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (staff("window", STATION), True),
        (staff("manager", STATION), True),
        (staff("window", STATION, "living"), True),
        (staff("agent", STATION), False),
        (staff("manager", CENTER), False),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
def test_a_station_is_its_own_office(actor: Actor, may: bool) -> None:
    desks = planned(an_item("direct", "station", "living"), access(STATION, STATION, "living"))
    if may:
        assert desks.does(receive(desks.turn, actor)).tasks[0].assignee == actor.id
    else:
        with pytest.raises(NotTheOffice, match=STATION):
            desks.does(receive(desks.turn, actor))


def test_a_task_nobody_knows_and_one_that_is_not_to_be_seen_are_told_alike() -> None:
    desks = planned()
    stranger = staff("window", OTHER_CENTER, "civil")
    told = []
    for case in (desks, Desks()):
        with pytest.raises(TaskNotFound) as refused:
            case.does(receive(desks.turn, stranger))
        told.append((refused.value.detail, refused.value.errors))
    assert told[0] == told[1]
