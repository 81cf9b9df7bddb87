"""A complaint (投诉举报): what it is now, and what can be asked of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, Outcome
from bianmin.kit.decide import Cause

Status = Literal["lodged", "accepted", "assigned", "concluded", "replied"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """`handler_org` is one level above the accused: nobody investigates his own house.

    `parties` are those who handled the underlying case: they have an interest.
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
    parties: frozenset[str] = frozenset()
    status: Status = "lodged"
    accepted_on: date | None = None
    investigator: str | None = None
    outcome: Outcome | None = None
    concluded_on: date | None = None
    replied_on: date | None = None
    sequence: int = 0
    version: int = 0


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
    parties: frozenset[str] = frozenset()
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


Command = Lodge | Recuse | Accept | Assign | Conclude | Reply
