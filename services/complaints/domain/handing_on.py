"""A complaint goes to another org, or gets more time: objections, transfers, extensions, reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from bianmin.domain.codes import parent_of
from bianmin.events.complaints import ComplaintEscalated, ComplaintExtended, ComplaintTransferred
from bianmin.events.parts import ComplaintLevel
from bianmin.kit.refusals import Conflict, Forbidden
from bianmin.kit.time_source import TZ
from services.complaints.domain.complaint import Complaint, Escalate, Extend, Object, Transfer
from services.complaints.domain.facts import Objected
from services.complaints.domain.recusal import NotImpartial
from services.complaints.domain.status import STATUS_NAMES, WrongStatus, check_status, told_of, written


class NotTheHandler(Forbidden):
    slug, title = "not-the-handler", "不是承办单位"


class NotTheRouter(Forbidden):
    slug, title = "not-the-router", "不能转送这件投诉"


class NotTheHead(Forbidden):
    slug, title = "not-the-head", "应由承办单位负责人批准"


class PeriodOver(Conflict):
    slug, title = "period-over", "期限已过"


class PeriodUnknown(Conflict):
    slug, title = "period-unknown", "期限正在计算"


class ExtendedBefore(Conflict):
    slug, title = "extended-before", "已经延长过一次"


class Final(Conflict):
    slug, title = "complaint-final", "不能再申请复查复核"


def object_to(complaint: Complaint, command: Object) -> Sequence[object]:
    if command.by.actor.org != complaint.handler_org:
        raise NotTheHandler("只有承办单位能提出异议；上级单位可以直接转送。")
    check_status(complaint, "lodged", "受理之前才能提出异议")
    if complaint.objected:
        raise WrongStatus("已经提出异议，等待上级单位转送；不转送的，请在受理期限内受理。")
    within = "退回热线工单的" if complaint.channel == "hotline" else "应在收到之日起五个工作日内提出异议，"
    told = f"{within}期限已于 {{}} 届满；请办理受理"
    _check_in_time(complaint, "return", command.at, told)
    return [written(complaint, "objection", command.reason, command.on, command.by), Objected()]


def transfer(complaint: Complaint, command: Transfer) -> Sequence[object]:
    router = command.by.actor.org
    if router == complaint.handler_org and parent_of(router) is not None:
        raise NotTheRouter("承办单位不能自行转送；请提出异议（objection），由上级单位决定。")
    if not command.to_org.startswith(router):
        raise NotTheRouter("只能转送给本辖区的单位。")
    check_status(complaint, "lodged", "受理之前才能转送")
    if command.to_org == complaint.handler_org:
        raise WrongStatus("这件投诉正由该单位承办，不必转送。")
    if command.to_org.startswith(complaint.accused_org):
        raise NotImpartial("不能转给被投诉的单位及其下属；请转给其他单位。")
    passed = replace(complaint, handler_org=command.to_org)
    transferred = ComplaintTransferred(
        **told_of(passed),
        kind=complaint.kind,
        from_org=complaint.handler_org,
        transferred_on=command.transferred_on,
    )
    return [written(complaint, "transfer", command.reason, command.transferred_on, command.by), transferred]


def extend(complaint: Complaint, command: Extend) -> Sequence[object]:
    actor = command.by.actor
    if not actor.may("manager") or actor.org != complaint.handler_org or actor.dept is not None:
        raise NotTheHead("延长办理期限由承办单位负责人批准。")
    if complaint.level != "handling" or complaint.status not in ("accepted", "assigned", "concluded"):
        raise WrongStatus(f"受理之后、答复之前才能延长，复查复核不能延长；这件投诉{STATUS_NAMES[complaint.status]}。")
    if complaint.extended_by:
        raise ExtendedBefore("办理期限只能延长一次；请在期限内答复，暂不能办结的说明理由和进展。")
    _check_in_time(complaint, "handling", command.at, "办理期限已于 {} 届满，不能再延长；请尽快答复，并说明逾期的原因")
    extended = ComplaintExtended(**told_of(complaint), days=command.days, extended_on=command.on)
    return [written(complaint, "extension", command.reason, command.on, command.by), extended]


def escalate(complaint: Complaint, command: Escalate) -> Sequence[object]:
    check_status(complaint, "replied", "答复之后才能申请复查、复核")
    if complaint.kind != "complaint":
        raise Final("检举控告、建议和表扬没有复查、复核；有新的情况，请重新提交。")
    if complaint.level == "rereview":
        raise Final("复核意见是终局的：同一事实和理由不再受理（信访工作条例第三十六条）。")
    above = parent_of(complaint.handler_org)
    if above is None:
        raise Final("省级单位的意见没有上级可以复查、复核；不服的，可依法申请行政复议或者提起诉讼。")
    level, stage, name = _NEXT[complaint.level]
    _check_in_time(complaint, stage, command.at, f"应在收到意见之日起三十日内申请{name}，期限已于 {{}} 届满")
    escalated = ComplaintEscalated(
        **told_of(replace(complaint, handler_org=above)),
        kind=complaint.kind,
        level=level,
        from_org=complaint.handler_org,
        escalated_on=command.on,
    )
    return [written(complaint, "request", command.request, command.on, command.by), escalated]


_NEXT: Mapping[ComplaintLevel, tuple[Literal["review", "rereview"], str, str]] = {
    "handling": ("review", "review_request", "复查"),
    "review": ("rereview", "rereview_request", "复核"),
}


def review_by(complaint: Complaint) -> date | None:
    """The last day on which the complainant may ask for a review; None where there is none to ask for."""
    if complaint.status != "replied" or complaint.level == "rereview":
        return None
    end = complaint.ends.get(_NEXT[complaint.level][1])
    return end and _last_day(end)


def _last_day(end: datetime) -> date:
    """The day that is over at that moment."""
    return (end - datetime.resolution).astimezone(TZ).date()


def _check_in_time(complaint: Complaint, stage: str, at: datetime, told: str) -> None:
    end = complaint.ends.get(stage)
    if end is None:
        raise PeriodUnknown("期限正在计算；请稍后再试。")
    if at > end:
        raise PeriodOver(told.format(_last_day(end)) + "。")
