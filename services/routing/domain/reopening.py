"""Reopen a case whose decision was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.routing import CaseReopened
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import Fact, RouteReopened, evolve
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.planning import plan_cycle
from services.routing.domain.route import PastCycle, Route


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Handle the case again. `reason` and legal basis are encrypted together; `task_ids` are for its new steps."""

    case_id: UUID
    reason: bytes
    today: date
    task_ids: Sequence[UUID]
    by: Cause


class NotDecided(Conflict):
    """There is no decision that could have been set aside."""

    slug, title = "not-decided", "还没有作出决定"


def reopen(route: Route, command: ReopenCase) -> Sequence[Fact]:
    """Start a new cycle with the same steps; the ended cycle is kept.

    A manager of the deciding office, or a supervisor above it, reopens. Raises `NotTheOffice` or `NotDecided`.
    """
    if not _may_reopen(command.by.actor, route):
        raise NotTheOffice("重新办理由作出决定的单位的负责人，或上级督查（supervisor）人员办理。")
    if route.status not in ("granted", "denied"):
        raise NotDecided("只有已经作出决定的办件，在决定被撤销后才能重新办理；这个办件没有需要撤销的决定。")
    ended = PastCycle(
        route.cycle, route.status, route.decided_on, route.delivered, route.closed_on, command.reason, route.reply
    )
    reopened = RouteReopened(ended)
    after = evolve(route, reopened)
    return [
        reopened,
        CaseReopened(access=after.access(), item=route.item, cycle=after.cycle, reopened_on=command.today),
        *plan_cycle(after, command.task_ids, command.today),
    ]


def _may_reopen(actor: Actor, route: Route) -> bool:
    office = route.deciding_office
    if actor.may("supervisor") and actor.covers(office.org) and sees(actor, route.reach):
        return True
    return actor.may("manager") and actor.org == office.org and actor.dept in (None, office.dept)
