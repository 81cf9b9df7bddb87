"""Extensions of the statutory period (行政许可法 art. 42): request one, approve or reject it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.domain.labels_zh import UNITS
from bianmin.events.parts import PeriodUnit
from bianmin.events.routing import ExtensionApproved, ExtensionRejected, ExtensionRequested
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid, NotFound
from bianmin.kit.time_source import TZ
from services.routing.domain.facts import ExtensionChanged, Fact
from services.routing.domain.offices import NotTheOffice, office_name, works_at
from services.routing.domain.preconditions import check_open
from services.routing.domain.route import Extension, ExtensionStatus, Route

LICENCE = "01"
"""The item type of a licence (行政许可)."""
BY_LAW, BY_LAW_JOINT = 10, 15
"""Working days by which a licence may be extended where its item says nothing (行政许可法 art. 42)."""
_USES_UP_THE_CYCLE: frozenset[ExtensionStatus] = frozenset({"requested", "approved"})
"""A cycle has at most one extension in one of these statuses."""


@dataclass(frozen=True, slots=True)
class RequestExtension:
    """Request an extension by `days` in the unit of the statutory period. `reason` is encrypted."""

    case_id: UUID
    extension_id: UUID
    days: int
    reason: bytes
    at: datetime
    today: date
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerExtension:
    """Approve or reject a request for an extension. `answer` is encrypted."""

    extension_id: UUID
    approved: bool
    answer: bytes | None
    at: datetime
    today: date
    by: Cause


class ExtensionNotFound(NotFound):
    """There is no such request, or the actor may not see its case."""

    slug, title = "extension-not-found", "没有这个延期申请"


class ExtensionNotAllowed(Conflict):
    """The period cannot be extended: not at all, not once more, or not any more."""

    slug, title = "extension-not-allowed", "不能延长期限"


class ExtensionTooLong(Invalid):
    """More days than the item or the law allows."""

    slug, title = "extension-too-long", "延长的天数过多"


class ExtensionAnswered(Conflict):
    """The request is approved or rejected already."""

    slug, title = "extension-answered", "延期申请已有答复"


class ExtensionLapsed(Conflict):
    """The handling for which the extension was requested has ended."""

    slug, title = "extension-lapsed", "延期申请已失效"


def request_extension(route: Route, command: RequestExtension) -> Sequence[Fact]:
    """Request an extension for the office that decides, before the statutory period ends, once in a cycle.

    Raises `NotTheOffice`, `CaseNotOpen`, `ExtensionNotAllowed` or `ExtensionTooLong`.
    """
    if not works_at(command.by.actor, route.deciding_office):
        name = office_name(route.deciding_office)
        raise NotTheOffice(f"延长期限由作出决定的单位（{name}）申请；请由该单位的工作人员操作。")
    check_open(route)
    longest = longest_extension(route)
    if longest == 0:
        raise ExtensionNotAllowed(
            "这个事项没有规定可以延长期限；请在期限内作出决定，需要听证、检验、鉴定等的，可以依法登记特别程序。"
        )
    if command.days > longest:
        detail = f"最多可以延长 {longest} {UNITS[_unit(route)]}"
        raise ExtensionTooLong(f"{detail}；请减少天数。", errors=[FieldError("/days", "too_long", detail)])
    _check_first_of_cycle(route)
    _check_before_end(route, command.at)
    extension = Extension(
        id=command.extension_id,
        case_id=route.case_id,
        days=command.days,
        unit=_unit(route),
        reason=command.reason,
        requested_on=command.today,
        requested_by=command.by.actor.id,
        cycle=route.cycle,
    )
    requested = ExtensionRequested(
        access=route.access(),
        extension_id=extension.id,
        days=extension.days,
        unit=extension.unit,
        requested_on=command.today,
    )
    return [ExtensionChanged(extension), requested]


def answer_extension(route: Route | None, command: AnswerExtension) -> Sequence[Fact]:
    """Approve or reject a request for an extension, before the statutory period ends.

    The manager of the deciding office answers; in joint handling the manager of the government at that level.
    Raises `ExtensionNotFound`, `NotTheOffice`, `ExtensionAnswered`, `CaseNotOpen`, `ExtensionLapsed` or
    `ExtensionNotAllowed`.
    """
    actor = command.by.actor
    if route is None or not sees(actor, route.reach):
        raise ExtensionNotFound("没有这个延期申请；请核对编号。")
    extension = route.extension(command.extension_id)
    assert extension is not None  # the route was loaded by it
    if not _may_answer(route, actor):
        raise NotTheOffice(
            f"联合办理的延期由同级政府（{route.deciding_office.org}）负责人批准（行政许可法第四十二条）。"
            if route.item.mode == "joint"
            else f"延期由作出决定的单位（{office_name(route.deciding_office)}）负责人批准（行政许可法第四十二条）。"
        )
    _check_unanswered(route, extension)
    access = route.access()
    id, days, unit = extension.id, extension.days, extension.unit
    answered = replace(extension, answered_on=command.today, answered_by=actor.id, answer=command.answer)
    if not command.approved:
        rejected = ExtensionRejected(access=access, extension_id=id, days=days, unit=unit, rejected_on=command.today)
        return [ExtensionChanged(replace(answered, status="rejected")), rejected]
    _check_before_end(route, command.at)
    approved = ExtensionApproved(access=access, extension_id=id, days=days, unit=unit, approved_on=command.today)
    return [ExtensionChanged(replace(answered, status="approved")), approved]


def longest_extension(route: Route) -> int:
    """By how much the period may be extended, in its own unit; 0 where neither the item nor the law allows it.

    What the item says, else what the law gives a licence (行政许可法 art. 42).
    """
    item = route.item
    if item.legal is not None and item.legal.extension is not None:
        return item.legal.extension
    if item.item_type != LICENCE:
        return 0
    return BY_LAW_JOINT if item.mode == "joint" else BY_LAW


def _may_answer(route: Route, actor: Actor) -> bool:
    office = route.deciding_office
    if actor.org != office.org or not actor.may("manager"):
        return False
    return actor.dept is None or (actor.dept == office.dept and route.item.mode != "joint")


def _check_unanswered(route: Route, extension: Extension) -> None:
    if extension.status in ("approved", "rejected"):
        answer = "批准" if extension.status == "approved" else "驳回"
        raise ExtensionAnswered(f"这个延期申请已于 {extension.answered_on} {answer}，不必再答复。")
    check_open(route)
    if extension.status == "lapsed" or extension.cycle != route.cycle:
        raise ExtensionLapsed(
            "这个延期申请属于此前的办理，那次办理结束时已经失效；本次办理需要延长期限的，请由作出决定的单位重新申请。"
        )


def _check_first_of_cycle(route: Route) -> None:
    known = next(
        (each for each in route.extensions if each.cycle == route.cycle and each.status in _USES_UP_THE_CYCLE), None
    )
    if known is None:
        return
    if known.status == "requested":
        raise ExtensionNotAllowed("已有一个延期申请在等待批准；请等待负责人答复。")
    raise ExtensionNotAllowed(
        f"期限只能延长一次，已于 {known.answered_on} 批准延长；请在延长后的期限内作出决定，"
        "需要听证、检验、鉴定等的，可以依法登记特别程序。"
    )


def _check_before_end(route: Route, at: datetime) -> None:
    end = route.statutory_end
    if end is None:
        raise ExtensionNotAllowed("法定期限尚未起算；请稍候再试。")
    if end.due_at is not None and at > end.due_at:
        raise ExtensionNotAllowed(
            f"法定期限已于 {_end_zh(end.due_at)} 届满，不能再延长；请尽快作出决定，并向申请人说明超期原因。"
        )


def _end_zh(moment: datetime) -> str:
    """The moment in a message; midnight as 24时 of the day that it ends."""
    local = moment.astimezone(TZ)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24时"
    return f"{local:%Y-%m-%d %H:%M}"


def _unit(route: Route) -> PeriodUnit:
    return route.item.legal.unit if route.item.legal else "workday"
