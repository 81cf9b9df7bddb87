"""The parts of a case: materials, notice, refusal, procedures, receipt, and the masked applicant."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.filing import FilingStatus
from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import ProcedureKind


@dataclass(frozen=True, slots=True)
class SubmittedMaterial:
    """A material that the applicant handed in. `no`: its number in the item's list, from 1; `form`: original, copy …

    `on` is the day of a supplement; it is None for what was handed in at registration.
    """

    no: int
    form: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseMaterial:
    """A material of the item's list, with the form in which it was handed in (`brought`), None where it was not."""

    no: int
    name: str
    required: bool
    source: str
    brought: str | None


@dataclass(frozen=True, slots=True)
class RequestedMaterial:
    """A material that the one-time notice asks for, and why."""

    no: int
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The one-time notice (一次性告知, 行政许可法 art. 32(4)): everything that is missing, at once.

    `wait_until`: the last day on which the supplement may come; then the case lapses. It is the plain sum of days
    until deadlines announces where the calendar ends the wait.
    """

    noticed_on: date
    missing: tuple[RequestedMaterial, ...]
    override_reason: str | None = None
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """A material that the notice asks for, with its name."""

    no: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class NamedNotice:
    """The one-time notice with the names of the materials."""

    noticed_on: date
    missing: tuple[NamedRequest, ...]
    override_reason: str | None
    wait_until: date | None


@dataclass(frozen=True, slots=True)
class CaseProcedure:
    """A special procedure (行政许可法 art. 45): the working days it was announced to take, and when it took place."""

    id: str
    kind: ProcedureKind
    expected_days: int
    started_on: date
    ended_on: date | None = None

    @property
    def name(self) -> str:
        """Its Chinese name."""
        return PROCEDURES[self.kind]


@dataclass(frozen=True, slots=True)
class RefusalFiling:
    """A filed intention to refuse the case (否决报备), and its answer; the texts are stored apart."""

    id: UUID
    filed_on: date
    filed_by: str
    status: FilingStatus = "filed"
    answered_on: date | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class CaseRefusal:
    """A refusal to accept (不予受理): reasons, basis, remedies and, without competence, the organ to go to."""

    reason_code: str
    reason: str
    legal_basis: str
    remedies: str
    redirect_to: str | None
    refused_on: date


@dataclass(frozen=True, slots=True)
class Receipt:
    """The voucher of what was handed in (行政许可法 art. 32: written and dated)."""

    case_no: str
    org: str
    item: str
    received_on: date
    issued_at: datetime
    materials: tuple[CaseMaterial, ...]


@dataclass(frozen=True, slots=True)
class MaskedApplicant:
    """What staff may see of the applicant: name, number and phone are masked (张*三)."""

    kind: str
    name: str
    id_type: str
    id_number: str
    phone: str | None = None
