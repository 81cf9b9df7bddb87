"""Mediate disputes (矛盾纠纷调处): the desk first, then township and county, each only after a failed attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.domain.divisions import level_of
from bianmin.events.parts import TaskOpinion
from bianmin.events.routing import DisputeEscalated, DisputeSettled, DisputeUnsettled, MediationRecorded, TaskAssigned
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.routing.domain.facts import Fact, MediationAdded, TasksChanged, evolve
from services.routing.domain.offices import NotTheOffice, office_in_event, office_name, works_at
from services.routing.domain.preconditions import check_open
from services.routing.domain.route import Mediation, MediationOutcome, Route
from services.routing.domain.task import OPEN, Task
from services.routing.domain.task_checks import check_not_recused
from services.routing.domain.task_events import task_event


@dataclass(frozen=True, slots=True)
class RecordMediation:
    """Record an attempt to mediate at the office whose turn it is. `mediators` and `note` are encrypted."""

    case_id: UUID
    mediation_id: UUID
    mediated_on: date
    outcome: MediationOutcome
    mediators: bytes
    note: bytes
    now: datetime
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class EscalateDispute:
    """Pass the dispute from the open task `task_id` to the next level. `why` is encrypted for that task."""

    case_id: UUID
    task_id: UUID
    why: bytes
    now: datetime
    by: Cause


class NotADispute(Conflict):
    """The item of the case is no dispute."""

    slug, title = "not-a-dispute", "不是矛盾纠纷"


class NotMediatedHere(Conflict):
    """No attempt at this level has failed yet, or there is no level above."""

    slug, title = "not-to-escalate", "现在不能上报"


class MediationDateWrong(Invalid):
    """The attempt lies ahead."""

    slug, title = "mediation-date-wrong", "调解日期有误"


def record_mediation(route: Route, command: RecordMediation) -> Sequence[Fact]:
    """Record an attempt; an agreement closes the case, and so does a failure at the last level.

    The staff of the office whose turn it is record it; that is also their signature for the task.
    Raises `NotADispute`, `CaseNotOpen`, `NotTheOffice` or `MediationDateWrong`.
    """
    task = task_in_turn(route, command.by.actor)
    if command.mediated_on > command.today:
        where = FieldError("/on", "in_the_future", "不能晚于今天")
        raise MediationDateWrong("调解日期不能晚于今天；请更正。", errors=[where])
    mediation = Mediation(
        id=command.mediation_id,
        case_id=route.case_id,
        office_org=task.office.org,
        office_dept=task.office.dept,
        mediated_on=command.mediated_on,
        outcome=command.outcome,
        mediators=command.mediators,
        note=command.note,
        recorded_by=command.by.actor.id,
        cycle=route.cycle,
    )
    ends = command.outcome == "agreed" or _next(route) is None
    changed = TasksChanged((_signed(task, command.by.actor.id, command.now),))
    if ends:
        opinion: TaskOpinion = "agree" if command.outcome == "agreed" else "disagree"
        done = replace(changed.tasks[0], status="done", done_at=command.now, opinion=opinion)
        unneeded = (replace(each, status="cancelled") for each in route.tasks if each.status == "planned")
        changed = TasksChanged((done, *unneeded))
    after = evolve(route, changed)
    level, office, access = level_of(task.office.org), office_in_event(task.office), after.access()
    recorded = MediationRecorded(
        access=access,
        level=level,
        office=office,
        mediation_id=mediation.id,
        outcome=mediation.outcome,
        mediated_on=mediation.mediated_on,
    )
    facts: list[Fact] = [changed, MediationAdded(mediation), recorded]
    if ends:
        ending = DisputeSettled if command.outcome == "agreed" else DisputeUnsettled
        facts.append(ending(access=access, level=level, office=office, closed_on=command.today, cycle=route.cycle))
    return facts


def escalate(route: Route, command: EscalateDispute) -> Sequence[Fact]:
    """Pass a dispute upward after a failed attempt at this level.

    Raises `NotADispute`, `CaseNotOpen`, `NotTheOffice` or `NotMediatedHere`.
    """
    task = task_in_turn(route, command.by.actor)
    if task.id != command.task_id:
        raise NotMediatedHere("这件纠纷刚刚已经上报；请重新查看办理路线。")
    tried = any(
        each.cycle == route.cycle and each.office_org == task.office.org and each.outcome == "failed"
        for each in route.mediations
    )
    if not tried:
        raise NotMediatedHere("本级还没有调解过；请先调解并登记结果（mediations），没有调解成的才能上报。")
    following = _next(route)
    if following is None:
        raise NotMediatedHere("已经是最后一级；请告知当事人可以依法申请仲裁或者向人民法院提起诉讼。")
    signed = _signed(task, command.by.actor.id, command.now)
    done = replace(signed, status="done", done_at=command.now, opinion="disagree", note=command.why)
    assigned = replace(following, status="assigned", assigned_on=command.now.date())
    changed = TasksChanged((done, assigned))
    after = evolve(route, changed)
    escalated = DisputeEscalated(
        access=after.access(),
        level=level_of(task.office.org),
        office=office_in_event(task.office),
        to=office_in_event(following.office),
    )
    return [changed, escalated, task_event(TaskAssigned, after, assigned)]


def task_in_turn(route: Route, actor: Actor) -> Task:
    """The task of the office that mediates now. Raises `NotADispute`, `CaseNotOpen`, `NotTheOffice` or `Recused`."""
    if not route.item.dispute:
        raise NotADispute("这个办件不是矛盾纠纷；请按办理路线办完各步骤（complete）。")
    check_open(route)
    task = next(each for each in route.tasks if each.status in OPEN)
    if not works_at(actor, task.office):
        raise NotTheOffice(f"现在由{office_name(task.office)}调解；请由该单位的工作人员登记。")
    check_not_recused(task, actor)
    return task


def _signed(task: Task, actor_id: str, now: datetime) -> Task:
    if task.assignee is not None:
        return task
    return replace(task, status="received", assignee=actor_id, received_at=now)


def _next(route: Route) -> Task | None:
    return min((each for each in route.tasks if each.status == "planned"), key=lambda each: each.seq, default=None)
