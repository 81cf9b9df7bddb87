"""What routing shows of cases: their routes and tasks, procedures and extensions."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import (
    Delivery,
    ItemFacts,
    Mode,
    Opinion,
    PeriodUnit,
    ProcedureKind,
    StepKind,
    TaskStatus,
)
from bianmin.kit.bodies import View
from services.routing import texts
from services.routing.domain.route import Extension, ExtensionStatus, Outcome, Procedure, Route, RouteStatus, Task
from services.routing.store.views import ListedExtension, ListedTask

OpenedReason = Callable[[UUID, bytes], str]
"""Opens what was sealed as a reason of this id."""


class OfficeRef(View):
    """An office by its org and line; a station is its own office and has no line."""

    org: str
    dept: str | None

    @classmethod
    def of(cls, office: Holder) -> Self:
        return cls(org=office.org, dept=office.dept)


class Step(View):
    """What a task and a step of a route share. `group`: steps of one group run side by side; none does so far."""

    id: UUID
    seq: int
    group: int | None
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
    remedies: str | None


def _step(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "seq": task.seq,
        "group": None,
        "cycle": task.cycle,
        "kind": task.kind,
        "office": OfficeRef.of(task.office),
        "status": task.status,
        "assignee": task.assignee,
        "received_at": task.received_at,
        "done_at": task.done_at,
        "opinion": task.opinion,
        "reason_code": task.reason_code,
        "legal_basis": task.legal_basis,
        "remedies": texts.REMEDIES if task.opinion == "deny" else None,
    }


class ItemRef(View):
    org: str
    code: str
    version: int
    name: str

    @classmethod
    def of(cls, item: ItemFacts) -> Self:
        return cls(org=item.org, code=item.code, version=item.version, name=item.name)


class TaskView(Step):
    """A task as a desk works on it. What offices wrote to each other is in the route."""

    case_id: UUID
    case_no: str
    item: ItemRef
    mode: Mode

    @classmethod
    def in_route(cls, route: Route, task_id: UUID) -> Self:
        task = route.task(task_id)
        item = route.item
        return cls(**_step(task), case_id=route.case_id, case_no=route.case_no, item=ItemRef.of(item), mode=item.mode)


class ListedTaskView(TaskView):
    updated_at: datetime

    @classmethod
    def of(cls, listed: ListedTask) -> Self:
        return cls(
            **_step(listed.task),
            case_id=listed.case_id,
            case_no=listed.case_no,
            item=ItemRef.of(listed.item),
            mode=listed.item.mode,
            updated_at=listed.changed_at,
        )


class StepView(Step):
    """A step of a route. `note` is what its office wrote: the grounds of its opinion, or why it sent the case back."""

    note: str | None


class DeliveredView(View):
    """`signed_by` is masked."""

    method: Delivery
    delivered_on: date
    signed_by: str | None


class Held(View):
    """Who has a material, since when, and who signed for it."""

    material_no: int
    holder: OfficeRef
    since: datetime
    signed_by: str | None


class ProcedureView(View):
    """A special procedure: from `started_on` to `ended_on`, both included, time does not count (行政许可法 art. 45)."""

    id: UUID
    case_id: UUID
    kind: ProcedureKind
    name: str
    expected_days: int
    started_on: date
    ended_on: date | None

    @classmethod
    def of(cls, route: Route, procedure: Procedure) -> Self:
        return cls(
            id=procedure.id,
            case_id=route.case_id,
            kind=procedure.kind,
            name=PROCEDURES[procedure.kind],
            expected_days=procedure.expected_days,
            started_on=procedure.started_on,
            ended_on=procedure.ended_on,
        )

    @classmethod
    def in_route(cls, route: Route, id: UUID) -> Self:
        return cls.of(route, next(one for one in route.procedures if one.id == id))


class ReasonedProcedureView(ProcedureView):
    """`reason`: why it is needed, as the office wrote it."""

    reason: str

    @classmethod
    def read(cls, route: Route, procedure: Procedure, opened: OpenedReason) -> Self:
        reason = opened(procedure.id, procedure.reason)
        return cls(**ProcedureView.of(route, procedure).model_dump(), reason=reason)


class ExtensionView(View):
    """More time that was asked for: `days` in the `unit` of the statutory period (行政许可法 art. 42).

    `lapsed`: the handling ended before anybody answered, or its acceptance was corrected. Of `cycle` of the case alone.
    """

    id: UUID
    case_id: UUID
    cycle: int
    days: int
    unit: PeriodUnit
    status: ExtensionStatus
    requested_on: date
    requested_by: str
    answered_on: date | None
    answered_by: str | None

    @classmethod
    def in_route(cls, route: Route, id: UUID) -> Self:
        extension = next(one for one in route.extensions if one.id == id)
        return cls(**_extension(route.case_id, extension))


def _extension(case_id: UUID, extension: Extension) -> dict[str, Any]:
    return {
        "id": extension.id,
        "case_id": case_id,
        "cycle": extension.cycle,
        "days": extension.days,
        "unit": extension.unit,
        "status": extension.status,
        "requested_on": extension.requested_on,
        "requested_by": extension.requested_by,
        "answered_on": extension.answered_on,
        "answered_by": extension.answered_by,
    }


class ReasonedExtensionView(ExtensionView):
    """`reason`: why it was asked for; `answer`: what was said to it."""

    reason: str
    answer: str | None

    @classmethod
    def read(cls, case_id: UUID, extension: Extension, opened: OpenedReason) -> Self:
        return cls(**_extension(case_id, extension), **_opened_texts(extension, opened))


def _opened_texts(extension: Extension, opened: OpenedReason) -> dict[str, Any]:
    answer = extension.answer and opened(extension.id, extension.answer)
    return {"reason": opened(extension.id, extension.reason), "answer": answer}


class ListedExtensionView(ReasonedExtensionView):
    """`office`: who is to decide the case."""

    case_no: str
    office: OfficeRef

    @classmethod
    def of(cls, listed: ListedExtension, opened: OpenedReason) -> Self:
        extension = listed.extension
        return cls(
            **_extension(listed.case_id, extension),
            **_opened_texts(extension, opened),
            case_no=listed.case_no,
            office=OfficeRef.of(listed.office),
        )


class OutcomeView(View):
    """How a cycle ended whose decision was set aside."""

    cycle: int
    status: RouteStatus
    decided_on: date | None
    delivered_on: date | None
    closed_on: date | None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        delivered = outcome.delivered
        return cls(
            cycle=outcome.cycle,
            status=outcome.status,
            decided_on=outcome.decided_on,
            delivered_on=delivered and delivered.on,
            closed_on=outcome.closed_on,
        )


class ReasonedOutcomeView(OutcomeView):
    """`reason`: why the decision was set aside, and on what basis."""

    reason: str

    @classmethod
    def read(cls, case_id: UUID, outcome: Outcome, opened: OpenedReason) -> Self:
        return cls(**OutcomeView.of(outcome).model_dump(), reason=opened(case_id, outcome.reason))


class ReopenedView(View):
    """A case that is handled anew."""

    case_id: UUID
    case_no: str
    cycle: int
    status: RouteStatus
    past: list[OutcomeView]

    @classmethod
    def of(cls, route: Route) -> Self:
        return cls(
            case_id=route.case_id,
            case_no=route.case_no,
            cycle=route.cycle,
            status=route.status,
            past=[OutcomeView.of(one) for one in route.past],
        )


class RouteView(View):
    """The way of a case, from its acceptance to its end, in the order in which it went.

    Who may see it reads what its offices wrote to each other; answers to what a desk does leave that out.
    """

    case_id: UUID
    case_no: str
    mode: Mode
    status: RouteStatus
    lead: OfficeRef
    steps: list[StepView]
    custody: list[Held]
    procedures: list[ReasonedProcedureView]
    extensions: list[ReasonedExtensionView]
    cycle: int
    past: list[ReasonedOutcomeView]
    decided_on: date | None
    delivered: DeliveredView | None
    closed_on: date | None

    @classmethod
    def of(cls, route: Route, notes: Sequence[str | None], opened: OpenedReason, signed_by: str | None) -> Self:
        """`notes`: of each task, opened; `signed_by`: masked."""
        delivered = route.delivered
        return cls(
            case_id=route.case_id,
            case_no=route.case_no,
            mode=route.item.mode,
            status=route.status,
            lead=OfficeRef.of(route.lead),
            steps=[StepView(**_step(task), note=note) for task, note in zip(route.tasks, notes, strict=True)],
            custody=[],
            procedures=[ReasonedProcedureView.read(route, one, opened) for one in route.procedures],
            extensions=[ReasonedExtensionView.read(route.case_id, one, opened) for one in route.extensions],
            cycle=route.cycle,
            past=[ReasonedOutcomeView.read(route.case_id, one, opened) for one in route.past],
            decided_on=route.decided_on,
            delivered=delivered
            and DeliveredView(method=delivered.method, delivered_on=delivered.on, signed_by=signed_by),
            closed_on=route.closed_on,
        )


class DeliveryView(View):
    """What a delivery did."""

    case_id: UUID
    case_no: str
    status: RouteStatus
    method: Delivery
    delivered_on: date
    closed_on: date

    @classmethod
    def of(cls, route: Route) -> Self:
        assert route.delivered is not None
        assert route.closed_on is not None
        return cls(
            case_id=route.case_id,
            case_no=route.case_no,
            status=route.status,
            method=route.delivered.method,
            delivered_on=route.delivered.on,
            closed_on=route.closed_on,
        )
