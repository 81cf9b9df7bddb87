"""The status of a complaint: its names in Chinese, and the check that a command fits it."""

from collections.abc import Mapping

from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint, ComplaintStatus


class WrongComplaintStatus(Conflict):
    """Raised when a command does not fit the status of the complaint."""

    slug, title = "complaint-wrong-status", "当前状态不能办理"


STATUS_NAMES: Mapping[ComplaintStatus, str] = {
    "lodged": "已登记",
    "accepted": "已受理",
    "assigned": "调查中",
    "concluded": "已有结论",
    "replied": "已答复",
    "refused": "不予受理",
}


def check_status(complaint: Complaint, status: ComplaintStatus, requirement: str) -> None:
    """Check that a complaint has a status. Raises WrongComplaintStatus, which begins with the `requirement`."""
    if complaint.status != status:
        raise WrongComplaintStatus(f"{requirement}；这件投诉{STATUS_NAMES[complaint.status]}。")
