"""What may be done with a route: planned, worked off, withdrawn, delivered, reopened."""

from collections.abc import Sequence

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.intake import CaseWithdrawn
from bianmin.events.routing import CaseClosed, CaseDelivered, WithdrawalRejected
from bianmin.kit.refusals import Conflict, NotFound
from services.routing.domain.facts import LegalEndKept, Opened, SignedFor, cancelled, evolve
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.plan import opened, planned
from services.routing.domain.reopening import reopen, void
from services.routing.domain.route import (
    AnswerExtension,
    AnswerWithdrawal,
    DeliverResult,
    EndProcedure,
    KeepLegalEnd,
    PlanRoute,
    ReopenCase,
    RequestExtension,
    Route,
    RouteCommand,
    StartProcedure,
    VoidRoute,
)
from services.routing.domain.tasks import work
from services.routing.domain.time import ExtensionNotFound, end_what_goes_on, move_time


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
        case VoidRoute():
            return void(_planned(route), command)
        case KeepLegalEnd():
            return _keep_legal_end(_planned(route), command)
        case AnswerWithdrawal():
            return _answer_withdrawal(_planned(route), command)
        case DeliverResult():
            return _deliver(_shown(route, command.by.actor), command)
        case StartProcedure() | EndProcedure() | RequestExtension():
            return move_time(_shown(route, command.by.actor), command)
        case AnswerExtension():
            if route is None or not sees(command.by.actor, route.reach):
                raise ExtensionNotFound("没有这个延期申请；请核对编号。")
            return move_time(route, command)
        case ReopenCase():
            return reopen(_shown(route, command.by.actor), command)
        case _:
            return work(route, command)


def _planned(route: Route | None) -> Route:
    if route is None:
        raise NotYetPlanned("这个办件的办理路线还没有定。")
    return route


def _shown(route: Route | None, actor: Actor) -> Route:
    if route is None or not sees(actor, route.reach):
        raise RouteNotFound("没有这个办件的办理路线；请核对编号，受理以后才有路线。")
    return route


def _plan(route: Route | None, command: PlanRoute) -> Sequence[object]:
    if route is not None and route.status != "void":
        raise PlannedAlready("这个办件的办理路线已经定了。")
    access, item = command.access, command.item
    opening = []
    if route is None:
        route = Route(
            case_id=command.case_id,
            case_no=command.case_no,
            item=item,
            org=access.org,
            accepting_org=access.accepting_org,
            dept=access.dept,
            tasks=(),
        )
        opening = [Opened(route)]
    return [*opening, *planned(route, opened(route, command.task_ids))]


def _keep_legal_end(route: Route, command: KeepLegalEnd) -> Sequence[object]:
    """Only of the clock that runs now: one of an earlier cycle, told late, changes nothing."""
    known = route.legal_end
    if not command.begins and (known is None or known.clock_id != command.legal_end.clock_id):
        return []
    return [LegalEndKept(command.legal_end)]


def _answer_withdrawal(route: Route, command: AnswerWithdrawal) -> Sequence[object]:
    match route.status:
        case "withdrawn":
            raise WithdrawnAlready("这个办件已经撤回。")
        case "granted" | "denied":
            return [WithdrawalRejected(access=route.access(), reason_code="already_decided")]
    undone = cancelled(route)
    after = evolve(route, undone)
    return [
        undone,
        *end_what_goes_on(after, command.on),
        CaseWithdrawn(access=after.access(), withdrawn_on=command.on, cycle=route.cycle),
        CaseClosed(access=after.access(), result="withdrawn", closed_on=command.on, cycle=route.cycle),
    ]


def _deliver(route: Route, command: DeliverResult) -> Sequence[object]:
    actor, delivered = command.by.actor, command.delivered
    if actor.org not in (route.org, route.accepting_org) or not actor.may("window", "manager", "agent"):
        raise NotTheOffice(
            f"送达由登记站点（{route.org}）或受理单位（{route.accepting_org}）的窗口、代办员或负责人办理。"
        )
    if route.status in ("open", "void"):
        raise NotToDeliver("还没有作出决定，没有结果可以送达；请等决定步骤办完。")
    if route.status == "withdrawn":
        raise NotToDeliver("申请人已撤回办件，没有结果可以送达。")
    if route.closed_on is not None:
        done = "已经送达" if route.delivered else "是直接办理，作出决定时已当场办结"
        raise NotToDeliver(f"这个办件{done}，不必再送达。")
    return [
        SignedFor(delivered),
        CaseDelivered(access=route.access(), method=delivered.method, delivered_on=delivered.on),
        CaseClosed(access=route.access(), result=route.status, closed_on=delivered.on, cycle=route.cycle),
    ]
