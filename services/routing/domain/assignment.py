"""Who does a task: assign it to a person, verify it as the second person, recuse oneself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.events.routing import TaskReassigned, TaskRecused, TaskVerified
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid
from services.routing.domain.directory.staff import StaffMember
from services.routing.domain.facts import Fact, TasksChanged, evolve
from services.routing.domain.objections import ObjectToTask, SettleObjection, object_to_task, settle_objection
from services.routing.domain.offices import office_in_event, office_name
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN, TAKEN, Task
from services.routing.domain.task_checks import (
    NotTheHeadOfOffice,
    Recused,
    TaskNotFound,
    check_at_office,
    check_no_objection,
    check_status,
    is_head_of,
)
from services.routing.domain.transfers import TransferTask, transfer


@dataclass(frozen=True, slots=True)
class AssignTask:
    """Assign a task to a member of its office, by the head."""

    task_id: UUID
    member: StaffMember
    by: Cause


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """Verify the work on a task, as a second person."""

    task_id: UUID
    by: Cause


@dataclass(frozen=True, slots=True)
class RecuseFromTask:
    """Declare an interest in the matter and leave the task to others. `reason` is encrypted."""

    task_id: UUID
    reason: bytes
    by: Cause


AssignmentCommand = AssignTask | SettleObjection | TransferTask | ObjectToTask | VerifyTask | RecuseFromTask


class NotOfTheOffice(Invalid):
    """The person does not work at the office of the task."""

    slug, title = "not-of-the-office", "不是该单位的人员"


class NothingToVerify(Conflict):
    """The item needs no second person, or one has verified already."""

    slug, title = "nothing-to-verify", "不需要复核"


class OwnWork(Forbidden):
    """The assignee does not verify the own work."""

    slug, title = "own-work", "须由另一人复核"


def change_assignment(route: Route | None, command: AssignmentCommand) -> Sequence[Fact]:
    """Carry out a command about who does a task. Raises `TaskNotFound`, and what the act below raises."""
    if route is None or not sees(command.by.actor, route.reach):
        raise TaskNotFound("没有这个任务；请核对编号。")
    task = route.task(command.task_id)
    match command:
        case AssignTask():
            return _assign(route, task, command)
        case SettleObjection():
            return settle_objection(route, task, command)
        case TransferTask():
            return transfer(route, task, command)
        case ObjectToTask():
            return object_to_task(route, task, command)
        case VerifyTask():
            return _verify(route, task, command)
        case RecuseFromTask():
            return _recuse(route, task, command)
    assert_never(command)


def _assign(route: Route, task: Task, command: AssignTask) -> Sequence[Fact]:
    """Raises `NotTheHeadOfOffice`, `WrongTaskStatus`, `ObjectionOpen`, `NotOfTheOffice` or `Recused`."""
    office, member = task.office, command.member
    if not is_head_of(command.by.actor, office):
        raise NotTheHeadOfOffice(f"任务由{office_name(office)}的负责人指派。")
    check_status(task, OPEN)
    check_no_objection(task)
    if member.org != office.org or (office.dept is not None and member.dept not in (None, office.dept)):
        where = FieldError("/staff_id", "not_of_the_office", f"不是{office_name(office)}的人员")
        raise NotOfTheOffice(f"只能指派给{office_name(office)}的人员；请核对人员编号。", errors=[where])
    if member.id in task.recused:
        raise Recused("这名工作人员已经回避；请指派给其他人。")
    assigned = replace(task, status="assigned", assignee=member.id, received_at=None, verified_by=None)
    changed = TasksChanged((assigned,))
    after = evolve(route, changed)
    event = TaskReassigned(access=after.access(), task_id=task.id, office=office_in_event(office), assignee=member.id)
    return [changed, event]


def _verify(route: Route, task: Task, command: VerifyTask) -> Sequence[Fact]:
    """Raises `NotTheOffice`, `NothingToVerify`, `WrongTaskStatus`, `OwnWork` or `Recused`."""
    actor = command.by.actor
    check_at_office(actor, task.office)
    if not route.item.two_staff_check or task.kind == "assist":
        raise NothingToVerify("这个事项不要求第二人复核；请直接办完（complete）。")
    check_status(task, TAKEN)
    if actor.id == task.assignee:
        raise OwnWork("复核须由签收人以外的工作人员进行。")
    if actor.id in task.recused:
        raise Recused("您已经回避这件事；请由其他工作人员复核。")
    if task.verified_by is not None:
        raise NothingToVerify(f"这一步已由 {task.verified_by} 复核；请签收人办完（complete）。")
    changed = TasksChanged((replace(task, verified_by=actor.id),))
    after = evolve(route, changed)
    office = office_in_event(task.office)
    return [changed, TaskVerified(access=after.access(), task_id=task.id, office=office, assignee=task.assignee)]


def _recuse(route: Route, task: Task, command: RecuseFromTask) -> Sequence[Fact]:
    """Raises `NotTheOffice` or `WrongTaskStatus`. To recuse oneself again changes nothing."""
    actor = command.by.actor
    check_at_office(actor, task.office)
    check_status(task, OPEN)
    if actor.id in task.recused:
        return []
    left = replace(task, recused=(*task.recused, actor.id), note=command.reason)
    if task.assignee == actor.id:
        left = replace(left, status="assigned", assignee=None, received_at=None, verified_by=None)
    if task.verified_by == actor.id:
        left = replace(left, verified_by=None)
    changed = TasksChanged((left,))
    after = evolve(route, changed)
    return [changed, TaskRecused(access=after.access(), task_id=task.id, office=office_in_event(task.office))]
