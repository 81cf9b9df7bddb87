"""What complaints shows, and to whom."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, Outcome
from bianmin.kit.bodies import View
from bianmin.kit.time_source import TZ
from services.complaints.domain.complaint import Complaint, PaperKind, Status


class LodgedView(View):
    """`follow_code` is told this once: whoever has it follows the complaint."""

    id: UUID
    complaint_no: str
    follow_code: str


class AccusedView(View):
    org: str
    staff_id: str | None
    case_id: UUID | None


class ComplaintHead(View):
    """`level`: handled, reviewed (复查) or reviewed again (复核), since `escalated_on`; investigator and outcome are of
    that level, `accepted_on` stays as it was. `objected`: the handler says that it is not its own. `extended_by`: days.
    """

    id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    subject: AccusedView
    handler_org: str
    level: ComplaintLevel
    status: Status
    objected: bool
    investigator: str | None
    lodged_on: date
    accepted_on: date | None
    escalated_on: date | None
    refused_on: date | None
    extended_by: int
    outcome: Outcome | None
    concluded_on: date | None
    replied_on: date | None

    @classmethod
    def of(cls, complaint: Complaint, **more: Any) -> Self:
        return cls(
            id=complaint.id,
            complaint_no=complaint.complaint_no,
            kind=complaint.kind,
            channel=complaint.channel,
            anonymous=complaint.anonymous,
            subject=AccusedView(org=complaint.accused_org, staff_id=complaint.accused_staff, case_id=complaint.case_id),
            handler_org=complaint.handler_org,
            level=complaint.level,
            status=complaint.status,
            objected=complaint.objected,
            investigator=complaint.investigator,
            lodged_on=complaint.lodged_on,
            accepted_on=complaint.accepted_on,
            escalated_on=complaint.escalated_on,
            refused_on=complaint.refused_on,
            extended_by=complaint.extended_by,
            outcome=complaint.outcome,
            concluded_on=complaint.concluded_on,
            replied_on=complaint.replied_on,
            **more,
        )


class ComplaintSummary(ComplaintHead):
    updated_at: datetime

    @classmethod
    def at(cls, complaint: Complaint, changed_at: datetime) -> Self:
        return cls.of(complaint, updated_at=changed_at.astimezone(TZ))


class PaperView(View):
    """Something that was written; a conclusion in its parts."""

    kind: PaperKind
    level: ComplaintLevel
    on: date
    by: str
    text: str | None
    document: dict[str, str] | None


class ComplaintView(ComplaintHead):
    """For who handles it: with all that was written, in its order. Each look is on record."""

    text: str
    complainant: dict[str, str | None] | None
    papers: list[PaperView]


class AnswerView(View):
    """What the complainant was told: why it was refused or takes longer, and the answers."""

    kind: PaperKind
    level: ComplaintLevel
    on: date
    text: str


class FollowView(View):
    """For the complainant: no staff, nothing of others. `reply`: the last. `answers`: all of them, in their order.

    `escalated_on`: since when the review is under way. `review_by`: until when one can be asked for, at the desk.
    """

    complaint_no: str
    kind: ComplaintKind
    level: ComplaintLevel
    status: Status
    status_text: str
    lodged_on: date
    accepted_on: date | None
    escalated_on: date | None
    refused_on: date | None
    extended_by: int
    concluded_on: date | None
    outcome: Outcome | None
    replied_on: date | None
    reply: str | None
    review_by: date | None
    answers: list[AnswerView]
