"""Checks that the commands about a task share: who acts, on a task in which status."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.events.parts import TaskStatus
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.routing.domain.offices import NotTheOffice, works_at
from services.routing.domain.route import Route
from services.routing.domain.task import Task


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


class Recused(Forbidden):
    """The actor has declared an interest in the matter."""

    slug, title = "recused", "已经回避"


class ObjectionOpen(Conflict):
    """The office objected to the task, and the common superior has not answered yet."""

    slug, title = "objection-open", "等待上级确定办理单位"


class NotTheHeadOfOffice(Forbidden):
    """The head of the office, or of the org above both offices, assigns."""

    slug, title = "not-the-head-of-office", "由负责人指派"


class NotVerified(Conflict):
    """A second person has to verify the step first."""

    slug, title = "not-verified", "须由第二人复核"


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


def check_at_office(actor: Actor, office: Holder) -> None:
    """Check that the actor works at the office. Raises `NotTheOffice`."""
    if not works_at(actor, office):
        at = f"{office.org} 的 {office.dept} 办理单位" if office.dept else f"站点 {office.org}"
        raise NotTheOffice(f"这一步由{at}办理；请由该单位的工作人员操作。")


def check_may_work(actor: Actor, task: Task) -> None:
    """Check that the actor works at the task's office, or is the head to whom its late opinion was passed.

    Raises `NotTheOffice`.
    """
    if task.escalated_to is not None and actor.org == task.escalated_to and actor.may("manager") and actor.dept is None:
        return
    check_at_office(actor, task.office)


def check_not_recused(task: Task, actor: Actor) -> None:
    """Check that the actor has declared no interest in the matter. Raises `Recused`."""
    if actor.id in task.recused:
        raise Recused("您已经回避这件事；请由其他工作人员办理。")


def check_free(task: Task, actor: Actor) -> None:
    """Check that the actor may sign for an assigned task. Raises `TaskTaken`, `Recused` or `ObjectionOpen`."""
    if task.objection == "raised":
        raise ObjectionOpen("本单位已经提出异议；请等待共同上级的负责人确定办理单位。")
    check_not_recused(task, actor)
    if task.assignee not in (None, actor.id):
        raise TaskTaken(f"这个任务已指派给 {task.assignee}；请办理其他任务，或请负责人改派。")


def check_verified(route: Route, task: Task) -> None:
    """Check that a second person has verified the step, where the item says so. Raises `NotVerified`."""
    if route.item.two_staff_check and task.kind != "assist" and task.verified_by is None:
        raise NotVerified("这个事项须由两名工作人员核查；请先由签收人以外的工作人员复核（verify），再办完。")


def check_status(task: Task, allowed: AbstractSet[TaskStatus]) -> None:
    """Check that the task has one of these statuses. Raises `WrongTaskStatus`, which says what to do instead."""
    if task.status not in allowed:
        raise WrongTaskStatus(_WHAT_TO_DO_INSTEAD[task.status])


def check_assignee(task: Task, actor: Actor) -> None:
    """Check that the actor has signed for the task, or is a head without an interest in it.

    Raises `Recused` or `NotTheAssignee`.
    """
    check_not_recused(task, actor)
    if task.assignee != actor.id and not actor.may("manager"):
        raise NotTheAssignee(f"这个任务由 {task.assignee} 签收；请由其本人或负责人办理。")


def check_no_objection(task: Task) -> None:
    """Check that no objection waits for its answer. Raises `ObjectionOpen`."""
    if task.objection == "raised":
        raise ObjectionOpen("办理单位已经提出异议；请等待共同上级的负责人确定办理单位。")


def is_head_of(actor: Actor, office: Holder) -> bool:
    """Whether the actor is the head of the office, or of its whole org."""
    return actor.may("manager") and actor.org == office.org and actor.dept in (None, office.dept)
