"""Recusal (回避): who must neither see nor investigate a complaint (信访工作条例 art. 28)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import may_see_complaint
from bianmin.events.complaints import ComplaintRecused
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, event_parties


class NotImpartial(Conflict):
    """Raised when the person or org that is to handle a complaint has an interest in it."""

    slug, title = "not-impartial", "不能由此人调查"


class NoInvestigator(Invalid):
    """Raised when the directory knows no investigator of that id."""

    slug, title = "no-investigator", "没有这名调查员"


@dataclass(frozen=True, slots=True)
class RecuseStaff:
    """Announce the recused staff again, because somebody else worked on the case in question since."""

    complaint_id: UUID
    by: Cause


def recuse(complaint: Complaint | None) -> Sequence[Fact]:
    """Return the announcement of who is recused. The complaint was found by its case, so it exists."""
    assert complaint is not None
    return [ComplaintRecused(**event_parties(complaint))]


@dataclass(frozen=True, slots=True)
class EndCaseWait:
    """Stop waiting for the case that a complaint names: its events have arrived, or there is no such case."""

    complaint_id: UUID
    fire_at: datetime
    by: Cause

    @property
    def subject_id(self) -> UUID:
        """The complaint, as the subject of a timer's command."""
        return self.complaint_id


def end_case_wait(complaint: Complaint | None) -> Sequence[Fact]:
    """Return the announcement of who is recused now that the case is known; none where that was announced before."""
    if complaint is None or not complaint.awaits_case:
        return []
    return [ComplaintRecused(**event_parties(replace(complaint, awaits_case=False)))]


def check_impartial(investigator: str, member: Actor | None, complaint: Complaint) -> None:
    """Check that a person may investigate a complaint. `member`: the person as the directory knows them.

    Raises NotImpartial for recused staff, for who investigated it at an earlier level, and for who may not see it:
    staff of the accused unit, or of an org that does not handle it. Raises NoInvestigator for who is no investigator.
    """
    if investigator in complaint.recused or investigator in complaint.past_investigators:
        raise NotImpartial("此人与本件有利害关系，或调查过本件，应当回避；请另指定调查员。")
    if member is None or not member.may("investigator"):
        error = FieldError("/investigator", "no_investigator", "人员目录中没有担任调查员的这名工作人员")
        raise NoInvestigator("没有这名调查员；请核对人员编号，或先在机构目录中登记其调查员身份。", errors=[error])
    if not may_see_complaint(member, complaint.parties):
        raise NotImpartial("调查员应是承办单位或其上级的调查员，不能是被投诉单位的人员；请另指定调查员。")
