"""What intake tells people, in Chinese."""

from collections.abc import Mapping
from typing import Any

REMEDIES = (
    "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自知道之日起六个月内依法向人民法院提起行政诉讼。"
)

_STEPS: Mapping[str, str] = {
    "case.registered": "申请已登记",
    "case.supplement_requested": "已一次性告知需要补正的材料",
    "case.supplemented": "已补交材料",
    "case.accepted": "已受理",
    "case.refused": "决定不予受理",
    "case.withdrawal_requested": "申请人要求撤回，等待办理单位答复",
    "case.withdrawn": "申请已撤回",
    "case.withdrawal_rejected": "已作出决定，不能撤回",
    "route.planned": "已转交办理单位",
    "task.assigned": "等待办理单位签收",
    "task.received": "办理单位已签收",
    "task.started": "办理单位开始办理",
    "task.completed": "办理步骤已完成",
    "task.returned": "已退回上一步重新办理",
    "case.granted": "决定准予",
    "case.denied": "决定不予许可",
    "case.delivered": "结果已送达",
    "case.closed": "已办结",
    "clock.started": "{clock}开始计时，{due_on} 到期",
    "clock.yellow": "{clock}临近到期（{due_on}）",
    "clock.red": "{clock}已超期（应于 {due_on} 前办结）",
    "clock.stopped": "{clock}停止计时",
}
_CLOCKS: Mapping[str, str] = {
    "promise": "承诺时限",
    "statutory": "法定时限",
    "completeness": "受理审查时限",
    "delivery": "送达时限",
    "step": "环节时限",
}


def step(type_: str, data: Mapping[str, Any]) -> str:
    """One line of a case's story."""
    name = type_.removeprefix("cn.bianmin.").rpartition(".v")[0] if type_.startswith("cn.bianmin.") else type_
    text = _STEPS.get(name, "办理有新进展")
    return text.format(clock=_CLOCKS.get(str(data.get("kind")), "时限"), due_on=data.get("due_on", ""))
