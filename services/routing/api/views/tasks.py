"""Views of tasks: in a list, after a command, as steps of a route."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.events.parts import Mode, Opinion, StepKind, TaskStatus
from services.routing import texts
from services.routing.api.sealing import OpenedNote
from services.routing.api.views.state_view import StateView, attributes
from services.routing.domain.route import Route
from services.routing.store.queries.tasks import ListedTask


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
    remedies: Annotated[str | None, BeforeValidator(_remedies_against)] = Field(validation_alias=AliasPath("opinion"))


class RouteItemView(StateView):
    """The item of a case, in the version in which the case was accepted."""

    org: str
    code: str
    version: int
    name: str


class TaskView(TaskHeadView):
    """A task for the office that works on it. The notes of other offices are in the route."""

    case_id: UUID
    case_no: str
    item: RouteItemView
    mode: Mode

    @classmethod
    def in_route(cls, route: Route, task_id: UUID) -> Self:
        """The view of one task of a route."""
        item = route.item
        case = {"case_no": route.case_no, "item": item, "mode": item.mode}
        return cls.model_validate(attributes(route.task(task_id)) | case)


class ListedTaskView(TaskView):
    """A task in a list. `updated_at` orders the change feed."""

    updated_at: datetime

    @classmethod
    def of(cls, listed: ListedTask) -> Self:
        """The view of a task in a list."""
        item = listed.item
        case = {"case_no": listed.case_no, "item": item, "mode": item.mode, "updated_at": listed.changed_at}
        return cls.model_validate(attributes(listed.task) | case)


class StepView(TaskHeadView):
    """A step of a route. `note` holds the grounds of its opinion, or why its office returned the case."""

    note: OpenedNote
