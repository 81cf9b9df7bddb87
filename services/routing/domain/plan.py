"""Which offices a case has to pass, by its item's procedure. Division codes nest: an org above a desk is its prefix."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events.parts import Dept, ItemFacts, Level, StepKind
from bianmin.events.routing import PlannedStep, RoutePlanned, TaskAssigned
from bianmin.kit.refusals import Invalid
from services.routing.domain.facts import TasksMoved, evolve, told
from services.routing.domain.route import Route, Task, office_at, ref

_LENGTH: Mapping[Level, int] = {"province": 2, "city": 4, "county": 6, "center": 9, "station": 12, "point": 14}


class ProcedureUnknown(Invalid):
    slug, title = "procedure-unknown", "不支持的办理方式"


def steps(item: ItemFacts, desk: str, accepting_org: str, dept: Dept) -> Sequence[tuple[StepKind, Holder]]:
    """The steps of a case registered at `desk`, in order; the last one decides.

    direct and promised: the office of the item's level decides. report_up: the center reviews first, and hands on its
    opinion with all materials (行政许可法 art. 35); where it decides itself there is nobody to report to.
    """
    deciding = office_at(desk[: _LENGTH[item.decide_level]], dept)
    match item.mode:
        case "direct" | "promised":
            return [("decide", deciding)]
        case "report_up":
            reviewing = office_at(accepting_org, dept)
            return [("decide", deciding)] if reviewing == deciding else [("review", reviewing), ("decide", deciding)]
        case "joint" | "assist" | "agency":
            raise ProcedureUnknown("暂不支持这种办理方式。")


def opened(route: Route, task_ids: Sequence[UUID]) -> tuple[Task, ...]:
    """The steps of its way as tasks, behind those that it has; it is the first one's turn."""
    way = steps(route.item, route.org, route.accepting_org, route.dept)
    last = route.tasks[-1].place if route.tasks else 0
    return tuple(
        Task(task_id, last + n, n, kind, office, status="assigned" if n == 1 else "planned", cycle=route.cycle)
        for n, (task_id, (kind, office)) in enumerate(zip(task_ids, way, strict=False), 1)
    )


def planned(route: Route, tasks: tuple[Task, ...]) -> list[object]:
    """The route with these tasks, and what the others are told of it."""
    moved = TasksMoved(tasks)
    after = evolve(route, moved)
    told_all = RoutePlanned(
        access=after.access(),
        mode=route.item.mode,
        lead=ref(route.lead),
        steps=tuple(PlannedStep(step_id=t.id, seq=t.seq, kind=t.kind, office=ref(t.office)) for t in tasks),
    )
    return [moved, told_all, told(TaskAssigned, after, tasks[0])]
