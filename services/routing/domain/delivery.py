"""Deliver the result of a case to the applicant (行政许可法 art. 44), which closes the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bianmin.events.routing import CaseClosed, CaseDelivered
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.facts import Fact, ReceiptSigned
from services.routing.domain.offices import NotTheOffice
from services.routing.domain.route import DeliveryReceipt, Route


@dataclass(frozen=True, slots=True)
class DeliverResult:
    """Deliver the result; the receipt says how, when and to whom."""

    case_id: UUID
    receipt: DeliveryReceipt
    by: Cause


class NothingToDeliver(Conflict):
    """The case is not decided, is withdrawn, or is closed."""

    slug, title = "not-to-deliver", "现在不能送达"


def deliver(route: Route, command: DeliverResult) -> Sequence[Fact]:
    """Deliver the result and close the case; an agency case stays open until the applicant was told the result.

    A window, agent or manager of the registering or the accepting org delivers.
    Raises `NotTheOffice` or `NothingToDeliver`.
    """
    actor, receipt = command.by.actor, command.receipt
    if actor.org not in (route.org, route.accepting_org) or not actor.may("window", "manager", "agent"):
        raise NotTheOffice(
            f"送达由登记站点（{route.org}）或受理单位（{route.accepting_org}）的窗口、代办员或负责人办理。"
        )
    if route.status in ("open", "void"):
        raise NothingToDeliver("还没有作出决定，没有结果可以送达；请等决定步骤办完。")
    if route.status == "withdrawn":
        raise NothingToDeliver("申请人已撤回办件，没有结果可以送达。")
    if route.status not in ("granted", "denied"):
        raise NothingToDeliver("这个办件没有本系统内的决定，不必送达；结果已经当面告知。")
    if route.delivered is not None:
        raise NothingToDeliver("这个办件已经送达，不必再送达。")
    if route.closed_on is not None:
        raise NothingToDeliver("这个办件是直接办理，作出决定时已当场办结，不必再送达。")
    access, day = route.access(), receipt.delivered_on
    delivered = CaseDelivered(access=access, method=receipt.method, delivered_on=day)
    if route.mode == "agency" and route.reply is None:
        return [ReceiptSigned(receipt), delivered]  # closed by the reply to the applicant
    closed = CaseClosed(access=access, result=route.status, closed_on=day, cycle=route.cycle)
    return [ReceiptSigned(receipt), delivered, closed]
