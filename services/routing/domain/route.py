"""The way of an accepted case to its decision: what it is now, and what can be asked of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from bianmin.events.parts import Access, Delivery, Dept, ItemFacts, Opinion, StepKind, TaskStatus
from bianmin.events.parts import Office as OfficeRef
from bianmin.kit.access import Holder, Reach
from bianmin.kit.decide import Cause

RouteStatus = Literal["open", "granted", "denied", "withdrawn"]
OPEN: frozenset[TaskStatus] = frozenset({"assigned", "received", "in_progress"})
"""Statuses of the task whose turn it is: at most one of a route has one of them."""
TAKEN: frozenset[TaskStatus] = frozenset({"received", "in_progress"})


@dataclass(frozen=True, slots=True)
class Task:
    """One step at one office. `place`: its place in the route's story; a step that is done again is a new task behind.

    `note` is what the office wrote, sealed: nothing here can read it.
    """

    id: UUID
    place: int
    seq: int
    kind: StepKind
    office: Holder
    status: TaskStatus = "planned"
    assignee: str | None = None
    received_at: datetime | None = None
    done_at: datetime | None = None
    opinion: Opinion | None = None
    note: bytes | None = None
    reason_code: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """How the result reached the applicant. `signed_by` is the name of who signed for it, sealed."""

    method: Delivery
    on: date
    signed_by: bytes


@dataclass(frozen=True, slots=True)
class Route:
    """`org` registered the case, `accepting_org` accepted it; `tasks` in the order of their `place`."""

    case_id: UUID
    case_no: str
    item: ItemFacts
    org: str
    accepting_org: str
    dept: Dept
    tasks: tuple[Task, ...]
    status: RouteStatus = "open"
    decided_on: date | None = None
    delivered: Delivered | None = None
    closed_on: date | None = None
    sequence: int = 0
    version: int = 0

    @property
    def holders(self) -> tuple[Holder, ...]:
        """The offices whose turn it is."""
        return tuple(task.office for task in self.tasks if task.status in OPEN)

    @property
    def lead(self) -> Holder:
        """The window that follows the case to its delivery: the one that accepted it."""
        return office_at(self.accepting_org, self.dept)

    @property
    def reach(self) -> Reach:
        return Reach(self.org, self.accepting_org, self.dept, self.holders)

    def access(self) -> Access:
        return Access(
            org=self.org,
            accepting_org=self.accepting_org,
            dept=self.dept,
            holders=tuple(ref(holder) for holder in self.holders),
        )

    def task(self, task_id: UUID) -> Task:
        return next(task for task in self.tasks if task.id == task_id)


def office_at(org: str, dept: Dept) -> Holder:
    """The office for a line at an org. A station is its own office: it has no line."""
    return Holder(org, dept if len(org) < _STATION else None)


_STATION = 12


@lru_cache(maxsize=4096)
def ref(office: Holder) -> OfficeRef:
    """An office as events name it."""
    return OfficeRef(org=office.org, dept=office.dept)


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Set the way of an accepted case. `task_ids`: for its steps, as many as are needed."""

    case_id: UUID
    case_no: str
    item: ItemFacts
    access: Access
    task_ids: tuple[UUID, UUID]
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerWithdrawal:
    """The applicant wishes to withdraw: grant it, unless the case is decided."""

    case_id: UUID
    on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class DeliverResult:
    case_id: UUID
    delivered: Delivered
    by: Cause


@dataclass(frozen=True, slots=True)
class ReceiveTask:
    """Sign for a task: from now on it is one person's."""

    task_id: UUID
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class StartTask:
    task_id: UUID
    by: Cause


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """Give the opinion of a review, or the decision."""

    task_id: UUID
    opinion: Opinion
    at: datetime
    today: date
    by: Cause
    note: bytes | None = None
    reason_code: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """Send a case back to the step before. `task_ids`: for that step and this one, which are done again."""

    task_id: UUID
    reason: bytes
    at: datetime
    task_ids: tuple[UUID, UUID]
    by: Cause


CaseCommand = PlanRoute | AnswerWithdrawal | DeliverResult
TaskCommand = ReceiveTask | StartTask | CompleteTask | ReturnTask
RouteCommand = CaseCommand | TaskCommand
