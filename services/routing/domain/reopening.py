"""A case is taken up anew after its decision was set aside; or was never accepted after all."""

from collections.abc import Sequence
from dataclasses import replace

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.routing import CaseReopened, RouteVoided
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import CycleBegun, ExtensionKept, Voided, cancelled, evolve
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.plan import opened, planned
from services.routing.domain.route import Outcome, ReopenCase, Route, VoidRoute
from services.routing.domain.time import end_what_goes_on


class NotDecided(Conflict):
    slug, title = "not-decided", "还没有作出决定"


class DecidedMeanwhile(Conflict):
    slug, title = "decided-meanwhile", "已经作出决定"


def reopen(route: Route, command: ReopenCase) -> Sequence[object]:
    """A new cycle: the same way once more, with new steps. The old one stays as it was."""
    if not _may_reopen(command.by.actor, route):
        raise NotTheOffice("重新办理由作出决定的单位的负责人，或上级督查（supervisor）人员办理。")
    if route.status not in ("granted", "denied"):
        raise NotDecided("只有已经作出决定的办件，在决定被撤销后才能重新办理；这个办件没有需要撤销的决定。")
    ended = Outcome(route.cycle, route.status, route.decided_on, route.delivered, route.closed_on, command.reason)
    begun = CycleBegun(ended)
    again = evolve(route, begun)
    tasks = opened(again, command.task_ids)
    return [
        begun,
        CaseReopened(access=again.access(), item=route.item, cycle=again.cycle, reopened_on=command.today),
        *planned(again, tasks),
    ]


def void(route: Route, command: VoidRoute) -> Sequence[object]:
    """Nobody has it before them any more, unless it was decided meanwhile. Nor is any more time that was given."""
    if route.status != "open":
        raise DecidedMeanwhile("这个办件已经作出决定。")
    undone = cancelled(route)
    after = evolve(route, undone)
    given = [ExtensionKept(replace(one, status="lapsed")) for one in route.extensions if one.status == "approved"]
    return [undone, *end_what_goes_on(after, command.today), *given, Voided(), RouteVoided(access=after.access())]


def _may_reopen(actor: Actor, route: Route) -> bool:
    if actor.may("supervisor") and actor.covers(route.deciding.org) and sees(actor, route.reach):
        return True
    return actor.may("manager") and actor.org == route.deciding.org and actor.dept in (None, route.deciding.dept)
