"""A complaint (投诉举报): what it is now, and what can be asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, Outcome
from bianmin.kit.decide import Cause

Status = Literal["lodged", "accepted", "refused", "assigned", "concluded", "replied"]
PaperKind = Literal["refusal", "objection", "transfer", "extension", "document", "reply", "request"]


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that was written in the course of it, sealed. Nothing written is ever lost or changed."""

    kind: PaperKind
    level: ComplaintLevel
    on: date
    by: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is known of a complaint.

    `handler_org` is one level above the accused: nobody investigates their own unit. `case_staff`: ids of those who had
    a hand in the case it is about, and so an interest. `level`: handled, reviewed (复查) or reviewed again (复核), each
    by the org above, since `escalated_on`; investigator, outcome and reply are of that level, `accepted_on` is that of
    the first. `objected`: the handler says that the complaint is not its own. `ends`: when its periods end, by stage.
    `written`: documents that are not stored yet.
    """

    id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    accused_org: str
    accused_staff: str | None
    case_id: UUID | None
    handler_org: str
    lodged_on: date
    case_staff: frozenset[str] = frozenset()
    status: Status = "lodged"
    accepted_on: date | None = None
    escalated_on: date | None = None
    investigator: str | None = None
    outcome: Outcome | None = None
    concluded_on: date | None = None
    replied_on: date | None = None
    refused_on: date | None = None
    level: ComplaintLevel = "handling"
    objected: bool = False
    extended_by: int = 0
    past_investigators: tuple[str, ...] = ()
    ends: Mapping[str, datetime] = field(default_factory=dict)
    sequence: int = 0
    version: int = 0
    written: tuple[Paper, ...] = ()

    @property
    def recused(self) -> tuple[str, ...]:
        """Ids of the staff who must not learn of it, sorted: who is accused, and who had a hand in the case."""
        return tuple(sorted(self.case_staff | ({self.accused_staff} if self.accused_staff else set())))

    @property
    def parties(self) -> ComplaintParties:
        """What decides who may see it."""
        return ComplaintParties(self.handler_org, self.accused_org, self.recused)


@dataclass(frozen=True, slots=True)
class Papers:
    """What people wrote, sealed: only who handles the complaint ever opens it."""

    text: bytes
    complainant: bytes | None
    follow: bytes
    """A keyed digest of the follow code; the code itself is kept nowhere."""


@dataclass(frozen=True, slots=True)
class Lodge:
    """Anybody's act, also without a name."""

    complaint_id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    accused_org: str
    accused_staff: str | None
    case_id: UUID | None
    papers: Papers
    lodged_on: date
    by: Cause
    case_staff: frozenset[str] = frozenset()
    """Who has had a hand in the case so far."""


@dataclass(frozen=True, slots=True)
class Recuse:
    """Somebody else has had a hand in the case it is about."""

    complaint_id: UUID
    by: Cause


@dataclass(frozen=True, slots=True)
class Accept:
    complaint_id: UUID
    accepted_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Refuse:
    """`reason` is sealed; the complainant reads it (信访工作条例 art. 23)."""

    complaint_id: UUID
    reason: bytes
    refused_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Object:
    """It is not this org's to handle: with detailed reasons, within five working days (信访工作条例 art. 23)."""

    complaint_id: UUID
    reason: bytes
    at: datetime
    on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whoever routes gives it to another org (信访工作条例 art. 23)."""

    complaint_id: UUID
    to_org: str
    reason: bytes
    transferred_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Extend:
    """The head of the organ gives it more time; the complainant reads the `reason` (信访工作条例 art. 34)."""

    complaint_id: UUID
    days: int
    reason: bytes
    at: datetime
    on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Escalate:
    """The complainant does not agree: the organ above is to review it (信访工作条例 art. 35, 36)."""

    complaint_id: UUID
    request: bytes
    at: datetime
    on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class KeepEnd:
    """Deadlines told when one of its periods ends."""

    complaint_id: UUID
    stage: str
    due_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class Assign:
    complaint_id: UUID
    investigator: str
    by: Cause


@dataclass(frozen=True, slots=True)
class Conclude:
    """`document` is sealed: claims, facts, reasons, opinion and basis (信访工作条例 art. 32)."""

    complaint_id: UUID
    outcome: Outcome
    document: bytes
    concluded_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class Reply:
    complaint_id: UUID
    text: bytes
    replied_on: date
    by: Cause


Command = Lodge | Recuse | KeepEnd | Accept | Refuse | Object | Transfer | Extend | Assign | Conclude | Reply | Escalate
