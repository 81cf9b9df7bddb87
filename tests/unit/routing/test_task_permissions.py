"""Who sees a task, and who may work on it."""

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Refusal
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.task_checks import NotTheAssignee, TaskNotFound, TaskTaken
from services.routing.domain.tasks import NoStepBefore
from tests.unit.routing.builders import (
    ACTS,
    CENTER,
    CITY,
    COUNTY,
    DECIDER,
    HEAD_OF_CENTER,
    OTHER_CENTER,
    REVIEWER,
    STATION,
    HandledCase,
    a_case_and_its_second_task,
    a_planned_case,
    access,
    an_item,
    receive,
    staff,
)


@pytest.mark.parametrize("status", ["received", "in_progress", "done"])
def test_a_second_receive_is_refused_with_the_name_of_the_assignee(status: TaskStatus) -> None:
    case, task = a_case_and_its_second_task(status)
    with pytest.raises(TaskTaken, match=DECIDER.id):
        case.carry_out(receive(task, staff("department", COUNTY, "civil", id="S-slow")))


@pytest.mark.parametrize("act", ["start", "complete", "return"])
def test_only_the_assignee_works_on_a_received_task(act: str) -> None:
    case, task = a_case_and_its_second_task("received")
    with pytest.raises(NotTheAssignee):
        case.carry_out(ACTS[act](task, staff("department", COUNTY, "civil", id="S-other")))


@pytest.mark.parametrize("head", [staff("manager", COUNTY), staff("manager", COUNTY, "civil")])
@pytest.mark.parametrize("act", ["start", "complete", "return"])
def test_a_manager_of_the_office_or_of_the_org_may_work_on_a_received_task(act: str, head: Actor) -> None:
    case, task = a_case_and_its_second_task("received")
    assert case.carry_out(ACTS[act](task, head)).task(task.id).assignee == DECIDER.id


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
@pytest.mark.parametrize("act", ["receive", "start", "complete", "return"])
def test_who_sees_a_task_and_who_may_work_on_it(act: str, actor: Actor, refusal: type[Refusal] | None) -> None:
    case = a_planned_case()
    if act != "receive":
        case.carry_out(receive(case.open_task, REVIEWER if refusal else actor))
    if refusal is not None:
        with pytest.raises(refusal):
            case.carry_out(ACTS[act](case.open_task, actor))
    elif act == "return":
        with pytest.raises(NoStepBefore):
            case.carry_out(ACTS[act](case.open_task, actor))
    else:
        case.carry_out(ACTS[act](case.open_task, actor))


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
    case = a_planned_case(an_item("direct", "station", "living"), access(STATION, STATION, "living"))
    if may:
        assert case.carry_out(receive(case.open_task, actor)).tasks[0].assignee == actor.id
    else:
        with pytest.raises(NotTheOffice, match=STATION):
            case.carry_out(receive(case.open_task, actor))


def test_an_unknown_task_and_an_invisible_task_are_refused_with_the_same_answer() -> None:
    case = a_planned_case()
    outsider = staff("window", OTHER_CENTER, "civil")
    answers = []
    for known in (case, HandledCase()):
        with pytest.raises(TaskNotFound) as refused:
            known.carry_out(receive(case.open_task, outsider))
        answers.append((refused.value.detail, refused.value.errors))
    assert answers[0] == answers[1]
