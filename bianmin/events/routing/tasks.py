"""Events of routes and their tasks."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import Mode, Office, Opinion, Part, StepKind
from bianmin.events.routing.parts import CaseData, StepNo


class PlannedStep(Part):
    """One step of a route: an office reviews the case or decides it."""

    step_id: UUID
    """The `task_id` of the task of this step."""
    seq: StepNo
    kind: StepKind
    office: Office
    group: Annotated[int, Field(ge=1)] | None = None
    """The number that steps side by side have in common; null for a step that runs alone."""


class RoutePlanned(CaseData):
    """The route of an accepted case was planned: all steps in order. The last step decides."""

    event_name: ClassVar = "route.planned"
    event_title: ClassVar = "已转交办理单位"

    mode: Mode
    lead: Office
    """The lead window (主办窗口), which is responsible for the case until the delivery."""
    steps: tuple[PlannedStep, ...]


class RouteVoided(CaseData):
    """The route was voided because the acceptance it was planned for was corrected. No office has a task any more."""

    event_name: ClassVar = "route.voided"
    event_title: ClassVar = "办理路线作废"


class _Task(CaseData):
    task_id: UUID
    seq: StepNo
    kind: StepKind
    office: Office
    assignee: str | None = None
    """Staff id of the person who works on the task; null while nobody does."""


class TaskAssigned(_Task):
    """The task was assigned to its office, which has not signed for it yet."""

    event_name: ClassVar = "task.assigned"
    event_title: ClassVar = "等待签收"


class TaskReceived(_Task):
    """A staff member of the office signed for the task."""

    event_name: ClassVar = "task.received"
    event_title: ClassVar = "已签收"


class TaskStarted(_Task):
    """Work on the task started."""

    event_name: ClassVar = "task.started"
    event_title: ClassVar = "开始办理"


class TaskCompleted(_Task):
    """The step was completed: `agree` or `disagree` at a review, `grant` or `deny` at the decision."""

    event_name: ClassVar = "task.completed"
    event_title: ClassVar = "步骤完成"

    opinion: Opinion


class TaskReturned(_Task):
    """The task was returned to the step before it."""

    event_name: ClassVar = "task.returned"
    event_title: ClassVar = "已退回"
