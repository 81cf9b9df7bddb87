"""The events about tasks."""

from typing import TypeVar

from bianmin.events.parts import Opinion, StepKind
from bianmin.events.routing import TaskAssigned, TaskCompleted, TaskReceived, TaskReturned, TaskStarted
from services.routing.domain.offices import office_in_event
from services.routing.domain.route import Route
from services.routing.domain.task import Task

T = TypeVar("T", TaskAssigned, TaskReceived, TaskStarted, TaskReturned)


def task_event(event: type[T], route: Route, task: Task) -> T:
    """The event about a task of a review or decision. `route` is the route after the decision."""
    return event(
        access=route.access(),
        task_id=task.id,
        seq=task.seq,
        kind=step_kind(task),
        office=office_in_event(task.office),
        assignee=task.assignee,
    )


def task_completed(route: Route, task: Task, opinion: Opinion) -> TaskCompleted:
    """The event that a task was completed. `route` is the route after the decision."""
    return TaskCompleted(
        access=route.access(),
        task_id=task.id,
        seq=task.seq,
        kind=step_kind(task),
        office=office_in_event(task.office),
        assignee=task.assignee,
        opinion=opinion,
    )


def step_kind(task: Task) -> StepKind:
    """The kind of a task that reviews or decides. A task that assists has events of its own."""
    assert task.kind != "assist"
    return task.kind
