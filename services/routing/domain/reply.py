"""Tell the applicant the result of a case that a desk carried for the applicant (代为办理), which ends the agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.events.routing import CaseClosed, CaseReplied
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.routing.domain.facts import Fact, ReplyRecorded
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.route import Reply, Route


@dataclass(frozen=True, slots=True)
class ReplyToApplicant:
    """Record the reply. `today` limits its date."""

    case_id: UUID
    reply: Reply
    today: date
    by: Cause


class NothingToReply(Conflict):
    """The case is not in agency, not decided, or the applicant knows the result."""

    slug, title = "not-to-reply", "现在不能登记回复"


class ReplyDateWrong(Invalid):
    """The reply lies ahead, or before the decision."""

    slug, title = "reply-date-wrong", "回复日期有误"


def reply_to_applicant(route: Route, command: ReplyToApplicant) -> Sequence[Fact]:
    """Record the reply; it closes the case when the result is delivered, and otherwise the delivery will.

    A window, agent or manager of the registering or the accepting org replies.
    Raises `NotTheOffice`, `NothingToReply` or `ReplyDateWrong`.
    """
    actor, reply = command.by.actor, command.reply
    if actor.org not in (route.org, route.accepting_org) or not actor.may("window", "manager", "agent"):
        raise NotTheOffice(
            f"回复由登记站点（{route.org}）或受理单位（{route.accepting_org}）的代办员、窗口或负责人登记。"
        )
    if route.mode != "agency":
        raise NothingToReply("这个办件不是代为办理；结果请登记送达（deliver）。")
    if route.reply is not None:
        raise NothingToReply("这个办件已经回复申请人，不必再登记。")
    if route.status not in ("granted", "denied") or route.decided_on is None:
        raise NothingToReply("还没有作出决定，没有结果可以回复；请等决定步骤办完。")
    if not route.decided_on <= reply.replied_on <= command.today:
        where = FieldError("/replied_on", "out_of_range", "不早于作出决定之日，不晚于今天")
        raise ReplyDateWrong("回复日期应不早于作出决定之日，不晚于今天；请更正。", errors=[where])
    access = route.access()
    replied = CaseReplied(access=access, method=reply.method, replied_on=reply.replied_on)
    if route.delivered is None:
        return [ReplyRecorded(reply), replied]
    closed_on = max(reply.replied_on, route.delivered.delivered_on)
    closed = CaseClosed(access=access, result=route.status, closed_on=closed_on, cycle=route.cycle)
    return [ReplyRecorded(reply), replied, closed]
