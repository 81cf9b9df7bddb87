"""What may be done with a route: planned, worked off, withdrawn, delivered."""

from collections.abc import Sequence
from dataclasses import replace

from bianmin.events.intake import CaseWithdrawn
from bianmin.events.parts import TaskStatus
from bianmin.events.routing import (
    CaseClosed,
    CaseDelivered,
    PlannedStep,
    RoutePlanned,
    TaskAssigned,
    WithdrawalRejected,
)
from bianmin.kit.access import sees
from bianmin.kit.refusals import Conflict, NotFound
from services.routing.domain.facts import Opened, SignedFor, TasksMoved, evolve, told
from services.routing.domain.plan import steps
from services.routing.domain.route import (
    OPEN,
    AnswerWithdrawal,
    DeliverResult,
    PlanRoute,
    Route,
    RouteCommand,
    Task,
    ref,
)
from services.routing.domain.tasks import NotTheOffice, work

_UNDONE: frozenset[TaskStatus] = OPEN | {"planned"}


class RouteNotFound(NotFound):
    slug, title = "route-not-found", "没有这个办件的办理路线"


class NotYetPlanned(NotFound):
    """The acceptance has not been heard of yet."""

    slug, title = "not-yet-planned", "尚未受理"


class PlannedAlready(Conflict):
    slug, title = "planned-already", "办理路线已定"


class WithdrawnAlready(Conflict):
    slug, title = "withdrawn-already", "办件已撤回"


class NotToDeliver(Conflict):
    slug, title = "not-to-deliver", "现在不能送达"


def decide(route: Route | None, command: RouteCommand) -> Sequence[object]:
    """The facts a command makes of a route."""
    match command:
        case PlanRoute():
            return _plan(route, command)
        case AnswerWithdrawal():
            return _answer_withdrawal(route, command)
        case DeliverResult():
            return _deliver(route, command)
        case _:
            return work(route, command)


def _plan(route: Route | None, command: PlanRoute) -> Sequence[object]:
    if route is not None:
        raise PlannedAlready("这个办件的办理路线已经定了。")
    access, item = command.access, command.item
    way = steps(item, access.org, access.accepting_org, access.dept)
    tasks = tuple(
        Task(task_id, n, n, kind, office)
        for n, (task_id, (kind, office)) in enumerate(zip(command.task_ids, way, strict=False), 1)
    )
    first = replace(tasks[0], status="assigned")
    opened = Route(
        case_id=command.case_id,
        case_no=command.case_no,
        item=item,
        org=access.org,
        accepting_org=access.accepting_org,
        dept=access.dept,
        tasks=(first, *tasks[1:]),
    )
    planned = RoutePlanned(
        access=opened.access(),
        mode=item.mode,
        lead=ref(opened.lead),
        steps=tuple(PlannedStep(step_id=t.id, seq=t.seq, kind=t.kind, office=ref(t.office)) for t in tasks),
    )
    return [Opened(opened), planned, told(TaskAssigned, opened, first)]


def _answer_withdrawal(route: Route | None, command: AnswerWithdrawal) -> Sequence[object]:
    if route is None:
        raise NotYetPlanned("这个办件的办理路线还没有定。")
    match route.status:
        case "withdrawn":
            raise WithdrawnAlready("这个办件已经撤回。")
        case "granted" | "denied":
            return [WithdrawalRejected(access=route.access(), reason_code="already_decided")]
    moved = TasksMoved(tuple(replace(task, status="cancelled") for task in route.tasks if task.status in _UNDONE))
    after = evolve(route, moved)
    return [
        moved,
        CaseWithdrawn(access=after.access(), withdrawn_on=command.on),
        CaseClosed(access=after.access(), result="withdrawn", closed_on=command.on),
    ]


def _deliver(route: Route | None, command: DeliverResult) -> Sequence[object]:
    actor, delivered = command.by.actor, command.delivered
    if route is None or not sees(actor, route.reach):
        raise RouteNotFound("没有这个办件的办理路线；请核对编号，受理以后才有路线。")
    if actor.org not in (route.org, route.accepting_org) or not actor.may("window", "manager", "agent"):
        raise NotTheOffice(
            f"送达由登记站点（{route.org}）或受理单位（{route.accepting_org}）的窗口、代办员或负责人办理。"
        )
    if route.status == "open":
        raise NotToDeliver("还没有作出决定，没有结果可以送达；请等决定步骤办完。")
    if route.status == "withdrawn":
        raise NotToDeliver("申请人已撤回办件，没有结果可以送达。")
    if route.closed_on is not None:
        done = "已经送达" if route.delivered else "是直接办理，作出决定时已当场办结"
        raise NotToDeliver(f"这个办件{done}，不必再送达。")
    return [
        SignedFor(delivered),
        CaseDelivered(access=route.access(), method=delivered.method, delivered_on=delivered.on),
        CaseClosed(access=route.access(), result=route.status, closed_on=delivered.on),
    ]
