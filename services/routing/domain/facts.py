"""What happens to a route: the facts that only move it, and what the other services are told."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bianmin.events.intake import CaseWithdrawn
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted
from services.routing.domain.route import Delivered, Route, Task, ref


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


def evolve(route: Route | None, fact: Any) -> Route:
    """The route after a fact. Facts about tasks only tell what `TasksMoved` did."""
    if isinstance(fact, Opened):
        return replace(fact.route, version=1)
    assert route is not None
    match fact:
        case TasksMoved(tasks):
            return replace(route, tasks=_with(route.tasks, tasks), version=route.version + 1)
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
