"""The answers of complaints."""

from dataclasses import fields
from datetime import date
from typing import Any, Self
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, ComplaintOutcome, Moment
from bianmin.kit.bodies import View
from services.complaints.domain.complaint import Complaint, ComplaintStatus, PaperKind


class LodgedView(View):
    """A new complaint. No later answer has the `follow_code`, with which its complainant follows it."""

    id: UUID
    complaint_no: str
    follow_code: str


class AccusedView(View):
    """Whom a complaint is about."""

    org: str
    staff_id: str | None
    case_id: UUID | None


class _OfComplaint(View):
    """A view of the fields of a complaint that have the same names."""

    @classmethod
    def of(cls, complaint: Complaint, **more: Any) -> Self:
        """Return the view of a complaint; `more` has the fields that are not fields of a complaint."""
        return cls.model_validate({name: getattr(complaint, name) for name in _FIELDS} | more, from_attributes=True)


_FIELDS = ("subject", *(field.name for field in fields(Complaint)))


class ComplaintHead(_OfComplaint):
    """A complaint without what was written about it.

    `level`: handling, review (复查) or second review (复核), since `escalated_on`; investigator and outcome belong to
    that level, `accepted_on` to the first. `objected`: the handler says that another org is responsible.
    `extended_by`: days.
    """

    id: UUID
    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    subject: AccusedView
    handler_org: str
    level: ComplaintLevel
    status: ComplaintStatus
    objected: bool
    investigator: str | None
    lodged_on: date
    accepted_on: date | None
    escalated_on: date | None
    refused_on: date | None
    extended_by: int
    outcome: ComplaintOutcome | None
    concluded_on: date | None
    replied_on: date | None


class ComplaintSummary(ComplaintHead):
    """A complaint in a list; `updated_at` is when it last changed."""

    updated_at: Moment


class PaperView(View):
    """A document in the file of a complaint: a text, or a conclusion in its parts."""

    kind: PaperKind
    level: ComplaintLevel
    on: date
    by: str
    text: str | None
    document: dict[str, str] | None


class ComplaintView(ComplaintHead):
    """A complaint with everything that was written about it, in its order, for who handles it."""

    text: str
    complainant: dict[str, str | None] | None
    papers: list[PaperView]


class AnswerView(View):
    """What the complainant was answered: why it was refused or takes longer, and the replies."""

    kind: PaperKind
    level: ComplaintLevel
    on: date
    text: str


class FollowView(_OfComplaint):
    """A complaint for its complainant: no staff, nothing about others.

    `reply`: the last reply. `answers`: all answers in their order. `escalated_on`: since when the review is under way.
    `review_by`: the last day on which a review may be requested at the desk.
    """

    complaint_no: str
    kind: ComplaintKind
    level: ComplaintLevel
    status: ComplaintStatus
    status_text: str
    lodged_on: date
    accepted_on: date | None
    escalated_on: date | None
    refused_on: date | None
    extended_by: int
    concluded_on: date | None
    outcome: ComplaintOutcome | None
    replied_on: date | None
    reply: str | None
    review_by: date | None
    answers: list[AnswerView]
