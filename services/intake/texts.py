"""The Chinese texts of intake: remedies, and a line for each event of a case."""

from collections.abc import Mapping
from typing import Any

from bianmin.domain.labels_zh import PROCEDURES, UNITS

REMEDIES = (
    "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自知道之日起六个月内依法向人民法院提起行政诉讼。"
)

_EVENTS: Mapping[str, str] = {
    "case.registered": "申请已登记",
    "case.supplement_requested": "已一次性告知需要补正的材料",
    "case.supplemented": "已补交材料",
    "case.accepted": "已受理",
    "case.deemed_accepted": "期限内未告知补正，自收到之日（{accepted_on}）起即为受理",
    "case.deeming_corrected": "已在期限内（{noticed_on}）答复申请人，更正视为受理",
    "case.lapsed": "逾期未补正，已办结；需要办理的，请备齐材料重新申请",
    "case.lapse_corrected": "材料已在期限内（{received_on}）补齐，更正逾期办结，继续办理",
    "case.refused": "决定不予受理",
    "case.withdrawal_requested": "申请人要求撤回，等待办理单位答复",
    "case.withdrawn": "申请已撤回",
    "case.withdrawal_rejected": "已作出决定，不能撤回",
    "case.replied": "已把结果回复申请人",
    "assistance.assigned": "等待窗口协助",
    "assistance.received": "窗口已安排专人协助",
    "assistance.given": "已协助，并告知下一步到哪里办理",
    "dispute.mediated": "已调解",
    "dispute.escalated": "已上报上一级调解",
    "dispute.settled": "调解达成协议",
    "dispute.unsettled": "调解终止，可以依法申请仲裁或者提起诉讼",
    "refusal.filed": "拟不予受理，已报负责人",
    "refusal.answered": "负责人已答复不予受理的报备",
    "denial.filed": "拟不予许可，已报负责人",
    "denial.answered": "负责人已答复不予许可的报备",
    "case.reopened": "原决定已撤销，重新办理",
    "procedure.started": "开始{procedure}，预计 {expected_days} 个工作日，所需时间不计入办理期限",
    "procedure.ended": "{procedure}结束，{started_on} 至 {ended_on} 不计入办理期限",
    "extension.requested": "办理单位申请延长办理期限 {days} {unit}",
    "extension.approved": "经批准，办理期限延长 {days} {unit}",
    "extension.rejected": "延长办理期限的申请未获批准",
    "route.planned": "已转交办理单位",
    "route.voided": "办理路线作废",
    "task.assigned": "等待办理单位签收",
    "task.received": "办理单位已签收",
    "task.started": "办理单位开始办理",
    "task.reassigned": "办理单位已指派经办人",
    "task.transferred": "已转交其他单位办理",
    "task.objected": "办理单位提出异议，等待上级确定",
    "task.verified": "第二人已复核",
    "joint.opinion_overdue": "会办意见超期，已报上级",
    "task.recused": "有工作人员回避",
    "task.completed": "办理步骤已完成",
    "task.returned": "已退回上一步重新办理",
    "case.granted": "决定准予",
    "case.denied": "决定不予许可",
    "case.delivered": "结果已送达",
    "case.closed": "已办结",
    "clock.started": "{clock}开始计时，{due_on} 到期",
    "clock.paused": "{clock}暂停计时",
    "clock.resumed": "{clock}恢复计时，{due_on} 到期",
    "clock.extended": "{clock}延长，{due_on} 到期",
    "clock.rescheduled": "{clock}调整为 {due_on} 到期",
    "clock.reminded": "{clock}提醒：{due_on} 到期",
    "clock.yellow": "{clock}临近到期（{due_on}）",
    "clock.red": "{clock}已超期（应于 {due_on} 前办结）",
    "clock.lamp_turned": "{clock}转为{lamp}灯",
    "card.issued": "因{missed}，发出{card}",
    "card.appealed": "对{card}提出申诉",
    "card.upheld": "申诉不成立，维持{card}",
    "card.revoked": "{card}已撤销",
    "clock.stopped": "{clock}停止计时",
}
_EVENTS_WITHOUT_END: Mapping[str, str] = {"clock.extended": "{clock}延长，恢复计时后确定到期日"}
"""The lines for a clock that is paused and so has no end."""
_CLOCKS: Mapping[str, str] = {
    "promise": "承诺时限",
    "statutory": "法定时限",
    "completeness": "受理审查时限",
    "completeness-supplement": "补正期限",
    "delivery": "送达时限",
    "step": "环节时限",
    "procedure": "特别程序时限",
    "card": "限期办结时限",
}

_LAMPS: Mapping[str, str] = {"green": "绿", "yellow": "黄", "red": "红"}
_CARDS: Mapping[str, str] = {"yellow": "黄牌", "red": "红牌"}
_SECOND_YELLOW: Mapping[str, str] = {
    "second_yellow": "同一办件中第二次被发黄牌",
    "second_yellow_in_year": "十二个月内第二次被发黄牌",
}


def event_text(type_: str, data: Mapping[str, Any]) -> str:
    """Return the line of the timeline for an event. `type_` is its type, `data` what it says."""
    name = type_.removeprefix("cn.bianmin.").rpartition(".v")[0] if type_.startswith("cn.bianmin.") else type_
    text = _EVENTS.get(name, "办理有新进展")
    if data.get("due_on") is None:
        text = _EVENTS_WITHOUT_END.get(name, text)
    clock = _CLOCKS.get(f"{data.get('kind')}-{data.get('stage')}") or _CLOCKS.get(str(data.get("kind")), "时限")
    values = {
        "clock": clock,
        "unit": UNITS.get(str(data.get("unit")), "天"),
        "lamp": _LAMPS.get(str(data.get("lamp")), ""),
        "card": _CARDS.get(str(data.get("level")), "牌"),
        "missed": _SECOND_YELLOW.get(str(data.get("reason_code")), f"{clock}届满"),
        "procedure": PROCEDURES.get(str(data.get("kind")), "特别程序"),
    }
    if data.get("provisional"):
        values["due_on"] = f"{data.get('due_on')}（暂定）"
    return text.format_map(_Values({**data, **values}))


class _Values(dict[str, Any]):
    """Values for a line, with a dash for each that the event leaves out."""

    def __missing__(self, key: str) -> str:
        return "—"
