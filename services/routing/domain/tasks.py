"""Work on a task at its office: receive, start, complete or return it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.events.parts import TaskOpinion, TaskStatus
from bianmin.events.routing import TaskAssigned, TaskReceived, TaskReturned, TaskStarted
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.assistance import assistance_given, assistance_received
from services.routing.domain.decisions import check_opinion, decision_facts
from services.routing.domain.facts import Fact, TasksChanged, evolve
from services.routing.domain.filings import check_denial_filed
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN, TAKEN, Task
from services.routing.domain.task_checks import (
    TaskNotFound,
    TaskTaken,
    check_assignee,
    check_free,
    check_may_work,
    check_status,
    check_verified,
)
from services.routing.domain.task_events import task_completed, task_event


@dataclass(frozen=True, slots=True)
class ReceiveTask:
    """Sign for a task (签收): the actor becomes its assignee."""

    task_id: UUID
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class StartTask:
    """Start to work on a task. This step may be left out."""

    task_id: UUID
    by: Cause


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """Complete a task with the opinion of a review or with the decision. `note` and `result` are encrypted."""

    task_id: UUID
    opinion: TaskOpinion
    at: datetime
    today: date
    by: Cause
    note: bytes | None = None
    reason_code: str | None = None
    legal_basis: str | None = None
    result: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """Return the case to the step before. `reason` is encrypted.

    `task_ids`: ids of the tasks in which the steps before and this one are repeated; more than needed are left unused.
    """

    task_id: UUID
    reason: bytes
    at: datetime
    task_ids: Sequence[UUID]
    by: Cause


TaskCommand = ReceiveTask | StartTask | CompleteTask | ReturnTask


class MediationExpected(Conflict):
    """A dispute is ended by mediation, not by a decision."""

    slug, title = "mediation-expected", "纠纷须经调解"


class NoStepBefore(Conflict):
    """The first step cannot be returned."""

    slug, title = "nothing-before", "没有上一步"


def work_on_task(route: Route | None, command: TaskCommand) -> Sequence[Fact]:
    """Carry out a command about a task of the actor's own office.

    Raises `TaskNotFound`, `NotTheOffice`, `NotTheAssignee`, `WrongTaskStatus`, `TaskTaken`, `NoStepBefore` or
    `WrongOpinion`.
    """
    actor = command.by.actor
    if route is None or not sees(actor, route.reach):
        raise TaskNotFound("没有这个任务；请核对编号。")
    task = route.task(command.task_id)
    check_may_work(actor, task)
    match command:
        case ReceiveTask():
            return _receive(route, task, command)
        case StartTask():
            return _start(route, task, command)
        case CompleteTask():
            return _complete(route, task, command)
        case ReturnTask():
            return _return(route, task, command)
    assert_never(command)


def _receive(route: Route, task: Task, command: ReceiveTask) -> Sequence[Fact]:
    actor = command.by.actor
    if task.status in TAKEN | {"done"} and task.assignee != actor.id:
        done = "并办完" if task.status == "done" else ""
        raise TaskTaken(f"这个任务已由 {task.assignee} 签收{done}；请办理其他任务，或与其联系。")
    check_status(task, {"assigned"})
    check_free(task, actor)
    received = replace(task, status="received", assignee=actor.id, received_at=command.at)
    changed = TasksChanged((received,))
    after = evolve(route, changed)
    if received.kind == "assist":
        return [changed, assistance_received(after, received)]
    return [changed, task_event(TaskReceived, after, received)]


def _start(route: Route, task: Task, command: StartTask) -> Sequence[Fact]:
    check_status(task, {"received"})
    check_assignee(task, command.by.actor)
    started = replace(task, status="in_progress")
    changed = TasksChanged((started,))
    if started.kind == "assist":
        return [changed]
    return [changed, task_event(TaskStarted, evolve(route, changed), started)]


def _complete(route: Route, task: Task, command: CompleteTask) -> Sequence[Fact]:
    check_status(task, TAKEN)
    check_assignee(task, command.by.actor)
    if route.item.dispute:
        raise MediationExpected(
            "纠纷由调解了结；请登记调解的结果（mediations），没有调解成的再上报上一级（escalate）。"
        )
    reason_code, legal_basis = command.reason_code, command.legal_basis
    check_opinion(route, task, command.opinion, command.note, reason_code, legal_basis)
    if command.opinion == "deny":
        check_denial_filed(route)
    check_verified(route, task)
    done = replace(
        task,
        status="done",
        done_at=command.at,
        opinion=command.opinion,
        note=command.note,
        reason_code=reason_code,
        legal_basis=legal_basis,
        result=command.result,
    )
    return [TasksChanged((done,)), *_after(route, done, command.today)]


def _after(route: Route, done: Task, today: date) -> Sequence[Fact]:
    """What follows from a task that is done; its own change is the fact before."""
    changed = TasksChanged((done,))
    match done.opinion:
        case "helped":
            return [assistance_given(evolve(route, changed), done, today)]
        case "grant" | "deny" as decision:
            after = evolve(route, changed)
            return [task_completed(after, done, decision), *decision_facts(after, decision, done.reason_code, today)]
        case "agree" | "disagree" as opinion:
            after = evolve(route, changed)
            if any(each.status in OPEN for each in _side_by_side(after, done)):
                return [task_completed(after, done, opinion)]
            # whatever the reviews found, the deciding office decides (行政许可法 art. 35)
            following = TasksChanged((replace(_planned_after(route, done), status="assigned", assigned_on=today),))
            after = evolve(after, following)
            return [
                following,
                task_completed(after, done, opinion),
                task_event(TaskAssigned, after, following.tasks[0]),
            ]
        case None:
            raise AssertionError("a task that is done has an opinion")
    assert_never(done.opinion)


def _side_by_side(route: Route, task: Task) -> Sequence[Task]:
    """The other tasks of the step's group in this cycle; none where it runs alone."""
    if task.group is None:
        return []
    return [
        each for each in route.tasks if each.group == task.group and each.cycle == task.cycle and each.id != task.id
    ]


