"""What happens to a route: the facts that only move it, and what the other services are told."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bianmin.events.intake import CaseWithdrawn
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted, RoutePlanned
from services.routing.domain.route import (
    OPEN,
    Delivered,
    Extension,
    LegalEnd,
    Outcome,
    Procedure,
    Route,
    Task,
    ref,
)


@dataclass(frozen=True, slots=True)
class Opened:
    route: Route


@dataclass(frozen=True, slots=True)
class TasksMoved:
    """Tasks as they are now; those that are new stand behind the others."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class SignedFor:
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class ProcedureKept:
    """A special procedure as it begins, and as it ends."""

    procedure: Procedure


@dataclass(frozen=True, slots=True)
class ExtensionKept:
    """A request for more time as it is made, and as it is answered."""

    extension: Extension


@dataclass(frozen=True, slots=True)
class LegalEndKept:
    legal_end: LegalEnd


@dataclass(frozen=True, slots=True)
class CycleBegun:
    """`ended`: how the one before did."""

    ended: Outcome


@dataclass(frozen=True, slots=True)
class Voided:
    pass


def evolve(route: Route | None, fact: Any) -> Route:
    """The route after a fact. Facts about tasks only tell what `TasksMoved` did."""
    if isinstance(fact, Opened):
        return fact.route
    assert route is not None
    match fact:
        case TasksMoved(tasks):
            return replace(route, tasks=_with(route.tasks, tasks), version=route.version + 1)
        case ProcedureKept(procedure):
            return replace(route, procedures=_put(route.procedures, procedure), version=route.version + 1)
        case ExtensionKept(extension):
            return replace(route, extensions=_put(route.extensions, extension), version=route.version + 1)
        case LegalEndKept(legal_end):
            return replace(route, legal_end=legal_end)
        case CycleBegun(ended):
            return replace(
                route,
                cycle=route.cycle + 1,
                past=(*route.past, ended),
                status="open",
                decided_on=None,
                delivered=None,
                closed_on=None,
                legal_end=None,
                version=route.version + 1,
            )
        case Voided():
            return replace(route, status="void", legal_end=None, version=route.version + 1)
        case RoutePlanned():
            return replace(route, status="open")
        case SignedFor(delivered):
            return replace(route, delivered=delivered, version=route.version + 1)
        case CaseGranted(decided_on=day):
            return replace(route, status="granted", decided_on=day)
        case CaseDenied(decided_on=day):
            return replace(route, status="denied", decided_on=day)
        case CaseWithdrawn():
            return replace(route, status="withdrawn")
        case CaseClosed(closed_on=day):
            return replace(route, closed_on=day)
    return route


def cancelled(route: Route) -> TasksMoved:
    """Whatever was still to be done is not any more."""
    undone = (task for task in route.tasks if task.status in OPEN or task.status == "planned")
    return TasksMoved(tuple(replace(task, status="cancelled") for task in undone))


def _put(known: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """With the one that has its id replaced, or added."""
    now = {each.id: each for each in known}
    now[one.id] = one
    return tuple(now.values())


def _with(tasks: tuple[Task, ...], moved: tuple[Task, ...]) -> tuple[Task, ...]:
    now: dict[UUID, Task] = {task.id: task for task in tasks}
    now.update((task.id, task) for task in moved)
    return tuple(now.values())


def told(model: Any, route: Route, task: Task, **more: Any) -> object:
    """An event about a task; `route` is as it stands after the decision."""
    return model(
        access=route.access(),
        task_id=task.id,
        seq=task.seq,
        kind=task.kind,
        office=ref(task.office),
        assignee=task.assignee,
        **more,
    )
