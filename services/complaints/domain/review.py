"""Reviewing the answer to a complaint: review (复查) and second review (复核), each by the org above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.divisions import parent_of
from bianmin.events.complaints import ComplaintEscalated
from bianmin.events.parts import ComplaintLevel
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, event_parties, paper_added
from services.complaints.domain.periods import check_in_time, last_day
from services.complaints.domain.status import check_status


class ComplaintFinal(Conflict):
    """Raised when there is no further review of an answer."""

    slug, title = "complaint-final", "不能再申请复查复核"


@dataclass(frozen=True, slots=True)
class EscalateComplaint:
    """Have the org above review the answer, because the complainant does not accept it (信访工作条例 art. 35, 36)."""

    complaint_id: UUID
    request: bytes
    at: datetime
    on: date
    by: Cause


_NEXT_LEVEL: Mapping[ComplaintLevel, tuple[Literal["review", "rereview"], str, str]] = {
    "handling": ("review", "review_request", "复查"),
    "review": ("rereview", "rereview_request", "复核"),
}
"""By the present level: the next level, the stage of the period for requesting it, and its name."""


def escalate(complaint: Complaint, command: EscalateComplaint) -> Sequence[Fact]:
    """Return the facts of a review, to be requested within 30 days of the answer (信访工作条例 art. 35, 36).

    Raises WrongComplaintStatus, ComplaintFinal, PeriodUnknown and PeriodOver.
    """
    check_status(complaint, "replied", "答复之后才能申请复查、复核")
    if complaint.kind != "complaint":
        raise ComplaintFinal("检举控告、建议和表扬没有复查、复核；有新的情况，请重新提交。")
    if complaint.level == "rereview":
        raise ComplaintFinal("复核意见是终局的：同一事实和理由不再受理（信访工作条例第三十六条）。")
    above = parent_of(complaint.handler_org)
    if above is None:
        raise ComplaintFinal("省级单位的意见没有上级可以复查、复核；不服的，可依法申请行政复议或者提起诉讼。")
    level, stage, name = _NEXT_LEVEL[complaint.level]
    check_in_time(complaint, stage, command.at, f"应在收到意见之日起三十日内申请{name}，期限已于 {{}} 届满")
    escalated = ComplaintEscalated(
        **event_parties(replace(complaint, handler_org=above)),
        kind=complaint.kind,
        level=level,
        from_org=complaint.handler_org,
        escalated_on=command.on,
    )
    return [paper_added(complaint, "request", command.request, command.on, command.by), escalated]


def review_by(complaint: Complaint) -> date | None:
    """Return the last day on which the complainant may request a review; None where no review can be requested."""
    if complaint.status != "replied" or complaint.level == "rereview":
        return None
    end = complaint.ends.get(_NEXT_LEVEL[complaint.level][1])
    return last_day(end) if end else None
