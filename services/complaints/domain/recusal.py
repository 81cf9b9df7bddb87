"""Recusal (回避): who must neither see nor investigate a complaint (信访工作条例 art. 28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bianmin.events.complaints import ComplaintRecused
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, event_parties


class NotImpartial(Conflict):
    """Raised when the person or org that is to handle a complaint has an interest in it."""

    slug, title = "not-impartial", "不能由此人调查"


@dataclass(frozen=True, slots=True)
class RecuseStaff:
    """Announce the recused staff again, because somebody else worked on the case in question since."""

    complaint_id: UUID
    by: Cause


def recuse(complaint: Complaint | None) -> Sequence[Fact]:
    """Return the announcement of who is recused. The complaint was found by its case, so it exists."""
    assert complaint is not None
    return [ComplaintRecused(**event_parties(complaint))]


def check_impartial(investigator: str, complaint: Complaint) -> None:
    """Check that a person may investigate a complaint. Raises NotImpartial.

    Recused staff may not, nor who investigated it at an earlier level.
    """
    if investigator in complaint.recused or investigator in complaint.past_investigators:
        raise NotImpartial("此人与本件有利害关系，或调查过本件，应当回避；请另指定调查员。")
