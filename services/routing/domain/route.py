"""The way of an accepted case to its decision: what it is now, and what can be asked of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.events.parts import (
    Access,
    Delivery,
    Dept,
    ItemFacts,
    Opinion,
    PeriodUnit,
    ProcedureKind,
    StepKind,
    TaskStatus,
)
from bianmin.events.parts import Office as OfficeRef
from bianmin.kit.decide import Cause

RouteStatus = Literal["open", "granted", "denied", "withdrawn", "void"]
"""`void`: the acceptance it rested on was corrected; accepted again, it is planned anew."""
OPEN: frozenset[TaskStatus] = frozenset({"assigned", "received", "in_progress"})
"""Statuses of the task whose turn it is: at most one of a route has one of them."""
TAKEN: frozenset[TaskStatus] = frozenset({"received", "in_progress"})


@dataclass(frozen=True, slots=True)
class Task:
    """One step at one office. `place`: its place in the route's story; a step that is done again is a new task behind.
    `cycle`: of the case, as it was planned.

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
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class Delivered:
    """How the result reached the applicant. `signed_by` is the name of who signed for it, sealed."""

    method: Delivery
    on: date
    signed_by: bytes


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure (行政许可法 art. 45); from its first day to its last, both included, time does not count.

    `expected_days`: working days, as the applicant was told. `reason` is sealed.
    """

    id: UUID
    kind: ProcedureKind
    expected_days: int
    reason: bytes
    started_on: date
    started_by: str
    ended_on: date | None = None
    cycle: int = 1


ExtensionStatus = Literal["requested", "approved", "rejected", "lapsed"]
"""`lapsed`: the handling it was asked for ended before anybody answered, or its acceptance was corrected."""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that was asked for (行政许可法 art. 42): `days` in the `unit` of the statutory period.

    `reason` is why, `answer` what was said to it, both sealed.
    """

    id: UUID
    days: int
    unit: PeriodUnit
    reason: bytes
    requested_on: date
    requested_by: str
    status: ExtensionStatus = "requested"
    answered_on: date | None = None
    answered_by: str | None = None
    answer: bytes | None = None
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a cycle ended whose decision was set aside; why, and on what basis, is sealed."""

    cycle: int
    status: RouteStatus
    decided_on: date | None
    delivered: Delivered | None
    closed_on: date | None
    reason: bytes


@dataclass(frozen=True, slots=True)
class LegalEnd:
    """When the statutory period of the case ends, as deadlines tells: not before it goes on where `due_at` is None."""

    clock_id: UUID
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Route:
    """`org` registered the case, `accepting_org` accepted it; `tasks` in the order of their `place`.

    `cycle` counts how often the case was opened; `past` holds how the earlier ones ended.
    """

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
    procedures: tuple[Procedure, ...] = ()
    extensions: tuple[Extension, ...] = ()
    legal_end: LegalEnd | None = None
    cycle: int = 1
    past: tuple[Outcome, ...] = ()
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
    def deciding(self) -> Holder:
        """The office that decides: the last step's."""
        return self.tasks[-1].office

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
class VoidRoute:
    """The acceptance was corrected: what was asked for in time is still awaited."""

    case_id: UUID
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class KeepLegalEnd:
    """Deadlines told when the statutory period ends. `begins`: of a new clock."""

    case_id: UUID
    legal_end: LegalEnd
    begins: bool
    by: Cause


@dataclass(frozen=True, slots=True)
class StartProcedure:
    case_id: UUID
    procedure_id: UUID
    kind: ProcedureKind
    expected_days: int
    reason: bytes
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class EndProcedure:
    case_id: UUID
    procedure_id: UUID
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class RequestExtension:
    case_id: UUID
    extension_id: UUID
    days: int
    reason: bytes
    at: datetime
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerExtension:
    extension_id: UUID
    approved: bool
    answer: bytes | None
    at: datetime
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """The decision was set aside. `reason`, with its basis, is sealed. `task_ids`: for the steps taken anew."""

    case_id: UUID
    reason: bytes
    today: date
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


TimeCommand = StartProcedure | EndProcedure | RequestExtension | AnswerExtension
CaseCommand = (
    PlanRoute
    | VoidRoute
    | KeepLegalEnd
    | AnswerWithdrawal
    | DeliverResult
    | StartProcedure
    | EndProcedure
    | RequestExtension
    | ReopenCase
)
TaskCommand = ReceiveTask | StartTask | CompleteTask | ReturnTask
RouteCommand = CaseCommand | AnswerExtension | TaskCommand
