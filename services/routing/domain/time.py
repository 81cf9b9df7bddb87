"""What moves the time of a case at the desk: special procedures, and extensions of the period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import assert_never

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.domain.labels_zh import PROCEDURES, UNITS
from bianmin.events.parts import PeriodUnit
from bianmin.events.routing import (
    ExtensionApproved,
    ExtensionRejected,
    ExtensionRequested,
    ProcedureEnded,
    ProcedureStarted,
)
from bianmin.kit.refusals import Conflict, FieldError, Invalid, NotFound
from bianmin.kit.time_source import TZ
from services.routing.domain.facts import ExtensionKept, ProcedureKept
from services.routing.domain.offices import NotTheOffice, works_at
from services.routing.domain.route import (
    AnswerExtension,
    EndProcedure,
    Extension,
    ExtensionStatus,
    Procedure,
    RequestExtension,
    Route,
    StartProcedure,
    TimeCommand,
)

LICENCE = "01"
BY_LAW, BY_LAW_JOINT = 10, 15
"""By how many working days a licence may be extended where the item says nothing (行政许可法 art. 42)."""


class ProcedureNotFound(NotFound):
    slug, title = "procedure-not-found", "没有这个特别程序"


class ExtensionNotFound(NotFound):
    slug, title = "extension-not-found", "没有这个延期申请"


class NotOpen(Conflict):
    slug, title = "not-in-handling", "办件不在办理中"


class ProcedureUnderWay(Conflict):
    slug, title = "procedure-under-way", "特别程序正在进行"


class ProcedureOver(Conflict):
    slug, title = "procedure-over", "特别程序已经结束"


class PublicityCounts(Conflict):
    slug, title = "publicity-counts", "公示时间计入期限"


class ExtensionNotAllowed(Conflict):
    slug, title = "extension-not-allowed", "不能延长期限"


class ExtensionTooLong(Invalid):
    slug, title = "extension-too-long", "延长的天数过多"


class ExtensionAnswered(Conflict):
    slug, title = "extension-answered", "延期申请已有答复"


class ExtensionLapsed(Conflict):
    slug, title = "extension-lapsed", "延期申请已失效"


def move_time(route: Route, command: TimeCommand) -> Sequence[object]:
    """What an organ does with the time of a case that is its to decide."""
    match command:
        case StartProcedure():
            return _start(route, command)
        case EndProcedure():
            return _end(route, command)
        case RequestExtension():
            return _request(route, command)
        case AnswerExtension():
            return _answer(route, command)
    assert_never(command)


def end_what_goes_on(route: Route, today: date) -> list[object]:
    """Special procedures end with the handling itself, and what was asked for it is not to be answered any more."""
    ended = [
        fact for one in route.procedures if one.ended_on is None for fact in _ended(route, replace(one, ended_on=today))
    ]
    lapsed = [ExtensionKept(replace(one, status="lapsed")) for one in route.extensions if one.status == "requested"]
    return [*ended, *lapsed]


def _start(route: Route, command: StartProcedure) -> Sequence[object]:
    _check_holder(route, command.by.actor)
    _check_open(route)
    if command.kind == "publicity" and route.item.publicity_counts:
        raise PublicityCounts("这个事项的公示时间计入办理期限，不暂停计时；直接公示即可，不必登记特别程序。")
    if any(one.kind == command.kind and one.ended_on is None for one in route.procedures):
        name = PROCEDURES[command.kind]
        raise ProcedureUnderWay(f"{name}正在进行，不必重复登记；结束后请登记结束（end）。")
    new = Procedure(
        id=command.procedure_id,
        kind=command.kind,
        expected_days=command.expected_days,
        reason=command.reason,
        started_on=command.today,
        started_by=command.by.actor.id,
        cycle=route.cycle,
    )
    started = ProcedureStarted(
        access=route.access(),
        procedure_id=new.id,
        kind=new.kind,
        started_on=new.started_on,
        expected_days=new.expected_days,
    )
    return [ProcedureKept(new), started]


def _end(route: Route, command: EndProcedure) -> Sequence[object]:
    _check_holder(route, command.by.actor)
    found = next((one for one in route.procedures if one.id == command.procedure_id), None)
    if found is None:
        raise ProcedureNotFound("这个办件没有这个特别程序；请核对编号。")
    if found.ended_on is not None:
        others = "、".join(PROCEDURES[one.kind] for one in route.procedures if one.ended_on is None)
        standstill = f"{others}仍在进行，期限仍暂停计算。" if others else ""
        raise ProcedureOver(f"{PROCEDURES[found.kind]}已于 {found.ended_on} 结束，不必再登记。{standstill}")
    return _ended(route, replace(found, ended_on=command.today))


def _ended(route: Route, over: Procedure) -> list[object]:
    assert over.ended_on is not None
    ended = ProcedureEnded(
        access=route.access(),
        procedure_id=over.id,
        kind=over.kind,
        started_on=over.started_on,
        ended_on=over.ended_on,
    )
    return [ProcedureKept(over), ended]


def _request(route: Route, command: RequestExtension) -> Sequence[object]:
    if not works_at(command.by.actor, route.deciding):
        raise NotTheOffice(f"延长期限由作出决定的单位（{_name(route.deciding)}）申请；请由该单位的工作人员操作。")
    _check_open(route)
    most = longest_extension(route)
    if most == 0:
        raise ExtensionNotAllowed(
            "这个事项没有规定可以延长期限；请在期限内作出决定，需要听证、检验、鉴定等的，可以依法登记特别程序。"
        )
    if command.days > most:
        told = f"最多可以延长 {most} {UNITS[_unit(route)]}"
        raise ExtensionTooLong(f"{told}；请减少天数。", errors=[FieldError("/days", "too_long", told)])
    _check_only_one(route)
    _check_in_time(route, command)
    new = Extension(
        id=command.extension_id,
        days=command.days,
        unit=_unit(route),
        reason=command.reason,
        requested_on=command.today,
        requested_by=command.by.actor.id,
        cycle=route.cycle,
    )
    asked = ExtensionRequested(
        access=route.access(), extension_id=new.id, days=new.days, unit=new.unit, requested_on=command.today
    )
    return [ExtensionKept(new), asked]


def _answer(route: Route, command: AnswerExtension) -> Sequence[object]:
    found = next(one for one in route.extensions if one.id == command.extension_id)
    if not _may_approve(route, command.by.actor):
        raise NotTheOffice(
            f"联合办理的延期由同级政府（{route.deciding.org}）负责人批准（行政许可法第四十二条）。"
            if route.item.mode == "joint"
            else f"延期由作出决定的单位（{_name(route.deciding)}）负责人批准（行政许可法第四十二条）。"
        )
    _check_unanswered(route, found)
    access = route.access()
    named = {"access": access, "extension_id": found.id, "days": found.days, "unit": found.unit}
    answered = replace(found, answered_on=command.today, answered_by=command.by.actor.id, answer=command.answer)
    if not command.approved:
        rejected = ExtensionRejected(**named, rejected_on=command.today)
        return [ExtensionKept(replace(answered, status="rejected")), rejected]
    _check_in_time(route, command)
    approved = ExtensionApproved(**named, approved_on=command.today)
    return [ExtensionKept(replace(answered, status="approved")), approved]


def _check_unanswered(route: Route, extension: Extension) -> None:
    if extension.status in ("approved", "rejected"):
        done = "批准" if extension.status == "approved" else "驳回"
        raise ExtensionAnswered(f"这个延期申请已于 {extension.answered_on} {done}，不必再答复。")
    _check_open(route)
    if extension.status == "lapsed" or extension.cycle != route.cycle:
        raise ExtensionLapsed(
            "这个延期申请属于此前的办理，那次办理结束时已经失效；本次办理需要延长期限的，请由作出决定的单位重新申请。"
        )


def longest_extension(route: Route) -> int:
    """By how much it may be extended: the item's own, else what the law gives a licence; 0 where nothing does."""
    item = route.item
    if item.legal is not None and item.legal.extension is not None:
        return item.legal.extension
    if item.item_type != LICENCE:
        return 0
    return BY_LAW_JOINT if item.mode == "joint" else BY_LAW


