"""Plan the route of an accepted case: the offices that have to act, by the mode of its item.

Division codes nest: an org above a desk is a prefix of the desk's code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.domain.divisions import at_level
from bianmin.events.parts import Access, Dept, ItemFacts, StepKind
from bianmin.events.routing import PlannedStep, RoutePlanned, TaskAssigned
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Invalid
from services.routing.domain.facts import Fact, RouteOpened, TasksChanged, evolve, task_event
from services.routing.domain.offices import office_at, office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import Task


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Plan the route of an accepted case. `task_ids` are the ids of its steps; more than needed are left unused."""

    case_id: UUID
    case_no: str
    item: ItemFacts
    access: Access
    task_ids: tuple[UUID, UUID]
    by: Cause


class PlannedAlready(Conflict):
    """The case has a route."""

    slug, title = "planned-already", "办理路线已定"


class ProcedureUnknown(Invalid):
    """Routing cannot plan this mode of handling yet."""

    slug, title = "procedure-unknown", "不支持的办理方式"


def plan(route: Route | None, command: PlanRoute) -> Sequence[Fact]:
    """Open and plan the route of an accepted case; plan a void route again.

    Raises `PlannedAlready` or `ProcedureUnknown`.
    """
    if route is not None and route.status != "void":
        raise PlannedAlready("这个办件的办理路线已经定了。")
    opening: list[Fact] = []
    if route is None:
        access = command.access
        route = Route(
            case_id=command.case_id,
            case_no=command.case_no,
            item=command.item,
            org=access.org,
            accepting_org=access.accepting_org,
            dept=access.dept,
            tasks=(),
        )
        opening.append(RouteOpened(route))
    return [*opening, *plan_cycle(route, command.task_ids)]


def plan_cycle(route: Route, task_ids: Sequence[UUID]) -> Sequence[Fact]:
    """Add the tasks of the route's present cycle and assign the first of them. Raises `ProcedureUnknown`."""
    tasks = _tasks(route, task_ids)
    changed = TasksChanged(tasks)
    after = evolve(route, changed)
    planned = RoutePlanned(
        access=after.access(),
        mode=route.item.mode,
        lead=office_in_event(route.lead),
        steps=tuple(
            PlannedStep(step_id=task.id, seq=task.seq, kind=task.kind, office=office_in_event(task.office))
            for task in tasks
        ),
    )
    return [changed, planned, task_event(TaskAssigned, after, tasks[0])]


def _tasks(route: Route, task_ids: Sequence[UUID]) -> tuple[Task, ...]:
    steps = _steps(route.item, route.org, route.accepting_org, route.dept)
    last = route.tasks[-1].place if route.tasks else 0
    return tuple(
        Task(
            id=task_id,
            case_id=route.case_id,
            place=last + seq,
            seq=seq,
            kind=kind,
            office=office,
            status="assigned" if seq == 1 else "planned",
            cycle=route.cycle,
        )
        for seq, (task_id, (kind, office)) in enumerate(zip(task_ids, steps, strict=False), 1)
    )


def _steps(item: ItemFacts, desk: str, accepting_org: str, dept: Dept) -> Sequence[tuple[StepKind, Holder]]:
    """The steps of a case registered at `desk`, in order; the last one decides.

    direct and promised: the office at the item's level decides. report_up: the center reviews first and passes on its
    opinion with all materials (行政许可法 art. 35), unless the center itself decides.
    """
    deciding = office_at(at_level(desk, item.decide_level), dept)
    match item.mode:
        case "direct" | "promised":
            return [("decide", deciding)]
        case "report_up":
            reviewing = office_at(accepting_org, dept)
            return [("decide", deciding)] if reviewing == deciding else [("review", reviewing), ("decide", deciding)]
        case "joint" | "assist" | "agency":
            raise ProcedureUnknown("暂不支持这种办理方式。")
