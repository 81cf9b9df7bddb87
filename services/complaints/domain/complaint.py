"""The state of a complaint (投诉举报)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, ComplaintOutcome

ComplaintStatus = Literal["lodged", "accepted", "refused", "assigned", "concluded", "replied"]
PaperKind = Literal["refusal", "objection", "transfer", "extension", "document", "reply", "request"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in the file of a complaint. `content` is encrypted; no paper is ever changed or deleted."""

    kind: PaperKind
    level: ComplaintLevel
    written_on: date
    written_by: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """What the complainant submitted, encrypted: only who handles the complaint may read it.

    `follow_digest` is a keyed digest of the follow code; the code itself is stored nowhere.
    """

    text: bytes
    complainant: bytes | None
    follow_digest: bytes


@dataclass(frozen=True, slots=True)
class Accused:
    """Whom a complaint is about: an org, perhaps one of its staff, and perhaps a case."""

    org: str
    staff_id: str | None
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it stands.

    `handler_org` is one level above the accused org and the accused person's own org (`accused_staff_org`, as routing
    announced it): no unit investigates itself. `case_staff`: ids of the staff who worked on the case in question, and
    so have an interest; `awaits_case`: no event of that case has arrived yet. `level`: handling, review (复查) or
    second review (复核), each by the org above the one before, since `escalated_on`; investigator, outcome and reply
    belong to that level, `accepted_on` to the first. `objected`: the handler says that another org is responsible.
    `extended_by`: days. `ends`: when each period ends, by its stage, as deadlines announced it.

    `submission` and `new_papers` are there until they are stored. `sequence` counts announced events, `version` facts.
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
    awaits_case: bool = False
    accused_staff_org: str | None = None
    status: ComplaintStatus = "lodged"
    accepted_on: date | None = None
    escalated_on: date | None = None
    investigator: str | None = None
    outcome: ComplaintOutcome | None = None
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
    submission: Submission | None = None
    new_papers: tuple[Paper, ...] = ()

    @property
    def subject(self) -> Accused:
        """Whom the complaint is about."""
        return Accused(self.accused_org, self.accused_staff, self.case_id)

    @property
    def recused(self) -> tuple[str, ...]:
        """Ids of the staff who must not learn of it, sorted: the accused person and the staff of the case."""
        return tuple(sorted(self.case_staff | ({self.accused_staff} if self.accused_staff else set())))

    @property
    def accused_orgs(self) -> tuple[str, ...]:
        """The orgs that must not handle it, with all below them: the accused org, and the accused person's own."""
        return (self.accused_org, *([self.accused_staff_org] if self.accused_staff_org else []))

    @property
    def parties(self) -> ComplaintParties:
        """What decides who may see it."""
        return ComplaintParties(self.handler_org, self.accused_org, self.recused, self.awaits_case)
