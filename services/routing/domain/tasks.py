"""What an office does with a task: receive, start, complete, return."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.parts import Opinion, StepKind, TaskStatus
from bianmin.events.routing import (
    CaseClosed,
    CaseDenied,
    CaseGranted,
    TaskAssigned,
    TaskCompleted,
    TaskReceived,
    TaskReturned,
    TaskStarted,
)
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.routing.domain.facts import TasksMoved, evolve, told
from services.routing.domain.offices import NotTheOffice, works_at
from services.routing.domain.route import (
    TAKEN,
    CompleteTask,
    ReceiveTask,
    ReturnTask,
    Route,
    StartTask,
    Task,
    TaskCommand,
)
from services.routing.domain.time import end_what_goes_on


class TaskNotFound(NotFound):
    slug, title = "task-not-found", "没有这个任务"


class NotTheAssignee(Forbidden):
    slug, title = "not-the-assignee", "不是经办人"


class WrongTaskStatus(Conflict):
    slug, title = "wrong-task-status", "当前状态不能办理"


class TaskTaken(Conflict):
    slug, title = "task-taken", "任务已被签收"


class NothingBefore(Conflict):
    slug, title = "nothing-before", "没有上一步"


class OpinionWrong(Invalid):
    slug, title = "opinion-wrong", "办理意见有误"


_OPINIONS: Mapping[StepKind, tuple[Opinion, ...]] = {"review": ("agree", "disagree"), "decide": ("grant", "deny")}
_INSTEAD: Mapping[TaskStatus, str] = {
    "planned": "还没有轮到这一步；请等前面的步骤办完。",
    "assigned": "这一步还没有签收；请先签收（receive）。",
    "received": "这一步已经签收；请开始办理（start）或直接办完（complete）。",
    "in_progress": "这一步正在办理；请办完（complete）或退回（return）。",
    "done": "这一步已经办完；办件的进展请看办理路线。",
    "returned": "这一步已经退回；退回后重办的是新的任务，请看办理路线。",
    "transferred": "这一步已经转交；请看办理路线。",
    "cancelled": "这一步已经取消（申请人撤回，或受理已更正），不必再办。",
}


def work(route: Route | None, command: TaskCommand) -> Sequence[object]:
    """What an office does with a task that is its own."""
    actor = command.by.actor
    if route is None or not sees(actor, route.reach):
        raise TaskNotFound("没有这个任务；请核对编号。")
    task = route.task(command.task_id)
    if not works_at(actor, task.office):
        at = f"{task.office.org} 的 {task.office.dept} 办理单位" if task.office.dept else f"站点 {task.office.org}"
        raise NotTheOffice(f"这一步由{at}办理；请由该单位的工作人员操作。")
    match command:
        case ReceiveTask():
            return _receive(route, task, actor, command.at)
        case StartTask():
            _in(task, {"received"})
            _by_assignee(task, actor)
            return _moved(route, TaskStarted, replace(task, status="in_progress"))
        case CompleteTask():
            return _complete(route, task, command)
        case ReturnTask():
            return _return(route, task, command)
    assert_never(command)


def _receive(route: Route, task: Task, actor: Actor, at: datetime) -> Sequence[object]:
    if task.status in TAKEN | {"done"} and task.assignee != actor.id:
        done = "并办完" if task.status == "done" else ""
        raise TaskTaken(f"这个任务已由 {task.assignee} 签收{done}；请办理其他任务，或与其联系。")
    _in(task, {"assigned"})
    return _moved(route, TaskReceived, replace(task, status="received", assignee=actor.id, received_at=at))


def _complete(route: Route, task: Task, command: CompleteTask) -> Sequence[object]:
    _in(task, TAKEN)
    _by_assignee(task, command.by.actor)
    _check_opinion(task, command)
    done = replace(
        task,
        status="done",
        done_at=command.at,
        opinion=command.opinion,
        note=command.note,
        reason_code=command.reason_code,
        legal_basis=command.legal_basis,
    )
    if task.kind == "review":
        # whatever the review found, the decision is for who decides (行政许可法 art. 35)
        following = replace(_planned_after(route, task), status="assigned")
        moved = TasksMoved((done, following))
        after = evolve(route, moved)
        completed = told(TaskCompleted, after, done, opinion=command.opinion)
        return [moved, completed, told(TaskAssigned, after, following)]
    moved = TasksMoved((done,))
    after = evolve(route, moved)
    ended = end_what_goes_on(after, command.today)
    return [moved, told(TaskCompleted, after, done, opinion=command.opinion), *ended, *_decision(after, command)]


def _decision(route: Route, command: CompleteTask) -> Sequence[object]:
    """The case is decided; one that is handled on the spot is closed with it."""
    access, today = route.access(), command.today
    at_once = route.item.mode == "direct"
    told_all: dict[str, Any] = {
        "access": access,
        "decided_on": today,
        "awaits_delivery": not at_once,
        "cycle": route.cycle,
    }
    facts: list[object] = []
    if command.opinion == "deny":
        facts.append(CaseDenied(**told_all, reason_code=command.reason_code or ""))
    else:
        facts.append(CaseGranted(**told_all))
    if at_once:
        result = "denied" if command.opinion == "deny" else "granted"
        facts.append(CaseClosed(access=access, result=result, closed_on=today, cycle=route.cycle))
    return facts


def _check_opinion(task: Task, command: CompleteTask) -> None:
    errors = []
    if command.opinion not in _OPINIONS[task.kind]:
        step = "审核" if task.kind == "review" else "决定"
        words = f"{step}步骤的意见应为 {' 或 '.join(_OPINIONS[task.kind])}"
        errors.append(FieldError("/opinion", "opinion_of_other_step", words))
    if command.opinion == "deny" and command.reason_code is None:
        errors.append(FieldError("/reason_code", "missing", "不予许可必须说明理由"))
    if command.opinion == "deny" and command.legal_basis is None:
        errors.append(FieldError("/legal_basis", "missing", "不予许可必须写明法律依据"))
    if errors:
        raise OpinionWrong("办理意见有误，请按 errors 更正后重新提交。", errors=errors)


def _return(route: Route, task: Task, command: ReturnTask) -> Sequence[object]:
    _in(task, TAKEN | {"assigned"})
    if task.status in TAKEN:
        _by_assignee(task, command.by.actor)
    before = next((each for each in reversed(route.tasks) if each.seq == task.seq - 1), None)
    if before is None:
        raise NothingBefore(
            "这是第一步，没有上一步可退；审核步骤请以 disagree 办完，决定步骤请以 deny 办完，申请人不再办理的请办撤回。"
        )
    assignee = task.assignee or command.by.actor.id
    returned = replace(task, status="returned", assignee=assignee, done_at=command.at, note=command.reason)
    last = route.tasks[-1].place
    again, later = command.task_ids
    redone = Task(again, last + 1, before.seq, before.kind, before.office, status="assigned", cycle=route.cycle)
    waiting = Task(later, last + 2, task.seq, task.kind, task.office, cycle=route.cycle)
    moved = TasksMoved((returned, redone, waiting))
    after = evolve(route, moved)
    return [moved, told(TaskReturned, after, returned), told(TaskAssigned, after, redone)]


def _planned_after(route: Route, task: Task) -> Task:
    return next(each for each in route.tasks if each.status == "planned" and each.seq == task.seq + 1)


def _in(task: Task, statuses: frozenset[TaskStatus] | set[TaskStatus]) -> None:
    if task.status not in statuses:
        raise WrongTaskStatus(_INSTEAD[task.status])


def _by_assignee(task: Task, actor: Actor) -> None:
    if task.assignee != actor.id and not actor.may("manager"):
        raise NotTheAssignee(f"这个任务由 {task.assignee} 签收；请由其本人或负责人办理。")


def _moved(route: Route, model: Any, task: Task) -> Sequence[object]:
    moved = TasksMoved((task,))
    return [moved, told(model, evolve(route, moved), task)]
