"""Work on a task at its office: receive, start, complete or return it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.parts import Opinion, TaskStatus
from bianmin.events.routing import TaskAssigned, TaskReceived, TaskReturned, TaskStarted
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.routing.domain.decisions import check_opinion, decision_facts
from services.routing.domain.facts import Fact, TasksChanged, evolve, task_completed, task_event
from services.routing.domain.offices import NotTheOffice, works_at
from services.routing.domain.route import Route
from services.routing.domain.task import TAKEN, Task


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
    """Complete a task with the opinion of a review or with the decision. `note` is encrypted."""

    task_id: UUID
    opinion: Opinion
    at: datetime
    today: date
    by: Cause
    note: bytes | None = None
    reason_code: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """Return the case to the step before. `reason` is encrypted.

    `task_ids`: ids of the two tasks in which that step and this one are repeated.
    """

    task_id: UUID
    reason: bytes
    at: datetime
    task_ids: tuple[UUID, UUID]
    by: Cause


TaskCommand = ReceiveTask | StartTask | CompleteTask | ReturnTask


class TaskNotFound(NotFound):
    """There is no such task, or the actor may not see its case."""

    slug, title = "task-not-found", "没有这个任务"


class NotTheAssignee(Forbidden):
    """Somebody else has signed for the task."""

    slug, title = "not-the-assignee", "不是经办人"


class WrongTaskStatus(Conflict):
    """The task is in a status in which the command is impossible."""

    slug, title = "wrong-task-status", "当前状态不能办理"


class TaskTaken(Conflict):
    """A colleague has signed for the task before."""

    slug, title = "task-taken", "任务已被签收"


class NoStepBefore(Conflict):
    """The first step cannot be returned."""

    slug, title = "nothing-before", "没有上一步"


_WHAT_TO_DO_INSTEAD: Mapping[TaskStatus, str] = {
    "planned": "还没有轮到这一步；请等前面的步骤办完。",
    "assigned": "这一步还没有签收；请先签收（receive）。",
    "received": "这一步已经签收；请开始办理（start）或直接办完（complete）。",
    "in_progress": "这一步正在办理；请办完（complete）或退回（return）。",
    "done": "这一步已经办完；办件的进展请看办理路线。",
    "returned": "这一步已经退回；退回后重办的是新的任务，请看办理路线。",
    "transferred": "这一步已经转交；请看办理路线。",
    "cancelled": "这一步已经取消（申请人撤回，或受理已更正），不必再办。",
}


def work_on_task(route: Route | None, command: TaskCommand) -> Sequence[Fact]:
    """Carry out a command about a task of the actor's own office.

    Raises `TaskNotFound`, `NotTheOffice`, `NotTheAssignee`, `WrongTaskStatus`, `TaskTaken`, `NoStepBefore` or
    `WrongOpinion`.
    """
    actor = command.by.actor
    if route is None or not sees(actor, route.reach):
        raise TaskNotFound("没有这个任务；请核对编号。")
    task = route.task(command.task_id)
    if not works_at(actor, task.office):
        at = f"{task.office.org} 的 {task.office.dept} 办理单位" if task.office.dept else f"站点 {task.office.org}"
        raise NotTheOffice(f"这一步由{at}办理；请由该单位的工作人员操作。")
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
    _check_status(task, {"assigned"})
    changed = TasksChanged((replace(task, status="received", assignee=actor.id, received_at=command.at),))
    return [changed, task_event(TaskReceived, evolve(route, changed), changed.tasks[0])]


def _start(route: Route, task: Task, command: StartTask) -> Sequence[Fact]:
    _check_status(task, {"received"})
    _check_assignee(task, command.by.actor)
    changed = TasksChanged((replace(task, status="in_progress"),))
    return [changed, task_event(TaskStarted, evolve(route, changed), changed.tasks[0])]


def _complete(route: Route, task: Task, command: CompleteTask) -> Sequence[Fact]:
    _check_status(task, TAKEN)
    _check_assignee(task, command.by.actor)
    opinion, reason_code, legal_basis = command.opinion, command.reason_code, command.legal_basis
    check_opinion(task.kind, opinion, reason_code, legal_basis)
    done = replace(
        task,
        status="done",
        done_at=command.at,
        opinion=opinion,
        note=command.note,
        reason_code=reason_code,
        legal_basis=legal_basis,
    )
    if task.kind == "review":
        # whatever the review found, the deciding office decides (行政许可法 art. 35)
        following = replace(_planned_after(route, task), status="assigned")
        changed = TasksChanged((done, following))
        after = evolve(route, changed)
        return [changed, task_completed(after, done, opinion), task_event(TaskAssigned, after, following)]
    changed = TasksChanged((done,))
    after = evolve(route, changed)
    decided = decision_facts(after, opinion, reason_code, command.today)
    return [changed, task_completed(after, done, opinion), *decided]


def _return(route: Route, task: Task, command: ReturnTask) -> Sequence[Fact]:
    _check_status(task, TAKEN | {"assigned"})
    if task.status in TAKEN:
        _check_assignee(task, command.by.actor)
    before = next((each for each in reversed(route.tasks) if each.seq == task.seq - 1), None)
    if before is None:
        raise NoStepBefore(
            "这是第一步，没有上一步可退；审核步骤请以 disagree 办完，决定步骤请以 deny 办完，申请人不再办理的请办撤回。"
        )
    assignee = task.assignee or command.by.actor.id
    returned = replace(task, status="returned", assignee=assignee, done_at=command.at, note=command.reason)
    last = route.tasks[-1].place
    first_id, second_id = command.task_ids
    repeated = _repeated(route, before, first_id, last + 1, "assigned")
    waiting = _repeated(route, task, second_id, last + 2, "planned")
    changed = TasksChanged((returned, repeated, waiting))
    after = evolve(route, changed)
    return [changed, task_event(TaskReturned, after, returned), task_event(TaskAssigned, after, repeated)]


def _repeated(route: Route, task: Task, id: UUID, place: int, status: TaskStatus) -> Task:
    """A new task for the step of `task`."""
    return Task(
        id=id,
        case_id=route.case_id,
        place=place,
        seq=task.seq,
        kind=task.kind,
        office=task.office,
        status=status,
        cycle=route.cycle,
    )


def _planned_after(route: Route, task: Task) -> Task:
    return next(each for each in route.tasks if each.status == "planned" and each.seq == task.seq + 1)


def _check_status(task: Task, allowed: AbstractSet[TaskStatus]) -> None:
    if task.status not in allowed:
        raise WrongTaskStatus(_WHAT_TO_DO_INSTEAD[task.status])


def _check_assignee(task: Task, actor: Actor) -> None:
    if task.assignee != actor.id and not actor.may("manager"):
        raise NotTheAssignee(f"这个任务由 {task.assignee} 签收；请由其本人或负责人办理。")
