"""Who does a task: assigned, transferred, objected to, verified, left by who has an interest."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Refusal
from services.routing.domain.assignment import NothingToVerify, NotOfTheOffice, OwnWork
from services.routing.domain.decide import RouteCommand
from services.routing.domain.objections import NoObjection, NotObjectable, superior_of
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.task import Task
from services.routing.domain.task_checks import (
    NotTheHeadOfOffice,
    NotVerified,
    ObjectionOpen,
    Recused,
    TaskNotFound,
    TaskTaken,
)
from services.routing.domain.transfers import OfficeUnfit
from tests.unit.routing.builders import (
    CENTER,
    COUNTY,
    DECIDER,
    HEAD_OF_CENTER,
    OTHER_CENTER,
    REVIEWER,
    STATION,
    TODAY,
    HandledCase,
    a_case_and_its_second_task,
    a_planned_case,
    a_reviewed_case,
    an_item,
    assign,
    complete,
    object_to,
    receive,
    recuse,
    settle,
    staff,
    transfer,
    verify,
)

OTHER = staff("department", COUNTY, "civil", id="S-2")
HEAD, HEAD_OF_OFFICE = staff("manager", COUNTY), staff("manager", COUNTY, "civil")
LAND = Holder(COUNTY, "land")
CLERK_OF_LAND = staff("department", COUNTY, "land")

ACTS: dict[str, Callable[[Task], RouteCommand]] = {
    "assign": lambda task: assign(task, HEAD, OTHER),
    "transfer": lambda task: transfer(task, DECIDER, LAND),
    "object": lambda task: object_to(task, DECIDER),
    "settle": lambda task: settle(task, HEAD, LAND),
    "verify": lambda task: verify(task, OTHER),
    "recuse": lambda task: recuse(task, OTHER),
}
ALLOWED: dict[TaskStatus, set[str]] = {
    "planned": set(),
    "assigned": {"assign", "transfer", "object", "recuse"},
    "received": {"assign", "transfer", "recuse"},
    "in_progress": {"assign", "transfer", "recuse"},
    "done": set(),
    "returned": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_in_each_status(act: str, status: TaskStatus) -> None:
    case, task = a_case_and_its_second_task(status)
    if act in ALLOWED[status]:
        case.carry_out(ACTS[act](task))
        return
    with pytest.raises(Refusal) as refused:
        case.carry_out(ACTS[act](task))
    assert "；" in str(refused.value) or "，" in str(refused.value), "it says what to do instead"


@pytest.mark.parametrize("head", [HEAD, HEAD_OF_OFFICE])
def test_the_head_assigns_a_task_to_a_person_who_alone_may_sign_for_it(head: Actor) -> None:
    case = a_reviewed_case()
    case.carry_out(assign(case.open_task, head, OTHER))
    assert (case.open_task.status, case.open_task.assignee) == ("assigned", OTHER.id)
    with pytest.raises(TaskTaken):
        case.carry_out(receive(case.open_task, DECIDER))
    case.carry_out(receive(case.open_task, OTHER))
    case.carry_out(assign(case.open_task, head, DECIDER))
    assert (case.open_task.status, case.open_task.assignee, case.open_task.received_at) == (
        "assigned",
        DECIDER.id,
        None,
    )


@pytest.mark.parametrize("actor", [DECIDER, HEAD_OF_CENTER, staff("supervisor", COUNTY)])
def test_nobody_but_the_head_assigns(actor: Actor) -> None:
    case = a_reviewed_case()
    with pytest.raises(NotTheHeadOfOffice):
        case.carry_out(assign(case.open_task, actor, OTHER))


@pytest.mark.parametrize("stranger", [REVIEWER, CLERK_OF_LAND])
def test_a_task_is_assigned_to_the_people_of_its_office_alone(stranger: Actor) -> None:
    case = a_reviewed_case()
    with pytest.raises(NotOfTheOffice):
        case.carry_out(assign(case.open_task, HEAD, stranger))


def test_a_transferred_task_is_done_at_the_other_office() -> None:
    case = a_reviewed_case()
    case.carry_out(transfer(case.open_task, DECIDER, LAND))
    assert [(task.seq, task.status, task.office.dept) for task in case.route.tasks] == [
        (1, "done", "civil"),
        (2, "transferred", "civil"),
        (2, "assigned", "land"),
    ]
    assert case.route.deciding_office == LAND
    case.carry_out(receive(case.open_task, CLERK_OF_LAND))
    case.carry_out(complete(case.open_task, CLERK_OF_LAND))
    assert case.route.status == "granted"


def test_a_transferred_review_leaves_the_decision_where_it_is() -> None:
    case = a_planned_case()
    case.carry_out(transfer(case.open_task, REVIEWER, Holder(CENTER, "land")))
    assert case.route.deciding_office == Holder(COUNTY, "civil")
    reviewer = staff("window", CENTER, "land")
    case.carry_out(receive(case.open_task, reviewer))
    case.carry_out(complete(case.open_task, reviewer))
    assert case.open_task.office == Holder(COUNTY, "civil")


@pytest.mark.parametrize(
    ("office", "exists"),
    [
        (Holder(COUNTY, "civil"), True),
        (Holder(CENTER, "land"), True),
        (Holder("520112", "land"), True),
        (Holder(COUNTY, "land"), False),
    ],
    ids=["the same", "another level", "another county", "not there"],
)
def test_a_step_stays_at_its_level_and_goes_to_an_office_that_exists(office: Holder, exists: bool) -> None:
    case = a_reviewed_case()
    with pytest.raises(OfficeUnfit):
        case.carry_out(transfer(case.open_task, DECIDER, office, exists=exists))


def test_the_common_superior_sets_the_office_after_an_objection() -> None:
    case = a_reviewed_case()
    case.carry_out(object_to(case.open_task, DECIDER))
    for blocked in (receive(case.open_task, DECIDER), transfer(case.open_task, DECIDER, LAND)):
        with pytest.raises(ObjectionOpen):
            case.carry_out(blocked)
    with pytest.raises(NotTheHeadOfOffice):
        case.carry_out(settle(case.open_task, HEAD_OF_OFFICE, LAND))
    case.carry_out(settle(case.open_task, HEAD, LAND))
    assert (case.open_task.office, case.open_task.status) == (LAND, "assigned")
    with pytest.raises(NotObjectable):
        case.carry_out(object_to(case.open_task, CLERK_OF_LAND))


def test_an_objection_that_is_not_followed_leaves_the_task_where_it_is() -> None:
    case = a_reviewed_case()
    task = case.open_task
    case.carry_out(object_to(task, DECIDER))
    case.carry_out(settle(task, HEAD, task.office))
    assert case.open_task.id == task.id
    case.carry_out(receive(case.open_task, DECIDER))
    with pytest.raises(NoObjection):
        case.carry_out(settle(case.open_task, HEAD, LAND))


def test_an_office_objects_on_the_day_on_which_the_matter_came() -> None:
    case = a_reviewed_case()
    with pytest.raises(NotObjectable):
        case.carry_out(object_to(case.open_task, DECIDER, TODAY + timedelta(days=1)))
    with pytest.raises(NotTheOffice):
        case.carry_out(object_to(case.open_task, staff("window", STATION)))


def test_the_common_superior_is_the_org_above_both_offices() -> None:
    route = a_planned_case().route
    assert superior_of(route, Holder(CENTER, "civil")) == CENTER
    assert superior_of(route, Holder(COUNTY, "civil")) == COUNTY
    assert superior_of(route, Holder(STATION)) == CENTER


def a_case_to_verify() -> HandledCase:
    case = a_planned_case(an_item("promised", "county", two_staff_check=True))
    case.carry_out(receive(case.open_task, DECIDER))
    return case


def test_a_second_person_verifies_a_step_before_it_is_done() -> None:
    case = a_case_to_verify()
    with pytest.raises(NotVerified):
        case.carry_out(complete(case.open_task, DECIDER))
    with pytest.raises(OwnWork):
        case.carry_out(verify(case.open_task, DECIDER))
    with pytest.raises(NotTheOffice):
        case.carry_out(verify(case.open_task, staff("window", CENTER, "civil")))
    case.carry_out(verify(case.open_task, OTHER))
    with pytest.raises(NothingToVerify):
        case.carry_out(verify(case.open_task, HEAD))
    case.carry_out(complete(case.open_task, DECIDER))
    assert case.route.tasks[0].verified_by == OTHER.id


def test_who_has_an_interest_leaves_the_task_and_takes_it_no_more() -> None:
    case = a_case_to_verify()
    case.carry_out(verify(case.open_task, OTHER))
    case.carry_out(recuse(case.open_task, DECIDER))
    task: Any = case.open_task
    assert (task.status, task.assignee, task.verified_by, task.recused) == ("assigned", None, None, (DECIDER.id,))
    with pytest.raises(Recused):
        case.carry_out(receive(case.open_task, DECIDER))
    with pytest.raises(Recused):
        case.carry_out(assign(case.open_task, HEAD, DECIDER))
    case.carry_out(receive(case.open_task, OTHER))
    with pytest.raises(Recused):
        case.carry_out(verify(case.open_task, DECIDER))


@pytest.mark.parametrize("act", ACTS)
def test_whoever_may_not_see_the_case_learns_nothing_of_the_task(act: str) -> None:
    case = a_reviewed_case()
    stranger = staff("manager", OTHER_CENTER)
    commands: dict[str, RouteCommand] = {
        "assign": assign(case.open_task, stranger),
        "transfer": transfer(case.open_task, stranger),
        "object": object_to(case.open_task, stranger),
        "settle": settle(case.open_task, stranger),
        "verify": verify(case.open_task, stranger),
        "recuse": recuse(case.open_task, stranger),
    }
    with pytest.raises(TaskNotFound):
        case.carry_out(commands[act])
