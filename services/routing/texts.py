"""Chinese texts of routing."""

from collections.abc import Mapping

from services.routing.domain.circuits.circuit import CircuitStatus
from services.routing.domain.rosters.market import MarketRuleKind, OnHoliday
from services.routing.domain.route import ExtensionStatus, MediationOutcome, RouteStatus

CIRCUIT_STATUSES: Mapping[CircuitStatus, str] = {"open": "可以预约", "closed": "已结束"}
MARKET_RULES: Mapping[MarketRuleKind, str] = {
    "weekly": "每周",
    "solar_digit": "公历尾数",
    "lunar_digit": "农历尾数",
    "branch": "地支",
}
ON_HOLIDAY: Mapping[OnHoliday, str] = {"keep": "照常", "skip": "取消", "shift": "顺延到节后"}
REMEDIES = (
    "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自知道之日起六个月内依法向人民法院提起行政诉讼。"
)
"""The remedies that every denial names (行政许可法 art. 38(2); 行政复议法 art. 20; 行政诉讼法 art. 46)."""
EXTENSION_STATUSES: Mapping[ExtensionStatus, str] = {
    "requested": "等待批准",
    "approved": "已批准",
    "rejected": "未批准",
    "lapsed": "办理已结束或受理已更正，失效",
}
MEDIATION_OUTCOMES: Mapping[MediationOutcome, str] = {"agreed": "达成协议", "failed": "没有调解成"}
ROUTE_STATUSES: Mapping[RouteStatus, str] = {
    "open": "办理中",
    "granted": "准予",
    "denied": "不予许可",
    "helped": "已协助",
    "settled": "调解达成协议",
    "unsettled": "调解终止",
    "withdrawn": "申请人撤回",
    "void": "受理已更正，作废",
}
