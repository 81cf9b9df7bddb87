"""Transfer a task to another office of the same level, where a new task takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events.routing import TaskAssigned, TaskTransferred
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import FieldError, Invalid
from services.routing.domain.facts import Fact, TasksChanged, evolve
from services.routing.domain.offices import office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN, TAKEN, Task
from services.routing.domain.task_checks import check_assignee, check_at_office, check_no_objection, check_status
from services.routing.domain.task_events import step_kind, task_event
from services.routing.domain.tasks import repeated


@dataclass(frozen=True, slots=True)
class TransferTask:
    """Transfer a task to another office of the same level. `reason` is encrypted. `exists`: there is such an office."""

    task_id: UUID
    new_task_id: UUID
    office: Holder
    exists: bool
    reason: bytes
    at: datetime
    by: Cause


class OfficeUnfit(Invalid):
    """The office does not exist, is the same, or has another level than the step needs."""

    slug, title = "office-unfit", "不能转到这个单位"


def transfer(route: Route, task: Task, command: TransferTask) -> Sequence[Fact]:
    """Raises `NotTheOffice`, `WrongTaskStatus`, `ObjectionOpen`, `NotTheAssignee` or `OfficeUnfit`."""
    actor = command.by.actor
    check_at_office(actor, task.office)
    check_status(task, OPEN)
    check_no_objection(task)
    if task.status in TAKEN:
        check_assignee(task, actor)
    check_office(task, command.office, exists=command.exists)
    ended = replace(
        task,
        status="transferred",
        assignee=task.assignee or actor.id,
        done_at=command.at,
        note=command.reason,
    )
    return moved(route, ended, command.new_task_id, command.office, command.at.date())


def moved(route: Route, ended: Task, id: UUID, office: Holder, today: date) -> Sequence[Fact]:
    """Return the facts of a task that goes to another office: the ended task, and a new one there."""
    place = max(task.place for task in route.tasks) + 1
    new = replace(repeated(route, ended, id, place, "assigned", today), office=office, objection="settled")
    changed = TasksChanged((ended, new))
    after = evolve(route, changed)
    transferred = TaskTransferred(
        access=after.access(),
        task_id=ended.id,
        seq=ended.seq,
        kind=step_kind(ended),
        office=office_in_event(ended.office),
        to=office_in_event(office),
        to_task_id=id,
    )
    return [changed, transferred, task_event(TaskAssigned, after, new)]


def check_office(task: Task, office: Holder, *, exists: bool) -> None:
    """Check that the step may go to an office: one that exists, at the same level, in the same county.

    Raises `OfficeUnfit`.
    """
    old = task.office
    detail = None
    if office == old:
        detail = "就是现在的办理单位；请填另一个单位"
    elif len(office.org) != len(old.org) or office.org[:6] != old.org[:6]:
        detail = "须是同一个县、同一级的单位：由哪一级办理是事项规定的"
    elif not exists:
        detail = "没有设立这个办理单位；请核对，或请管理员先设立"
    elif task.kind == "assist":
        detail = "协助由登记的单位办理，不能转交"
    if detail is not None:
        raise OfficeUnfit("不能转到这个单位，请按 errors 更正。", errors=[FieldError("/org", "office_unfit", detail)])
