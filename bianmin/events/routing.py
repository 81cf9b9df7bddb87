"""The events of the routing service, on topic `bianmin.routing`."""

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
"""Position of a step in the route, from 1."""


class OfficeOf(Part):
    """An office in the list of its org."""

    dept: Dept
    name: str


class OrgChanged(EventData):
    """An org or its offices changed. The event holds the whole new state of the org, not the difference."""

    event_name: ClassVar = "org.changed"
    event_title: ClassVar = "机构已变更"
    event_subject: ClassVar = "org code"
    producers: ClassVar = ("routing",)

    code: OrgCode
    name: str
    level: OrgLevel
    parent: OrgCode | None = None
    offices: tuple[OfficeOf, ...] = ()


class StaffChanged(EventData):
    """A member of staff was added to the directory. The subject holds the staff id: the `sub` of their tokens."""

    event_name: ClassVar = "staff.changed"
    event_title: ClassVar = "工作人员已登记"
    event_subject: ClassVar = "staff/{staff id}"
    producers: ClassVar = ("routing",)

    org: OrgCode
    dept: Dept | None = None
    roles: tuple[Code, ...]
    """What the directory says that the member does; tokens say what the member may do."""


class PlannedStep(Part):
    """One step of a route: an office reviews the case or decides it."""

    step_id: UUID
    """The `task_id` of the task of this step."""
    seq: StepNo
    kind: StepKind
    office: Office


class _Case(EventData):
    producers: ClassVar[tuple[str, ...]] = ("routing",)

    access: Access


Cycle = Annotated[int, Field(title="cycle", ge=1)]
"""How many times the case was opened, from 1. Setting a decision aside reopens the case."""


class RoutePlanned(_Case):
    """The route of an accepted case was planned: all steps in order. The last step decides."""

    event_name: ClassVar = "route.planned"
    event_title: ClassVar = "已转交办理单位"

    mode: Mode
    lead: Office
    """The lead window (主办窗口), which is responsible for the case until the delivery."""
    steps: tuple[PlannedStep, ...]


class RouteVoided(_Case):
    """The route was voided because the acceptance it was planned for was corrected. No office has a task any more."""

    event_name: ClassVar = "route.voided"
    event_title: ClassVar = "办理路线作废"


class _Task(_Case):
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


class CaseGranted(_Case):
    """The case was granted (行政许可法 art. 38(1))."""

    event_name: ClassVar = "case.granted"
    event_title: ClassVar = "准予"

    decided_on: date
    awaits_delivery: bool = False
    """Whether the result must still be delivered. A case decided on the spot is closed at once."""
    cycle: Cycle = 1


class CaseDenied(_Case):
    """The case was denied, in writing, with reasons and remedies (行政许可法 art. 38(2))."""

    event_name: ClassVar = "case.denied"
    event_title: ClassVar = "不予许可"

    decided_on: date
    reason_code: Code
    awaits_delivery: bool = False
    """Whether the decision must still be delivered."""
    cycle: Cycle = 1


class CaseDelivered(_Case):
    """The result was delivered to the applicant (行政许可法 art. 44)."""

    event_name: ClassVar = "case.delivered"
    event_title: ClassVar = "已送达"

    method: Delivery
    delivered_on: date


class CaseClosed(_Case):
    """The case was closed: nothing is left to do."""

    event_name: ClassVar = "case.closed"
    event_title: ClassVar = "已办结"

    result: Literal["granted", "denied", "withdrawn"]
    closed_on: date
    cycle: Cycle = 1


class CaseReopened(_Case):
    """The decision was set aside. The case is decided again in a new cycle with new periods; the old cycle is
    unchanged."""

    event_name: ClassVar = "case.reopened"
    event_title: ClassVar = "撤销原决定，重新办理"

    item: ItemFacts
    cycle: Annotated[int, Field(ge=2)]
    reopened_on: date


class _Procedure(_Case):
    procedure_id: UUID
    kind: ProcedureKind
    started_on: date
    """The first day that is not counted."""


class ProcedureStarted(_Procedure):
    """A special procedure started. Its time is not counted; the applicant is told how long it takes (行政许可法 art.
    45)."""

    event_name: ClassVar = "procedure.started"
    event_title: ClassVar = "特别程序开始"

    expected_days: Annotated[int, Field(ge=1)]
    """Expected length in working days."""


class ProcedureEnded(_Procedure):
    """The special procedure ended."""

    event_name: ClassVar = "procedure.ended"
    event_title: ClassVar = "特别程序结束"

    ended_on: date
    """The last day that is not counted."""


class _Extension(_Case):
    extension_id: UUID
    days: Annotated[int, Field(ge=1)]
    unit: PeriodUnit
    """The unit of the statutory period."""


class ExtensionRequested(_Extension):
    """The deciding office asked for an extension, before the end of the statutory period (行政许可法 art. 42)."""

    event_name: ClassVar = "extension.requested"
    event_title: ClassVar = "申请延长期限"

    requested_on: date


class ExtensionApproved(_Extension):
    """The head of the organ approved the extension; in joint handling the head of the government does (行政许可法
    art. 42). The applicant is told."""

    event_name: ClassVar = "extension.approved"
    event_title: ClassVar = "批准延长期限"

    approved_on: date


class ExtensionRejected(_Extension):
    """The extension was rejected."""

    event_name: ClassVar = "extension.rejected"
    event_title: ClassVar = "不批准延长期限"

    rejected_on: date


class WithdrawalRejected(_Case):
    """The request to withdraw was rejected: the case is already decided."""

    event_name: ClassVar = "case.withdrawal_rejected"
    event_title: ClassVar = "不能撤回"

    reason_code: Code
