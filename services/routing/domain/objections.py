"""Object to a misrouted matter (once, on the day it came); the head of the common superior sets the office."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events.routing import TaskAssigned, TaskObjected
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import Fact, TasksChanged, evolve
from services.routing.domain.offices import office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN, Task
from services.routing.domain.task_checks import NotTheHeadOfOffice, check_at_office, check_status, is_head_of
from services.routing.domain.task_events import task_event
from services.routing.domain.transfers import check_office, moved


@dataclass(frozen=True, slots=True)
class SettleObjection:
    """Set the office of a task to which its office objected. `exists`: there is such an office."""

    task_id: UUID
    new_task_id: UUID
    office: Holder
    exists: bool
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class ObjectToTask:
    """Object to a matter that is not the office's own. `reason` is encrypted."""

    task_id: UUID
    reason: bytes
    today: date
    by: Cause


class NotObjectable(Conflict):
    """The office has signed for the task, has objected before, or the day is over."""

    slug, title = "not-objectable", "现在不能提出异议"


class NoObjection(Conflict):
    """Nobody objected, so there is no office to be set."""

    slug, title = "no-objection", "没有异议"


def settle_objection(route: Route, task: Task, command: SettleObjection) -> Sequence[Fact]:
    """Raises `NotTheHeadOfOffice`, `NoObjection`, `WrongTaskStatus` or `OfficeUnfit`."""
    superior = superior_of(route, task.office)
    if not is_head_of(command.by.actor, Holder(superior)):
        raise NotTheHeadOfOffice(f"办理单位由共同上级（{superior}）的负责人确定。")
    check_status(task, OPEN)
    if task.objection != "raised":
        raise NoObjection("办理单位没有提出异议；需要改由其他单位办理的，请该单位转交（transfer）。")
    if command.office == task.office:
        settled = TasksChanged((replace(task, objection="settled"),))
        return [settled, task_event(TaskAssigned, evolve(route, settled), settled.tasks[0])]
    check_office(task, command.office, exists=command.exists)
    ended = replace(task, status="transferred", objection="settled")
    return moved(route, ended, command.new_task_id, command.office, command.today)


def object_to_task(route: Route, task: Task, command: ObjectToTask) -> Sequence[Fact]:
    """Raises `NotTheOffice` or `NotObjectable`."""
    check_at_office(command.by.actor, task.office)
    if task.kind == "assist" or route.item.dispute:
        raise NotObjectable("协助和调解由登记的单位办理，不能提出异议；请办理。")
    if task.status != "assigned":
        raise NotObjectable("只有还没有签收的任务可以提出异议；已经签收的请转交（transfer）。")
    if task.objection is not None:
        raise NotObjectable("对这件事只能提出一次异议；上级已经确定或正在确定办理单位。")
    if task.assigned_on is not None and task.assigned_on != command.today:
        raise NotObjectable(f"异议须在收到的当日（{task.assigned_on}）提出；现在请签收，或转交（transfer）。")
    changed = TasksChanged((replace(task, objection="raised", note=command.reason),))
    after = evolve(route, changed)
    event = TaskObjected(
        access=after.access(),
        task_id=task.id,
        office=office_in_event(task.office),
        superior=superior_of(route, task.office),
    )
    return [changed, event]


def superior_of(route: Route, office: Holder) -> str:
    """The org above both the lead window and an office: the higher of the two, the org itself where both are there."""
    lead = route.lead.org
    return office.org if lead.startswith(office.org) else lead
