"""Views of tasks: in a list, after a command, as steps of a route."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, AliasPath, BeforeValidator, ConfigDict, Field

from bianmin.events.parts import ItemFacts, Mode, Opinion, StepKind, TaskStatus
from services.routing import texts
from services.routing.api.sealing import OpenedNote
from services.routing.api.views.state_view import StateView, attributes_of
from services.routing.domain.route import Route
from services.routing.domain.task import Task


def _remedies_against(opinion: Any) -> str | None:
    return texts.REMEDIES if opinion == "deny" else None


class OfficeRef(StateView):
    """An office by its org and line; a station is its own office and has no line."""

    org: str
    dept: str | None


class TaskHeadView(StateView):
    """The fields that a task and a step of a route share. `group` numbers steps that run side by side; none do yet."""

    id: UUID
    seq: int
    group: int | None = None
    cycle: int
    kind: StepKind
    office: OfficeRef
    status: TaskStatus
    assignee: str | None
    received_at: datetime | None
    done_at: datetime | None
    opinion: Opinion | None
    reason_code: str | None
    legal_basis: str | None
    remedies: Annotated[str | None, BeforeValidator(_remedies_against)] = Field(
        validation_alias=AliasChoices(AliasPath("task", "opinion"), "opinion")
    )


class RouteItemView(StateView):
    """The item of a case, in the version in which the case was accepted."""

    org: str
    code: str
    version: int
    name: str


@dataclass(frozen=True, slots=True)
class _TaskInRoute:
    task: Task
    case_no: str
    item: ItemFacts


class TaskView(TaskHeadView):
    """A task for the office that works on it. The notes of other offices are in the route."""

    model_config = ConfigDict(alias_generator=attributes_of("task"))

    case_id: UUID
    case_no: str
    item: RouteItemView
    mode: Mode = Field(validation_alias=AliasPath("item", "mode"))

    @classmethod
    def in_route(cls, route: Route, task_id: UUID) -> Self:
        """The view of one task of a route."""
        return cls.model_validate(_TaskInRoute(route.task(task_id), route.case_no, route.item))


class ListedTaskView(TaskView):
    """A task in a list. `updated_at` orders the change feed."""

    updated_at: datetime = Field(validation_alias="changed_at")


class StepView(TaskHeadView):
    """A step of a route. `note` holds the grounds of its opinion, or why its office returned the case."""

    note: OpenedNote
