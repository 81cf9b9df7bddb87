"""Conditions that several acts share: the route exists, the actor may see it, the case is in handling."""

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Conflict, NotFound
from services.routing.domain.route import Route


class RouteNotFound(NotFound):
    """There is no such route, or the actor may not see it."""

    slug, title = "route-not-found", "没有这个办件的办理路线"


class NotYetPlanned(NotFound):
    """Routing has not received the acceptance of the case yet; an event that needs the route waits for it."""

    slug, title = "not-yet-planned", "尚未受理"


class CaseNotOpen(Conflict):
    """The case is decided or withdrawn."""

    slug, title = "not-in-handling", "办件不在办理中"


def existing(route: Route | None) -> Route:
    """The route. Raises `NotYetPlanned` when there is none."""
    if route is None:
        raise NotYetPlanned("这个办件的办理路线还没有定。")
    return route


def visible(route: Route | None, actor: Actor) -> Route:
    """The route. Raises `RouteNotFound` when there is none or the actor may not see it."""
    if route is None or not sees(actor, route.reach):
        raise RouteNotFound("没有这个办件的办理路线；请核对编号，受理以后才有路线。")
    return route


def check_open(route: Route) -> None:
    """Check that the case is in handling. Raises `CaseNotOpen`."""
    if route.status != "open":
        raise CaseNotOpen("这个办件已经作出决定或撤回，期限不再计算；决定被撤销的，请先重新办理（reopen）。")
