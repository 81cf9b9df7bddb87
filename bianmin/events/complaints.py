"""What complaints announces, on topic `bianmin.complaints`: facts about the handling, nothing of the content.

`accused_org` is there so that nobody in it is ever shown anything that follows from these events.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, EventData, Outcome


class _Complaint(EventData):
    handler_org: str
    accused_org: str


class ComplaintLodged(_Complaint):
    """Somebody complained, reported, suggested or praised; a named complaint must be answered within 15 days
    (信访工作条例 art. 23)."""

    event_name: ClassVar = "complaint.lodged"
    event_title: ClassVar = "投诉已登记"
    producers: ClassVar = ("complaints",)

    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    case_id: UUID | None = None
    lodged_on: date


class ComplaintAccepted(_Complaint):
    """It is being handled: 60 days from here (信访工作条例 art. 34)."""

    event_name: ClassVar = "complaint.accepted"
    event_title: ClassVar = "投诉已受理"
    producers: ClassVar = ("complaints",)

    kind: ComplaintKind
    accepted_on: date


class ComplaintAssigned(_Complaint):
    """An investigator has it."""

    event_name: ClassVar = "complaint.assigned"
    event_title: ClassVar = "投诉已交办"
    producers: ClassVar = ("complaints",)


class ComplaintConcluded(_Complaint):
    """Investigated, with one of three outcomes (信访工作条例 art. 32)."""

    event_name: ClassVar = "complaint.concluded"
    event_title: ClassVar = "投诉已有结论"
    producers: ClassVar = ("complaints",)

    outcome: Outcome
    concluded_on: date


class ComplaintReplied(_Complaint):
    """The complainant has the answer."""

    event_name: ClassVar = "complaint.replied"
    event_title: ClassVar = "投诉已答复"
    producers: ClassVar = ("complaints",)

    replied_on: date
