"""What the statuses of a case are called in Chinese."""

from collections.abc import Mapping

from bianmin.events.parts import CaseStatus

CASE_STATUSES: Mapping[CaseStatus, str] = {
    "registered": "已登记",
    "supplement_requested": "待补正",
    "accepted": "已受理",
    "refused": "不予受理",
    "in_progress": "办理中",
    "paused": "特别程序中",
    "granted": "准予",
    "denied": "不予许可",
    "delivered": "已送达",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
LAPSED = "逾期未补正，已办结"
