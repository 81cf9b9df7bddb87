"""How far a complaint has come, and what is told of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.complaints.domain.complaint import Complaint, Paper, PaperKind
from services.complaints.domain.facts import Written


class WrongStatus(Conflict):
    slug, title = "complaint-wrong-status", "当前状态不能办理"


STATUS_NAMES: Mapping[str, str] = {
    "lodged": "已登记",
    "accepted": "已受理",
    "assigned": "调查中",
    "concluded": "已有结论",
    "replied": "已答复",
    "refused": "不予受理",
}


def check_status(complaint: Complaint, status: str, told: str) -> None:
    if complaint.status != status:
        raise WrongStatus(f"{told}；这件投诉{STATUS_NAMES[complaint.status]}。")


def told_of(complaint: Complaint) -> dict[str, Any]:
    """What every event says of a complaint."""
    return {
        "handler_org": complaint.handler_org,
        "accused_org": complaint.accused_org,
        "recused": complaint.recused,
    }


def written(complaint: Complaint, kind: PaperKind, content: bytes, on: date, by: Cause) -> Written:
    return Written(Paper(kind, complaint.level, on, by.actor.id, content))