def _return(route: Route, task: Task, command: ReturnTask) -> Sequence[Fact]:
    check_status(task, TAKEN | {"assigned"})
    if task.status in TAKEN:
        check_assignee(task, command.by.actor)
    before = _steps_before(route, task)
    if not before:
        raise NoStepBefore(
            "这是第一步，没有上一步可退；审核步骤请以 disagree 办完，决定步骤请以 deny 办完，申请人不再办理的请办撤回。"
        )
    assignee = task.assignee or command.by.actor.id
    returned = replace(task, status="returned", assignee=assignee, done_at=command.at, note=command.reason)
    last = route.tasks[-1].place
    *ids, own_id = command.task_ids[: len(before) + 1]
    again = tuple(
        repeated(route, each, id, last + n, "assigned", command.at.date())
        for n, (each, id) in enumerate(zip(before, ids, strict=True), 1)
    )
    waiting = repeated(route, task, own_id, last + len(before) + 1, "planned")
    changed = TasksChanged((returned, *again, waiting))
    after = evolve(route, changed)
    assigned = [task_event(TaskAssigned, after, each) for each in again]
    return [changed, task_event(TaskReturned, after, returned), *assigned]


def _steps_before(route: Route, task: Task) -> Sequence[Task]:
    """The latest task of the step before; of all steps of the group, where the step before ran side by side."""
    latest = {each.seq: each for each in route.tasks if each.cycle == task.cycle}
    earlier = [
        latest[seq]
        for seq in sorted(latest)
        if seq < task.seq and (task.group is None or latest[seq].group != task.group)
    ]
    if not earlier:
        return []
    last = earlier[-1]
    return [last] if last.group is None else [each for each in earlier if each.group == last.group]


def repeated(route: Route, task: Task, id: UUID, place: int, status: TaskStatus, on: date | None = None) -> Task:
    """A new task for the step of `task`, assigned on a day."""
    return Task(
        id=id,
        case_id=route.case_id,
        place=place,
        seq=task.seq,
        kind=task.kind,
        office=task.office,
        status=status,
        cycle=route.cycle,
        group=task.group,
        assigned_on=on,
    )


def _planned_after(route: Route, task: Task) -> Task:
    planned = (each for each in route.tasks if each.status == "planned" and each.seq > task.seq)
    return min(planned, key=lambda each: each.seq)
