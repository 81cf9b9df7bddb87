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
    ItemFacts,
    Mode,
    Office,
    Opinion,
    OrgCode,
    OrgLevel,
    Part,
    PeriodUnit,
    ProcedureKind,
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


Cycle = Annotated[int, Field(title="cycle", ge=1)]
"""How often the case was opened: a decision that was set aside opens it again."""


class RoutePlanned(_Case):
    """The way of an accepted case is set: all steps, the last one decides."""

    event_name: ClassVar = "route.planned"
    event_title: ClassVar = "已转交办理单位"

    mode: Mode
    lead: Office
    """The lead window (主办窗口): it follows the case to the delivery."""
    steps: tuple[PlannedStep, ...]


class RouteVoided(_Case):
    """The acceptance that it rested on was corrected: nobody has it before them any more."""

    event_name: ClassVar = "route.voided"
    event_title: ClassVar = "办理路线作废"


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
    awaits_delivery: bool = False
    """Whether the result has still to reach the applicant; what is decided on the spot is closed with it."""
    cycle: Cycle = 1


class CaseDenied(_Case):
    """Decided against the applicant, in writing, with reasons and remedies (行政许可法 art. 38(2))."""

    event_name: ClassVar = "case.denied"
    event_title: ClassVar = "不予许可"

    decided_on: date
    reason_code: Code
    awaits_delivery: bool = False
    """Whether the decision has still to reach the applicant."""
    cycle: Cycle = 1


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
    cycle: Cycle = 1


class CaseReopened(_Case):
    """Its decision was set aside: it is decided anew, in a new cycle with new periods. The old one stays as it was."""

    event_name: ClassVar = "case.reopened"
    event_title: ClassVar = "撤销原决定，重新办理"

    item: ItemFacts
    cycle: Annotated[int, Field(ge=2)]
    reopened_on: date


class _Procedure(_Case):
    procedure_id: UUID
    kind: ProcedureKind
    started_on: date
    """The first day that does not count."""


class ProcedureStarted(_Procedure):
    """A special procedure goes on, whose time does not count; the applicant is told how long it takes (行政许可法
    art. 45)."""

    event_name: ClassVar = "procedure.started"
    event_title: ClassVar = "特别程序开始"

    expected_days: Annotated[int, Field(ge=1)]
    """Working days."""


class ProcedureEnded(_Procedure):
    """It is over."""

    event_name: ClassVar = "procedure.ended"
    event_title: ClassVar = "特别程序结束"

    ended_on: date
    """The last day that does not count."""


class _Extension(_Case):
    extension_id: UUID
    days: Annotated[int, Field(ge=1)]
    unit: PeriodUnit
    """That of the statutory period."""


class ExtensionRequested(_Extension):
    """Who decides asks for more time, before the statutory period ends (行政许可法 art. 42)."""

    event_name: ClassVar = "extension.requested"
    event_title: ClassVar = "申请延长期限"

    requested_on: date


class ExtensionApproved(_Extension):
    """The head of the organ grants it, in joint handling the head of the government (行政许可法 art. 42); the applicant
    is told."""

    event_name: ClassVar = "extension.approved"
    event_title: ClassVar = "批准延长期限"

    approved_on: date


class ExtensionRejected(_Extension):
    """It is not granted."""

    event_name: ClassVar = "extension.rejected"
    event_title: ClassVar = "不批准延长期限"

    rejected_on: date


class WithdrawalRejected(_Case):
    """The wish to withdraw came too late: it is decided already."""

    event_name: ClassVar = "case.withdrawal_rejected"
    event_title: ClassVar = "不能撤回"

    reason_code: Code
