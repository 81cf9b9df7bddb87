"""What routing announces, on topic `bianmin.routing`."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import (
    Access,
    Code,
    Delivery,
    Dept,
    EventData,
    Mode,
    Office,
    Opinion,
    OrgCode,
    OrgLevel,
    Part,
    StepKind,
)

StepNo = Annotated[int, Field(title="step number", ge=1)]
"""Place of a step in the route, from 1."""


class OfficeOf(Part):
    """An office as its org lists it."""

    dept: Dept
    name: str


class OrgChanged(EventData):
    """An org of the tree, or its offices, is now as told here: the whole of it, not the difference."""

    event_name: ClassVar = "org.changed"
    event_title: ClassVar = "机构已变更"
    event_subject: ClassVar = "org code"
    producers: ClassVar = ("routing",)

    code: OrgCode
    name: str
    level: OrgLevel
    parent: OrgCode | None = None
    offices: tuple[OfficeOf, ...] = ()


class PlannedStep(Part):
    """One office's turn on the way of a case."""

    step_id: UUID
    """The `task_id` of the step's task."""
    seq: StepNo
    kind: StepKind
    office: Office


class _Case(EventData):
    producers: ClassVar[tuple[str, ...]] = ("routing",)

    access: Access


class RoutePlanned(_Case):
    """The way of an accepted case is set: all steps, the last one decides."""

    event_name: ClassVar = "route.planned"
    event_title: ClassVar = "已转交办理单位"

    mode: Mode
    lead: Office
    """The lead window (主办窗口): it follows the case to the delivery."""
    steps: tuple[PlannedStep, ...]


class _Task(_Case):
    task_id: UUID
    seq: StepNo
    kind: StepKind
    office: Office
    assignee: str | None = None
    """The id of the staff member who has it."""


class TaskAssigned(_Task):
    """It is the office's turn."""

    event_name: ClassVar = "task.assigned"
    event_title: ClassVar = "等待签收"


class TaskReceived(_Task):
    """Somebody at the office signed for it."""

    event_name: ClassVar = "task.received"
    event_title: ClassVar = "已签收"


class TaskStarted(_Task):
    """Work on it began."""

    event_name: ClassVar = "task.started"
    event_title: ClassVar = "开始办理"


class TaskCompleted(_Task):
    """The step is done: `agree` or `disagree` at a review, `grant` or `deny` at the decision."""

    event_name: ClassVar = "task.completed"
    event_title: ClassVar = "步骤完成"

    opinion: Opinion


class TaskReturned(_Task):
    """Sent back to the step before."""

    event_name: ClassVar = "task.returned"
    event_title: ClassVar = "已退回"


class CaseGranted(_Case):
    """Decided in the applicant's favour (行政许可法 art. 38(1))."""

    event_name: ClassVar = "case.granted"
    event_title: ClassVar = "准予"

    decided_on: date


class CaseDenied(_Case):
    """Decided against the applicant, in writing, with reasons and remedies (行政许可法 art. 38(2))."""

    event_name: ClassVar = "case.denied"
    event_title: ClassVar = "不予许可"

    decided_on: date
    reason_code: Code


class CaseDelivered(_Case):
    """The result reached the applicant (行政许可法 art. 44)."""

    event_name: ClassVar = "case.delivered"
    event_title: ClassVar = "已送达"

    method: Delivery
    delivered_on: date


class CaseClosed(_Case):
    """Nothing of the case is open any more."""

    event_name: ClassVar = "case.closed"
    event_title: ClassVar = "已办结"

    result: Literal["granted", "denied", "withdrawn"]
    closed_on: date


class WithdrawalRejected(_Case):
    """The wish to withdraw came too late: it is decided already."""

    event_name: ClassVar = "case.withdrawal_rejected"
    event_title: ClassVar = "不能撤回"

    reason_code: Code
