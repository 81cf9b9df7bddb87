"""The events of the complaints service, on topic `bianmin.complaints`: the handling of complaints, never their
content."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, ComplaintOutcome, EventData, OrgCode


class _Complaint(EventData):
    event_subject: ClassVar[str] = "complaint id"
    producers: ClassVar[tuple[str, ...]] = ("complaints",)

    handler_org: OrgCode
    """The org that handles the complaint, one level above the accused org."""
    accused_org: OrgCode
    """The org that the complaint is about. Readers show none of its staff anything about the complaint (信访工作条例
    art. 30)."""
    recused: tuple[str, ...] = ()
    """Staff ids of the accused person and of everybody who worked on the case in question. Readers show them nothing
    about the complaint either, whatever their org (信访工作条例 art. 28)."""
    awaits_case: bool = False
    """Whether the complaint names a case of which complaints has read no event, so that `recused` lacks the staff of
    the case. Until a later event says otherwise, readers show the complaint only to orgs above `handler_org`."""


class ComplaintLodged(_Complaint):
    """A complaint, report, suggestion or praise was registered, as every one must be (信访工作条例 art. 22). A
    complainant who gave a name must be told within 15 days whether it is accepted (art. 23)."""

    event_name: ClassVar = "complaint.lodged"
    event_title: ClassVar = "投诉已登记"

    complaint_no: str
    kind: ComplaintKind
    channel: ComplaintChannel
    anonymous: bool
    case_id: UUID | None = None
    """The case that the complaint is about; null where it is about no case."""
    lodged_on: date


class ComplaintAccepted(_Complaint):
    """The complaint was accepted. It must be concluded within 60 days of `accepted_on` (信访工作条例 art. 34)."""

    event_name: ClassVar = "complaint.accepted"
    event_title: ClassVar = "投诉已受理"

    kind: ComplaintKind
    accepted_on: date


class ComplaintRefused(_Complaint):
    """The complaint was refused, with reasons (信访工作条例 art. 23)."""

    event_name: ClassVar = "complaint.refused"
    event_title: ClassVar = "投诉不予受理"

    kind: ComplaintKind
    refused_on: date


class ComplaintTransferred(_Complaint):
    """The complaint had reached the wrong org and was handed to `handler_org` (信访工作条例 art. 23)."""

    event_name: ClassVar = "complaint.transferred"
    event_title: ClassVar = "投诉已转送"

    kind: ComplaintKind
    from_org: OrgCode
    transferred_on: date


class ComplaintExtended(_Complaint):
    """The head of the organ extended the period, which is possible once. The complainant is told the reason
    (信访工作条例 art. 34)."""

    event_name: ClassVar = "complaint.extended"
    event_title: ClassVar = "投诉办理期限延长"

    days: Annotated[int, Field(ge=1, le=30)]
    extended_on: date


class ComplaintEscalated(_Complaint):
    """The complainant disagreed with the answer. The organ above reviews it (`review`, 复查); the organ above that one
    reviews it a second time (`rereview`, 复核; 信访工作条例 art. 35, 36)."""

    event_name: ClassVar = "complaint.escalated"
    event_title: ClassVar = "投诉提请复查复核"

    kind: ComplaintKind
    level: Literal["review", "rereview"]
    from_org: OrgCode
    escalated_on: date


class ComplaintAssigned(_Complaint):
    """The complaint was assigned to an investigator, who neither worked on the case nor has an interest in it
    (信访工作条例 art. 28)."""

    event_name: ClassVar = "complaint.assigned"
    event_title: ClassVar = "投诉已交办"


class ComplaintRecused(_Complaint):
    """The recused staff changed: more people have worked on the case since, or the case that the complaint awaited is
    known now (信访工作条例 art. 28)."""

    event_name: ClassVar = "complaint.recused"
    event_title: ClassVar = "新增回避人员"


class ComplaintConcluded(_Complaint):
    """The investigation ended with one of three outcomes (信访工作条例 art. 32)."""

    event_name: ClassVar = "complaint.concluded"
    event_title: ClassVar = "投诉已有结论"

    outcome: ComplaintOutcome
    concluded_on: date
    level: ComplaintLevel = "handling"


class ComplaintReplied(_Complaint):
    """The complainant received the answer."""

    event_name: ClassVar = "complaint.replied"
    event_title: ClassVar = "投诉已答复"

    replied_on: date
    kind: ComplaintKind | None = None
    level: ComplaintLevel = "handling"
