"""What complaints shows, and to whom."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, Outcome
from bianmin.kit.bodies import View
from bianmin.kit.clock import TZ
from services.complaints.domain.complaint import Complaint, Status


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
    id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    subject: AccusedView
    handler_org: str
    status: Status
    investigator: str | None
    lodged_on: date
    accepted_on: date | None
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
            status=complaint.status,
            investigator=complaint.investigator,
            lodged_on=complaint.lodged_on,
            accepted_on=complaint.accepted_on,
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


class ComplaintView(ComplaintHead):
    """For who handles it: with what was written. Each look is on record."""

    text: str
    complainant: dict[str, str | None] | None
    conclusion: dict[str, str] | None
    reply: str | None


class FollowView(View):
    """For the complainant: no staff, nothing of others."""

    complaint_no: str
    kind: ComplaintKind
    status: Status
    status_text: str
    lodged_on: date
    accepted_on: date | None
    concluded_on: date | None
    outcome: Outcome | None
    replied_on: date | None
    reply: str | None
