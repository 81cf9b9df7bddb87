"""Who must not investigate a complaint (回避)."""

from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint


class NotImpartial(Conflict):
    """Raised when the org or person that is to handle a complaint has an interest in it (信访工作条例 art. 28)."""

    slug, title = "not-impartial", "不能由此人调查"


def may_investigate(staff_id: str, complaint: Complaint) -> bool:
    """Return whether a person may be named investigator: neither recused nor an investigator of an earlier level.

    信访工作条例 art. 28.
    """
    return staff_id not in complaint.recused and staff_id not in complaint.past_investigators
