"""A case (办件) as the citizen sees it: what it is now, and what can be asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.events.envelope import Event
from bianmin.events.parts import Access, CaseStatus, Channel, ItemFacts, Lamp, Office, ProcedureKind
from bianmin.kit.decide import Cause
from services.intake.domain.clocks import is_of_notice
from services.intake.domain.content import Material

OPEN_BEFORE_ACCEPTANCE: frozenset[CaseStatus] = frozenset({"registered", "supplement_requested"})
LICENCE = "01"
OVER: frozenset[CaseStatus] = frozenset({"refused", "closed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A material that was brought: its number in the item's list, from 1, and in which form; `on`: supplied later."""

    no: int
    form: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One material that the one-time notice asks for, and why."""

    no: int
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The one-time notice (一次性告知, 行政许可法 art. 32(4)): everything that is missing, at once.

    `wait_until`: the last day on which what is asked for may come; then the case lapses. It is the plain sum of days
    until deadlines tells where the calendar ends them.
    """

    noticed_on: date
    missing: tuple[Asked, ...]
    override_reason: str | None = None
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure (行政许可法 art. 45): how many working days it was said to take, and when it took place."""

    id: str
    kind: ProcedureKind
    expected_days: int
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not accepted (不予受理), with reasons, basis, remedies and, where it is not ours, the organ to go to."""

    reason_code: str
    reason: str
    legal_basis: str
    remedies: str
    redirect_to: str | None
    refused_on: date


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as far as anybody but the vault has to know: masked for display, sealed for the file."""

    masked: Mapping[str, str | None]
    sealed: bytes
    tail: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Case:
    """`received_on` is the business date of the latest complete receipt; clocks and cards come from deadlines.

    `cycle` counts how often it was opened: a decision that was set aside opens it again.
    """

    id: UUID
    case_no: str
    item: ItemFacts
    materials: tuple[Material, ...]
    org: str
    accepting_org: str
    channel: Channel
    applicant: Mapping[str, str | None]
    registered_by: str
    client_ref: str | None
    agent_id: str | None
    registered_at: datetime
    received_on: date
    status: CaseStatus = "registered"
    brought: tuple[Brought, ...] = ()
    notice: Notice | None = None
    refusal: Refusal | None = None
    accepted_on: date | None = None
    deemed: bool = False
    decided_on: date | None = None
    closed_on: date | None = None
    withdrawal_pending: bool = False
    withdrawal_reason: str | None = None
    holders: tuple[Holder, ...] = ()
    clocks: tuple[Mapping[str, Any], ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    procedures: tuple[Procedure, ...] = ()
    cycle: int = 1
    sequence: int = 0
    version: int = 0

    @property
    def display_name(self) -> str:
        """Masked: 张*三."""
        return self.applicant["name"] or ""

    @property
    def reach(self) -> Reach:
        return Reach(self.org, self.accepting_org, self.item.category, self.holders)

    @property
    def missing(self) -> tuple[int, ...]:
        """Required, or asked for by a notice; not obtainable by sharing (国务院令716 art. 7); and not brought."""
        here = {one.no for one in self.brought}
        asked = {one.no for one in self.notice.missing} if self.notice else set()
        wanted = (n for n, m in enumerate(self.materials, 1) if m.source != "share" and (m.required or n in asked))
        return tuple(n for n in wanted if n not in here)

    @property
    def lamp(self) -> Lamp | None:
        """The worst of its present clocks. What was missed stays red; what was almost missed is over when it stops."""
        present = [clock for clock in self.clocks if clock.get("cycle", 1) == self.cycle]
        shown = {_lamp_of(clock) for clock in present}
        return next((lamp for lamp in _WORST_FIRST if lamp in shown), None)

    @property
    def notice_due_on(self) -> date | None:
        """The last day on which it can be told what is missing, as deadlines counts it; None before that is known."""
        for clock in reversed(self.clocks):
            if is_of_notice(clock["kind"], clock.get("stage")) and clock["started_on"] == str(self.received_on):
                return date.fromisoformat(clock["due_on"])
        return None

    @property
    def was_decided(self) -> bool:
        """Whether it was decided: the decision stands, or was set aside and the case opened again."""
        return self.decided_on is not None or self.cycle > 1

    @property
    def is_accepted_by_silence(self) -> bool:
        """Whether silence is acceptance: by law of a licence (行政许可法 art. 32(4)), or by the item's own rule."""
        return self.item.item_type == LICENCE or self.item.deemed_by_silence

    @property
    def waits_until(self) -> date | None:
        """The last day on which the applicant may still bring what is asked for."""
        return self.notice.wait_until if self.notice and self.status == "supplement_requested" else None

    @property
    def lapsed(self) -> bool:
        """Closed because the supplement never came."""
        return self.status == "closed" and self.accepted_on is None

    def access(self) -> Access:
        return Access(
            org=self.org,
            accepting_org=self.accepting_org,
            dept=self.item.category,
            holders=tuple(Office(org=holder.org, dept=holder.dept) for holder in self.holders),
        )


_WORST_FIRST: tuple[Lamp, ...] = ("red", "yellow", "green")


def _lamp_of(clock: Mapping[str, Any]) -> Lamp:
    lamp: Lamp = clock["lamp"]
    return "green" if clock["state"] == "stopped" and lamp == "yellow" else lamp


@dataclass(frozen=True, slots=True)
class RegisterCase:
    """Register a matter at a desk. `today` and `earliest` bound the business date of receipt."""

    case_id: UUID
    item_code: str
    org: str
    channel: Channel
    applicant: Applicant
    brought: tuple[Brought, ...]
    received_on: date
    today: date
    earliest: date
    by: Cause
    client_ref: str | None = None
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """`wait_days`: how long the supplement is waited for."""

    case_id: UUID
    missing: tuple[Asked, ...]
    noticed_on: date
    today: date
    wait_days: int
    by: Cause
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class AddMaterials:
    case_id: UUID
    brought: tuple[Brought, ...]
    received_on: date
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class AcceptCase:
    case_id: UUID
    accepted_on: date
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class RefuseCase:
    case_id: UUID
    refusal: Refusal
    by: Cause


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    """The applicant's act, recorded at a desk of the case."""

    case_id: UUID
    reason: str
    withdrawn_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class LapseCase:
    """The supplement has been waited for long enough, by the end of the day before `today`."""

    case_id: UUID
    today: date
    fire_at: datetime
    by: Cause

    @property
    def subject_id(self) -> UUID:
        return self.case_id


@dataclass(frozen=True, slots=True)
class FollowCase:
    """What another service announced of the case moves the citizen's view of it."""

    case_id: UUID
    event: Event
    by: Cause


CaseCommand = RegisterCase | GiveNotice | AddMaterials | AcceptCase | RefuseCase | WithdrawCase | LapseCase | FollowCase
