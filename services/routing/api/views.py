"""What routing shows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from bianmin.events.parts import Delivery, Dept, ItemFacts, Mode, Opinion, OrgLevel, StepKind, TaskStatus
from bianmin.kit.access import Holder
from bianmin.kit.bodies import View
from services.routing import texts
from services.routing.domain.divisions import Imported
from services.routing.domain.orgs import Office, Org
from services.routing.domain.route import Route, RouteStatus, Task
from services.routing.domain.staff import StaffMember, StaffRole
from services.routing.store.views import ListedTask


class ImportedOrgsView(View):
    """How many orgs an import created, changed, and found as they should be."""

    created: int
    changed: int
    unchanged: int

    @classmethod
    def of(cls, done: Imported) -> Self:
        return cls(created=done.created, changed=done.changed, unchanged=done.unchanged)


class OfficeView(View):
    dept: Dept
    name: str
    phone: str | None

    @classmethod
    def of(cls, office: Office) -> Self:
        return cls(dept=office.dept, name=office.name, phone=office.phone)


class OrgHead(View):
    """An org in a list."""

    code: str
    level: OrgLevel
    name: str
    parent: str | None

    @classmethod
    def of(cls, org: Org) -> Self:
        return cls(**_head(org))


class OrgView(OrgHead):
    offices: list[OfficeView]

    @classmethod
    def of(cls, org: Org) -> Self:
        return cls(**_head(org), offices=[OfficeView.of(office) for office in org.offices])


def _head(org: Org) -> dict[str, Any]:
    return {"code": org.code, "level": org.level, "name": org.name, "parent": org.parent}


class StaffView(View):
    id: str
    org: str
    dept: Dept | None
    name: str
    roles: list[StaffRole]
    phone: str | None

    @classmethod
    def of(cls, member: StaffMember) -> Self:
        return cls(
            id=member.id,
            org=member.org,
            dept=member.dept,
            name=member.name,
            roles=list(member.roles),
            phone=member.phone,
        )


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


class RouteView(View):
    """The way of a case, from its acceptance to its end, in the order in which it went."""

    case_id: UUID
    case_no: str
    mode: Mode
    status: RouteStatus
    lead: OfficeRef
    steps: list[StepView]
    custody: list[Held]
    decided_on: date | None
    delivered: DeliveredView | None
    closed_on: date | None

    @classmethod
    def of(cls, route: Route, notes: Sequence[str | None], signed_by: str | None) -> Self:
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
