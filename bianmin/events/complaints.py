"""What complaints announces, on topic `bianmin.complaints`: facts about the handling, nothing of the content."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, EventData, OrgCode, Outcome


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


class ComplaintRefused(_Complaint):
    """It is not accepted, with reasons (信访工作条例 art. 23)."""

    event_name: ClassVar = "complaint.refused"
    event_title: ClassVar = "投诉不予受理"

    kind: ComplaintKind
    refused_on: date


class ComplaintTransferred(_Complaint):
    """Another org handles it from here: `handler_org`. It had come to the wrong one (信访工作条例 art. 23)."""

    event_name: ClassVar = "complaint.transferred"
    event_title: ClassVar = "投诉已转送"

    kind: ComplaintKind
    from_org: OrgCode
    transferred_on: date


class ComplaintExtended(_Complaint):
    """The head of the organ gave it more time, once; the complainant is told why (信访工作条例 art. 34)."""

    event_name: ClassVar = "complaint.extended"
    event_title: ClassVar = "投诉办理期限延长"

    days: Annotated[int, Field(ge=1, le=30)]
    extended_on: date


class ComplaintEscalated(_Complaint):
    """The complainant does not agree with the answer: the organ above reviews it (复查), and the one above that once
    more (复核, 信访工作条例 art. 35, 36)."""

    event_name: ClassVar = "complaint.escalated"
    event_title: ClassVar = "投诉提请复查复核"

    kind: ComplaintKind
    level: Literal["review", "rereview"]
    from_org: OrgCode
    escalated_on: date


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
    level: ComplaintLevel = "handling"


class ComplaintReplied(_Complaint):
    """The complainant has the answer."""

    event_name: ClassVar = "complaint.replied"
    event_title: ClassVar = "投诉已答复"

    replied_on: date
    kind: ComplaintKind | None = None
    level: ComplaintLevel = "handling"
