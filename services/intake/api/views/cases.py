"""A case as staff see it, with the applicant masked."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from bianmin.events.parts import (
    CardLevel,
    CaseStatus,
    Channel,
    ClockKind,
    Dept,
    Lamp,
    Mode,
    PeriodUnit,
    ProcedureKind,
    in_county_time,
)
from bianmin.kit.bodies import View
from services.intake.domain.case import Case
from services.intake.store.timeline import TimelineEntry

CountyTime = Annotated[datetime, AfterValidator(in_county_time)]


class IntakeStateView(View):
    """A view that is read from a state by attribute; an alias names the attribute, where it is called otherwise."""

    model_config = ConfigDict(frozen=True, from_attributes=True, validate_by_name=True, validate_by_alias=True)


class MissingView(IntakeStateView):
    """A material that is missing."""

    no: int
    name: str


class MaterialView(IntakeStateView):
    """A material of the item's list; `brought`: the form in which it was handed in, null where it was not."""

    no: int
    name: str
    required: bool
    source: str
    brought: str | None


class ReceiptView(IntakeStateView):
    """The voucher of what was handed in (行政许可法 art. 32: written and dated)."""

    case_no: str
    org: str
    item: str
    received_on: date
    issued_at: datetime
    materials: list[MaterialView]


def _is_none(value: object) -> bool:
    return value is None


class CaseClockView(IntakeStateView):
    """A clock of a case; `stopped_at` and `late` are there once it has stopped."""

    id: UUID
    kind: ClockKind
    stage: str | None
    cycle: int
    org: str
    dept: Dept | None
    unit: PeriodUnit
    budget: int
    extended_by: int
    started_on: date
    due_on: date | None
    due_at: datetime | None
    provisional: bool
    lamp: Lamp
    state: Literal["running", "paused", "stopped"]
    stopped_at: datetime | None = Field(default=None, exclude_if=_is_none)
    late: bool | None = Field(default=None, exclude_if=_is_none)


class CaseCardView(IntakeStateView):
    """A yellow or red card of a case."""

    id: UUID
    level: CardLevel
    kind: ClockKind
    org: str
    dept: Dept | None
    cycle: int
    issued_at: datetime
    reason_code: str
    status: Literal["issued", "appealed", "upheld", "revoked"]


class RegisteredView(IntakeStateView):
    """A case that was just registered, with its receipt."""

    id: UUID
    case_no: str
    status: CaseStatus
    missing: list[MissingView]
    receipt: ReceiptView
    clocks: list[CaseClockView]


class ItemRefView(IntakeStateView):
    """The item version that a case was registered under."""

    org: str
    code: str
    version: int
    name: str


class RequestedMaterialView(IntakeStateView):
    """A material that the notice asks for, and why."""

    no: int
    name: str
    reason: str


class NoticeView(IntakeStateView):
    """`wait_until`: the last day on which the supplement may come."""

    noticed_on: date
    missing: list[RequestedMaterialView]
    override_reason: str | None
    wait_until: date | None


class CaseProcedureView(IntakeStateView):
    """A special procedure (行政许可法 art. 45): its days do not count. `expected_days` are working days."""

    id: str
    kind: ProcedureKind
    name: str
    expected_days: int
    started_on: date
    ended_on: date | None


class RefusalView(IntakeStateView):
    """The refusal to accept, as the applicant gets it."""

    reason_code: str
    reason: str
    legal_basis: str
    remedies: str
    redirect_to: str | None
    refused_on: date


class MaskedApplicantView(IntakeStateView):
    """The applicant, masked."""

    kind: str
    name: str
    id_type: str
    id_number: str
    phone: str | None


class CaseHead(IntakeStateView):
    """What a list and a single view share."""

    id: UUID
    case_no: str
    status: CaseStatus
    mode: Mode
    item: ItemRefView
    org: str
    accepting_org: str
    dept: str
    channel: Channel
    applicant_name: str
    client_ref: str | None
    received_on: date
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    closed_on: date | None
    lamp: Lamp | None
    clocks: list[CaseClockView]
    cards: list[CaseCardView]
    cycle: int
    registered_at: CountyTime


class CaseSummary(CaseHead):
    """A case in a list."""

    updated_at: CountyTime

    @classmethod
    def of(cls, case: Case, changed_at: datetime) -> "CaseSummary":
        """Return the summary of a case that was last changed at `changed_at`."""
        head = dict(CaseHead.model_validate(case))
        return cls.model_construct(**head, updated_at=in_county_time(changed_at))


class CaseView(CaseHead):
    """A case as staff see it: the applicant masked."""

    applicant: MaskedApplicantView
    materials: list[MaterialView]
    missing: list[MissingView]
    notice: Annotated[NoticeView | None, Field(validation_alias="named_notice")]
    notice_due_on: date | None
    lapsed: bool
    refusal: RefusalView | None
    procedures: list[CaseProcedureView]
    agent_id: str | None
    withdrawal_pending: bool
    withdrawal_reason: str | None


class ApplicantView(View):
    """The unmasked form; every access to it is recorded."""

    kind: str
    name: str
    id_type: str
    id_number: str
    phone: str | None
    address: str | None
    form: dict[str, Any]


class TimelineEntryView(View):
    """An event of a case; `text` says it in Chinese."""

    at: datetime
    type: str
    actor: str
    org: str
    text: str
    data: dict[str, Any]

    @classmethod
    def of(cls, entry: TimelineEntry, text: str) -> Self:
        """Return the entry with its Chinese text."""
        return cls(**entry._asdict(), text=text)


class TimelineView(View):
    """The timeline of a case, the oldest event first."""

    items: list[TimelineEntryView]
