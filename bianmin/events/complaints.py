"""What complaints announces, on topic `bianmin.complaints`: facts about the handling, nothing of the content."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from bianmin.events.parts import ComplaintChannel, ComplaintKind, EventData, OrgCode, Outcome


class _Complaint(EventData):
    event_subject: ClassVar[str] = "complaint id"
    producers: ClassVar[tuple[str, ...]] = ("complaints",)

    handler_org: OrgCode
    """The org that handles it, a level above the accused."""
    accused_org: OrgCode
    """Nobody in it is ever shown anything that follows from this event (信访工作条例 art. 30)."""
    recused: tuple[str, ...] = ()
    """Staff by their ids to whom the same applies wherever they are: who is accused, and who had a hand in the case it
    is about (art. 28)."""


class ComplaintLodged(_Complaint):
    """Somebody complained, reported, suggested or praised: every one is registered (信访工作条例 art. 22), and who
    gave a name is told within 15 days whether it is accepted (art. 23)."""

    event_name: ClassVar = "complaint.lodged"
    event_title: ClassVar = "投诉已登记"

    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    case_id: UUID | None = None
    """The case it is about, where it is about one."""
    lodged_on: date


class ComplaintAccepted(_Complaint):
    """It is being handled: 60 days from here (信访工作条例 art. 34)."""

    event_name: ClassVar = "complaint.accepted"
    event_title: ClassVar = "投诉已受理"

    kind: ComplaintKind
    accepted_on: date


class ComplaintAssigned(_Complaint):
    """An investigator has it: nobody who handled the case, nor with an interest in it (信访工作条例 art. 28)."""

    event_name: ClassVar = "complaint.assigned"
    event_title: ClassVar = "投诉已交办"


class ComplaintRecused(_Complaint):
    """More people have had a hand in the case since: they too are kept away from it (信访工作条例 art. 28)."""

    event_name: ClassVar = "complaint.recused"
    event_title: ClassVar = "新增回避人员"


class ComplaintConcluded(_Complaint):
    """Investigated, with one of three outcomes (信访工作条例 art. 32)."""

    event_name: ClassVar = "complaint.concluded"
    event_title: ClassVar = "投诉已有结论"

    outcome: Outcome
    concluded_on: date


class ComplaintReplied(_Complaint):
    """The complainant has the answer."""

    event_name: ClassVar = "complaint.replied"
    event_title: ClassVar = "投诉已答复"

    replied_on: date
