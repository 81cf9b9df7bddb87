"""What routing announces, on topic `bianmin.routing`."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from bianmin.events.parts import (
    Access,
    Delivery,
    Dept,
    EventData,
    Mode,
    Office,
    Opinion,
    OrgLevel,
    Part,
    StepKind,
)


class OfficeOf(Part):
    """An office as its org lists it."""

    dept: Dept
    name: str


class OrgChanged(EventData):
    """An org of the tree, or its offices, is now as told here. The subject is the org's code."""

    event_name: ClassVar = "org.changed"
    event_title: ClassVar = "机构已变更"
    producers: ClassVar = ("routing",)

    code: str
    name: str
    level: OrgLevel
    parent: str | None = None
    offices: tuple[OfficeOf, ...] = ()


class PlannedStep(Part):
    step_id: UUID
    seq: int
    kind: StepKind
    office: Office


class RoutePlanned(EventData):
    """The way of an accepted case is set: all steps, the last one decides. `lead` follows it to the delivery."""

    event_name: ClassVar = "route.planned"
    event_title: ClassVar = "已转交办理单位"
    producers: ClassVar = ("routing",)

    access: Access
    mode: Mode
    lead: Office
    steps: tuple[PlannedStep, ...]


class _Task(EventData):
    access: Access
    task_id: UUID
    seq: int
    kind: StepKind
    office: Office
    assignee: str | None = None


class TaskAssigned(_Task):
    """It is the office's turn."""

    event_name: ClassVar = "task.assigned"
    event_title: ClassVar = "等待签收"
    producers: ClassVar = ("routing",)


class TaskReceived(_Task):
    """Somebody at the office signed for it."""

    event_name: ClassVar = "task.received"
    event_title: ClassVar = "已签收"
    producers: ClassVar = ("routing",)


class TaskStarted(_Task):
    """Work on it began."""

    event_name: ClassVar = "task.started"
    event_title: ClassVar = "开始办理"
    producers: ClassVar = ("routing",)


class TaskCompleted(_Task):
    """The step is done, with an opinion."""

    event_name: ClassVar = "task.completed"
    event_title: ClassVar = "步骤完成"
    producers: ClassVar = ("routing",)

    opinion: Opinion


class TaskReturned(_Task):
    """Sent back to the step before."""

    event_name: ClassVar = "task.returned"
    event_title: ClassVar = "已退回"
    producers: ClassVar = ("routing",)


class CaseGranted(EventData):
    """Decided in the applicant's favour."""

    event_name: ClassVar = "case.granted"
    event_title: ClassVar = "准予"
    producers: ClassVar = ("routing",)

    access: Access
    decided_on: date


class CaseDenied(EventData):
    """Decided against the applicant, in writing, with reasons and remedies (行政许可法 art. 38(2))."""

    event_name: ClassVar = "case.denied"
    event_title: ClassVar = "不予许可"
    producers: ClassVar = ("routing",)

    access: Access
    decided_on: date
    reason_code: str


class CaseDelivered(EventData):
    """The result reached the applicant (行政许可法 art. 44)."""

    event_name: ClassVar = "case.delivered"
    event_title: ClassVar = "已送达"
    producers: ClassVar = ("routing",)

    access: Access
    method: Delivery
    delivered_on: date


class CaseClosed(EventData):
    """Nothing of the case is open any more."""

    event_name: ClassVar = "case.closed"
    event_title: ClassVar = "已办结"
    producers: ClassVar = ("routing",)

    access: Access
    result: Literal["granted", "denied", "withdrawn"]
    closed_on: date


class WithdrawalRejected(EventData):
    """The wish to withdraw came too late: it is decided already."""

    event_name: ClassVar = "case.withdrawal_rejected"
    event_title: ClassVar = "不能撤回"
    producers: ClassVar = ("routing",)

    access: Access
    reason_code: str