_COUNTS: frozenset[ExtensionStatus] = frozenset({"requested", "approved"})
"""Of these there is one at most in a cycle."""


def _check_only_one(route: Route) -> None:
    known = next((one for one in route.extensions if one.cycle == route.cycle and one.status in _COUNTS), None)
    if known is None:
        return
    if known.status == "requested":
        raise ExtensionNotAllowed("已有一个延期申请在等待批准；请等待负责人答复。")
    raise ExtensionNotAllowed(
        f"期限只能延长一次，已于 {known.answered_on} 批准延长；请在延长后的期限内作出决定，"
        "需要听证、检验、鉴定等的，可以依法登记特别程序。"
    )


def _check_in_time(route: Route, command: RequestExtension | AnswerExtension) -> None:
    end = route.legal_end
    if end is None:
        raise ExtensionNotAllowed("法定期限尚未起算；请稍候再试。")
    if end.due_at is not None and command.at > end.due_at:
        raise ExtensionNotAllowed(
            f"法定期限已于 {_told_end(end.due_at)} 届满，不能再延长；请尽快作出决定，并向申请人说明超期原因。"
        )


def _check_holder(route: Route, actor: Actor) -> None:
    offices = (*route.holders, route.deciding)
    if not any(works_at(actor, office) for office in offices):
        raise NotTheOffice(f"特别程序由作出决定或正在办理的单位（{_name(offices[0])}）登记；请由该单位的工作人员操作。")


def _check_open(route: Route) -> None:
    if route.status != "open":
        raise NotOpen("这个办件已经作出决定或撤回，期限不再计算；决定被撤销的，请先重新办理（reopen）。")


def _may_approve(route: Route, actor: Actor) -> bool:
    """The head of the organ; in joint handling the head of the government at that level."""
    organ = route.deciding
    if actor.org != organ.org or not actor.may("manager"):
        return False
    return actor.dept is None or (actor.dept == organ.dept and route.item.mode != "joint")


def _told_end(moment: datetime) -> str:
    """The end of a day by the day that is over."""
    here = moment.astimezone(TZ)
    if here.time() == time():
        return f"{here.date() - timedelta(days=1)} 24时"
    return f"{here:%Y-%m-%d %H:%M}"


def _unit(route: Route) -> PeriodUnit:
    return route.item.legal.unit if route.item.legal else "workday"


def _name(office: Holder) -> str:
    return f"{office.org} {office.dept}" if office.dept else office.org
