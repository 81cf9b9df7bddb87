"""Void a route whose acceptance was corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.events.routing import RouteVoided
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.ending import cancel_tasks, end_procedures_and_requests
from services.routing.domain.facts import ExtensionChanged, Fact, RouteMarkedVoid, evolve
from services.routing.domain.route import Route


@dataclass(frozen=True, slots=True)
class VoidRoute:
    """The acceptance was corrected: the applicant still has to supplement materials."""

    case_id: UUID
    today: date
    by: Cause


class DecidedMeanwhile(Conflict):
    """The case is decided or withdrawn, so a corrected acceptance changes nothing."""

    slug, title = "decided-meanwhile", "已经作出决定"


def void(route: Route, command: VoidRoute) -> Sequence[Fact]:
    """Cancel the tasks, end special procedures and let extensions lapse, also approved ones.

    Raises `DecidedMeanwhile` when the case is not in handling any more.
    """
    if route.status != "open":
        raise DecidedMeanwhile("这个办件已经作出决定。")
    cancelled = cancel_tasks(route)
    after = evolve(route, cancelled)
    lapsed = [
        ExtensionChanged(replace(extension, status="lapsed"))
        for extension in route.extensions
        if extension.status == "approved"
    ]
    ended = end_procedures_and_requests(after, command.today)
    return [cancelled, *ended, *lapsed, RouteMarkedVoid(), RouteVoided(access=after.access())]
