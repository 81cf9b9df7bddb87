"""Whose turn it is in a case, in words (说明现在等谁)."""

from bianmin.domain.access import Holder
from bianmin.domain.labels_zh import DEPTS, STEP_KINDS
from services.routing.domain.route import Route
from services.routing.domain.task import OPEN, Task


def waiting_for(route: Route) -> str | None:
    """Return whom the case waits for and for what, as a Chinese sentence; None when nothing is left to do."""
    if route.status == "void":
        return "等待申请人补齐材料，重新受理后再定办理路线。"
    open_tasks = [task for task in route.tasks if task.status in OPEN]
    if open_tasks:
        return "等待" + "；".join(_of_task(route, task) for task in open_tasks) + "。"
    if route.closed_on is not None or route.status not in ("granted", "denied"):
        return None
    if route.delivered is None:
        return f"等待{_office(route.lead)}把决定送达申请人。"
    return f"等待 {route.org} 的代办人员把结果回复申请人。" if route.mode == "agency" and route.reply is None else None


def _of_task(route: Route, task: Task) -> str:
    step = "调解" if route.item.dispute else STEP_KINDS[task.kind]
    where = f"{_office(task.office)}第 {task.seq} 步（{step}）"
    late = f"（已超期，{task.escalated_to} 负责人可以代为提出意见）" if task.escalated_to else ""
    return f"{where}签收{late}" if task.assignee is None else f"{where}由 {task.assignee} 办完{late}"


def _office(office: Holder) -> str:
    return f" {office.org} {DEPTS[office.dept]}办理单位" if office.dept else f" {office.org} 窗口"
