"""The route of an accepted case to its decision and delivery: its state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.domain.filing import FilingStatus
from bianmin.events.parts import Access, Delivery, Dept, ItemFacts, Mode, PeriodUnit, ProcedureKind, ReplyMethod
from services.routing.domain.offices import office_at, office_in_event
from services.routing.domain.task import OPEN, Task

RouteStatus = Literal["open", "granted", "denied", "helped", "settled", "unsettled", "withdrawn", "void"]
"""`helped`: the desk gave its assistance. `settled`, `unsettled`: how the mediation of a dispute ended.
`void`: the acceptance was corrected. When the case is accepted again, the route is planned again."""
MediationOutcome = Literal["agreed", "failed"]
ExtensionStatus = Literal["requested", "approved", "rejected", "lapsed"]
"""`lapsed`: the handling ended before anybody answered, or the acceptance of the case was corrected."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """How and on which day the result reached the applicant. `signed_by` is the signer's name, encrypted."""

    method: Delivery
    delivered_on: date
    signed_by: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """How and on which day the applicant was told the result (代为办理). `text` is encrypted."""

    method: ReplyMethod
    replied_on: date
    text: bytes


@dataclass(frozen=True, slots=True)
class Mediation:
    """An attempt to mediate a dispute at one office. `mediators` and `note` are encrypted."""

    id: UUID
    case_id: UUID
    office_org: str
    office_dept: str | None
    mediated_on: date
    outcome: MediationOutcome
    mediators: bytes
    note: bytes
    recorded_by: str
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A hearing, an appraisal or the like (行政许可法 art. 45). Its days, first and last included, do not count.

    `expected_days` are the working days that the applicant was told. `reason` is encrypted.
    """

    id: UUID
    case_id: UUID
    kind: ProcedureKind
    expected_days: int
    reason: bytes
    started_on: date
    started_by: str
    ended_on: date | None = None
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class Extension:
    """A request to extend the statutory period by `days` in its `unit` (行政许可法 art. 42), and its answer.

    `reason` and `answer` are encrypted.
    """

    id: UUID
    case_id: UUID
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
class DenialFiling:
    """A filed intention to deny (否决报备), and its answer. `facts`, `reason` and `opinion` are encrypted."""

    id: UUID
    case_id: UUID
    facts: bytes
    reason: bytes
    legal_basis: str
    missing: tuple[int, ...]
    filed_on: date
    filed_by: str
    status: FilingStatus = "filed"
    answered_on: date | None = None
    answered_by: str | None = None
    opinion: bytes | None = None
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class PastCycle:
    """How an earlier cycle of the case ended. `reason` says why its decision was set aside, encrypted."""

    cycle: int
    status: RouteStatus
    decided_on: date | None
    delivered: DeliveryReceipt | None
    closed_on: date | None
    reason: bytes
    reply: Reply | None = None

    @property
    def delivered_on(self) -> date | None:
        """The day on which the result of the cycle was delivered, if it was."""
        return None if self.delivered is None else self.delivered.delivered_on


@dataclass(frozen=True, slots=True)
class StatutoryEnd:
    """The end of the statutory period, as the deadlines service announced it. `due_at` is None while it is paused."""

    clock_id: UUID
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Route:
    """The route of one case. `org` registered the case, `accepting_org` accepted it.

    `tasks` are in the order of their `place`. `cycle` counts how often the case was opened, from 1; `past` holds the
    earlier cycles.
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
    delivered: DeliveryReceipt | None = None
    reply: Reply | None = None
    closed_on: date | None = None
    procedures: tuple[SpecialProcedure, ...] = ()
    extensions: tuple[Extension, ...] = ()
    mediations: tuple[Mediation, ...] = ()
    filings: tuple[DenialFiling, ...] = ()
    statutory_end: StatutoryEnd | None = None
    cycle: int = 1
    past: tuple[PastCycle, ...] = ()
    sequence: int = 0
    version: int = 0

    @property
    def mode(self) -> Mode:
        """How the item is handled (办理方式)."""
        return self.item.mode

    @property
    def holders(self) -> tuple[Holder, ...]:
        """The offices whose turn it is; in joint handling also the lead, at the center and where it decides."""
        in_turn = (task.office for task in self.tasks if task.status in OPEN)
        leads = (self.lead, self.deciding_office) if self.mode == "joint" and self.tasks else ()
        return tuple(dict.fromkeys((*in_turn, *leads)))

    @property
    def lead(self) -> Holder:
        """The lead window (主办窗口), which follows the case to its end: at the org that accepted it.

        In joint handling the item names its department. The desk that helps is the lead window of its help.
        """
        if self.mode == "assist":
            return Holder(self.org)
        dept = next((each.dept for each in self.item.co_handlers if each.lead), self.dept)
        return office_at(self.accepting_org, dept)

    @property
    def deciding_office(self) -> Holder:
        """The office of the last step, which decides."""
        return max(self.tasks, key=lambda task: (task.cycle, task.seq, task.place)).office

    @property
    def reach(self) -> Reach:
        """The orgs and the line that determine who may see the case."""
        return Reach(self.org, self.accepting_org, self.dept, self.holders)

    def access(self) -> Access:
        """The same as `reach`, in the form of an event."""
        return Access(
            org=self.org,
            accepting_org=self.accepting_org,
            dept=self.dept,
            holders=tuple(office_in_event(holder) for holder in self.holders),
        )

    def task(self, task_id: UUID) -> Task:
        """The task with this id. Raises `StopIteration` when the route has no such task."""
        return next(task for task in self.tasks if task.id == task_id)

    def procedure(self, procedure_id: UUID) -> SpecialProcedure | None:
        """The special procedure with this id, or None."""
        return next((procedure for procedure in self.procedures if procedure.id == procedure_id), None)

    def extension(self, extension_id: UUID) -> Extension | None:
        """The request for an extension with this id, or None."""
        return next((extension for extension in self.extensions if extension.id == extension_id), None)

    def filing(self, filing_id: UUID) -> DenialFiling | None:
        """The filing of a denial with this id, or None."""
        return next((filing for filing in self.filings if filing.id == filing_id), None)
