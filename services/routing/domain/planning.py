"""Plan the route of an accepted case: the offices that have to act, by the mode of its item.

Division codes nest: an org above a desk is a prefix of the desk's code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.domain.divisions import LENGTHS, at_level
from bianmin.events.parts import Access, Dept, ItemFacts, TaskKind
from bianmin.events.routing import AssistanceAssigned, PlannedStep, RoutePlanned, TaskAssigned
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import Fact, RouteOpened, TasksChanged, evolve
from services.routing.domain.offices import office_at, office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import Task
from services.routing.domain.task_events import step_kind, task_event


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Plan the route of an accepted case. `task_ids` are the ids of its steps; more than needed are left unused."""

    case_id: UUID
    case_no: str
    item: ItemFacts
    access: Access
    task_ids: Sequence[UUID]
    today: date
    by: Cause


class PlannedAlready(Conflict):
    """The case has a route."""

    slug, title = "planned-already", "办理路线已定"


MOST_STEPS = 18
"""No route has more: joint handling by an office of every department, and the decision."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a route as its mode demands it. Steps of one `group` run side by side."""

    kind: TaskKind
    office: Holder
    group: int | None = None


def plan(route: Route | None, command: PlanRoute) -> Sequence[Fact]:
    """Open and plan the route of an accepted case; plan a void route again.

    Raises `PlannedAlready`.
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
    return [*opening, *plan_cycle(route, command.task_ids, command.today)]


def plan_cycle(route: Route, task_ids: Sequence[UUID], today: date) -> Sequence[Fact]:
    """Add the tasks of the route's present cycle and assign those whose turn it is."""
    tasks = _tasks(route, task_ids, today)
    changed = TasksChanged(tasks)
    after = evolve(route, changed)
    return [changed, *_announced(after, tasks)]


def _announced(route: Route, tasks: Sequence[Task]) -> Sequence[Fact]:
    """The events that announce a plan. `route` is the route with its new `tasks`."""
    first = tasks[0]
    if first.kind == "assist":
        return [AssistanceAssigned(access=route.access(), task_id=first.id, office=office_in_event(first.office))]
    planned = RoutePlanned(
        access=route.access(),
        mode=route.item.mode,
        lead=office_in_event(route.lead),
        steps=tuple(
            PlannedStep(
                step_id=task.id,
                seq=task.seq,
                kind=step_kind(task),
                office=office_in_event(task.office),
                group=task.group,
            )
            for task in tasks
        ),
    )
    return [planned, *(task_event(TaskAssigned, route, task) for task in tasks if task.status == "assigned")]


def _tasks(route: Route, task_ids: Sequence[UUID], today: date) -> tuple[Task, ...]:
    steps = steps_of(route.item, route.org, route.accepting_org, route.dept)
    last = route.tasks[-1].place if route.tasks else 0
    return tuple(
        Task(
            id=task_id,
            case_id=route.case_id,
            place=last + seq,
            seq=seq,
            kind=step.kind,
            office=step.office,
            status="assigned" if seq == 1 or step.group == 1 else "planned",
            cycle=route.cycle,
            group=step.group,
            assigned_on=today if seq == 1 or step.group == 1 else None,
        )
        for seq, (task_id, step) in enumerate(zip(task_ids, steps, strict=False), 1)
    )


def most_steps_of(item: ItemFacts) -> int:
    """How many steps a route of this item has at most."""
    return max(3, len(item.co_handlers) + 1)


def steps_of(item: ItemFacts, desk: str, accepting_org: str, dept: Dept) -> Sequence[Step]:
    """The steps of a case registered at `desk`, in order; the last one decides.

    - direct, promised, agency: the office at the item's level decides.
    - report_up: the center reviews first and passes on its opinion with all materials (行政许可法 art. 35), unless the
      center itself decides.
    - joint: each co-handler reviews at the item's level, side by side; then the lead decides (art. 26(2)).
    - assist: the desk helps; nobody of ours decides.
    - a dispute: the desk mediates, then the township, then the county; each only where the one before has failed.
    """
    if item.dispute:
        return [Step("decide", office) for office in _mediating_offices(desk, dept)]
    deciding = office_at(at_level(desk, item.decide_level), dept)
    match item.mode:
        case "assist":
            return [Step("assist", Holder(desk))]
        case "joint":
            org = at_level(desk, item.decide_level)
            reviews = [Step("review", office_at(org, each.dept), group=1) for each in item.co_handlers]
            lead = next((each.dept for each in item.co_handlers if each.lead), dept)
            return [*reviews, Step("decide", office_at(org, lead))]
        case "report_up" if (reviewing := office_at(accepting_org, dept)) != deciding:
            return [Step("review", reviewing), Step("decide", deciding)]
        case "direct" | "promised" | "agency" | "report_up":
            return [Step("decide", deciding)]
    assert_never(item.mode)


def _mediating_offices(desk: str, dept: Dept) -> Sequence[Holder]:
    """The offices that mediate one after the other: the desk itself, then township and county above it."""
    above = (desk[: LENGTHS[level]] for level in ("township", "county"))
    orgs = dict.fromkeys([desk, *(org for org in above if len(org) < len(desk))])
    return [office_at(org, dept) for org in orgs]
