"""A case (办件): its state, and what follows from the state."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict, Unpack
from uuid import UUID

from bianmin.domain.access import Holder, Reach, seen_by
from bianmin.events.parts import Access, CaseStatus, Channel, Dept, ItemFacts, Lamp, Mode, Office
from services.intake.domain.cards import CaseCard
from services.intake.domain.case_parts import (
    CaseMaterial,
    CaseProcedure,
    CaseRefusal,
    MaskedApplicant,
    NamedNotice,
    NamedRequest,
    Notice,
    Receipt,
    RefusalFiling,
    SubmittedMaterial,
)
from services.intake.domain.clocks import CaseClock
from services.intake.domain.content import Guide
from services.intake.domain.labels_zh import CASE_STATUSES, LAPSED

OPEN_BEFORE_ACCEPTANCE: frozenset[CaseStatus] = frozenset({"registered", "supplement_requested"})
FINISHED: frozenset[CaseStatus] = frozenset({"refused", "closed", "withdrawn"})
_LICENCE = "01"
_WORST_FIRST: tuple[Lamp, ...] = ("red", "yellow", "green")


class CaseChanges(TypedDict, total=False):
    """The fields of a case that facts change."""

    status: CaseStatus
    received_on: date
    submitted: tuple[SubmittedMaterial, ...]
    notice: Notice | None
    refusal: CaseRefusal | None
    refusal_filing: RefusalFiling | None
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    closed_on: date | None
    withdrawal_pending: bool
    withdrawal_reason: str | None
    holders: tuple[Holder, ...]
    clocks: tuple[CaseClock, ...]
    cards: tuple[CaseCard, ...]
    procedures: tuple[CaseProcedure, ...]
    cycle: int


@dataclass(frozen=True, slots=True)
class Case:
    """`received_on` is the business date of the latest complete receipt; clocks and cards come from deadlines.

    `guide` is the item version the case was registered under. `cycle` counts how often the case was opened: a decision
    that was set aside opens it again. `sequence` counts its announced events, `version` its changes (the ETag).
    """

    id: UUID
    case_no: str
    guide: Guide
    org: str
    accepting_org: str
    channel: Channel
    applicant: MaskedApplicant
    registered_by: str
    client_ref: str | None
    agent_id: str | None
    registered_at: datetime
    received_on: date
    status: CaseStatus = "registered"
    submitted: tuple[SubmittedMaterial, ...] = ()
    notice: Notice | None = None
    refusal: CaseRefusal | None = None
    refusal_filing: RefusalFiling | None = None
    accepted_on: date | None = None
    deemed: bool = False
    decided_on: date | None = None
    closed_on: date | None = None
    withdrawal_pending: bool = False
    withdrawal_reason: str | None = None
    holders: tuple[Holder, ...] = ()
    clocks: tuple[CaseClock, ...] = ()
    cards: tuple[CaseCard, ...] = ()
    procedures: tuple[CaseProcedure, ...] = ()
    cycle: int = 1
    sequence: int = 0
    version: int = 0

    def with_changes(self, **changes: Unpack[CaseChanges]) -> "Case":
        """Return the case with these fields changed, in its next version."""
        return replace(self, version=self.version + 1, **changes)

    @property
    def item(self) -> ItemFacts:
        """The service item as other services know it."""
        return self.guide.facts

    @property
    def mode(self) -> Mode:
        """How the item is handled (办理方式)."""
        return self.guide.facts.mode

    @property
    def dept(self) -> Dept:
        """The department line of the item."""
        return self.guide.facts.category

    @property
    def applicant_name(self) -> str:
        """The masked name: 张*三."""
        return self.applicant.name

    @property
    def reach(self) -> Reach:
        """Where the case is, which decides who may see it."""
        return Reach(self.org, self.accepting_org, self.dept, self.holders)

    @property
    def seen_by(self) -> list[str]:
        """The keys that open the case to staff, sorted (`bianmin.domain.access.seen_by`)."""
        return seen_by(self.reach)

    @property
    def holder_keys(self) -> list[str]:
        """The offices that hold a step, each as `org/dept`."""
        return [str(holder) for holder in self.holders]

    @property
    def access(self) -> Access:
        """Where the case is, as events say it."""
        return Access(
            org=self.org,
            accepting_org=self.accepting_org,
            dept=self.dept,
            holders=tuple(Office(org=holder.org, dept=holder.dept) for holder in self.holders),
        )

    @property
    def materials(self) -> tuple[CaseMaterial, ...]:
        """The item's whole list of materials, with the form in which each was handed in."""
        forms = {material.no: material.form for material in self.submitted}
        return tuple(
            CaseMaterial(no, material.name, material.required, material.source, forms.get(no))
            for no, material in enumerate(self.guide.materials, 1)
        )

    @property
    def missing(self) -> tuple[CaseMaterial, ...]:
        """The materials that are required, or that a notice asks for, and that were not handed in.

        What can be obtained by sharing is never missing (国务院令716 art. 7).
        """
        listed = self.guide.materials
        return tuple(
            CaseMaterial(no, listed[no - 1].name, listed[no - 1].required, listed[no - 1].source, None)
            for no in self.missing_numbers
        )

    @property
    def missing_numbers(self) -> tuple[int, ...]:
        """The numbers of the missing materials in the item's list."""
        requested = {request.no for request in self.notice.missing} if self.notice else set()
        handed_in = {material.no for material in self.submitted}
        return tuple(
            no
            for no, material in enumerate(self.guide.materials, 1)
            if no not in handed_in and material.source != "share" and (material.required or no in requested)
        )

    @property
    def receipt(self) -> Receipt:
        """The voucher of what was handed in."""
        return Receipt(
            case_no=self.case_no,
            org=self.org,
            item=self.item.name,
            received_on=self.received_on,
            issued_at=self.registered_at,
            materials=tuple(material for material in self.materials if material.brought is not None),
        )

    @property
    def named_notice(self) -> NamedNotice | None:
        """The notice with the names of the materials it asks for."""
        if self.notice is None:
            return None
        requests = tuple(
            NamedRequest(request.no, self.guide.materials[request.no - 1].name, request.reason)
            for request in self.notice.missing
        )
        return NamedNotice(self.notice.noticed_on, requests, self.notice.override_reason, self.notice.wait_until)

    @property
    def lamp(self) -> Lamp | None:
        """The worst lamp of the clocks of the present cycle; None where there is no clock."""
        lamps = {clock.lamp_for_case for clock in self.clocks if clock.cycle == self.cycle}
        return next((lamp for lamp in _WORST_FIRST if lamp in lamps), None)

    @property
    def notice_due_on(self) -> date | None:
        """The last day for the one-time notice, as deadlines counts it; None while deadlines has not announced it."""
        for clock in reversed(self.clocks):
            if clock.watches_notice and clock.started_on == self.received_on:
                return clock.due_on
        return None

    @property
    def was_decided(self) -> bool:
        """Whether the case was ever decided, also where the decision was set aside and the case opened again."""
        return self.decided_on is not None or self.cycle > 1

    @property
    def silence_accepts(self) -> bool:
        """Whether silence is acceptance: for a licence by law (行政许可法 art. 32(4)), else by the item's own rule."""
        return self.item.item_type == _LICENCE or self.item.deemed_by_silence

    @property
    def waits_until(self) -> date | None:
        """The last day on which the applicant may still bring the supplement; None where none is waited for."""
        return self.notice.wait_until if self.notice and self.status == "supplement_requested" else None

    @property
    def lapsed(self) -> bool:
        """Whether the case was closed because the supplement never came."""
        return self.status == "closed" and self.accepted_on is None

    @property
    def status_label(self) -> str:
        """The Chinese name of the status."""
        return LAPSED if self.lapsed else CASE_STATUSES[self.status]
