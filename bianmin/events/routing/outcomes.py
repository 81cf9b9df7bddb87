"""Events of the decision on a case and what follows it."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bianmin.events.parts import Code, Delivery, ItemFacts, ReplyMethod
from bianmin.events.routing.parts import CaseData, Cycle


class CaseGranted(CaseData):
    """The case was granted (行政许可法 art. 38(1))."""

    event_name: ClassVar = "case.granted"
    event_title: ClassVar = "准予"

    decided_on: date
    awaits_delivery: bool = False
    """Whether the result must still be delivered. A case decided on the spot is closed at once."""
    cycle: Cycle = 1


class CaseDenied(CaseData):
    """The case was denied, in writing, with reasons and remedies (行政许可法 art. 38(2))."""

    event_name: ClassVar = "case.denied"
    event_title: ClassVar = "不予许可"

    decided_on: date
    reason_code: Code
    awaits_delivery: bool = False
    """Whether the decision must still be delivered."""
    cycle: Cycle = 1


class CaseDelivered(CaseData):
    """The result was delivered to the applicant (行政许可法 art. 44)."""

    event_name: ClassVar = "case.delivered"
    event_title: ClassVar = "已送达"

    method: Delivery
    delivered_on: date


class CaseReplied(CaseData):
    """The desk that carried the matter for the applicant told the applicant the result (代为办理); this ends agency."""

    event_name: ClassVar = "case.replied"
    event_title: ClassVar = "已回复申请人"

    method: ReplyMethod
    replied_on: date


class CaseClosed(CaseData):
    """The case was closed: nothing is left to do."""

    event_name: ClassVar = "case.closed"
    event_title: ClassVar = "已办结"

    result: Literal["granted", "denied", "withdrawn"]
    closed_on: date
    cycle: Cycle = 1


class CaseReopened(CaseData):
    """The decision was set aside. The case is decided again in a new cycle with new periods; the old cycle is
    unchanged."""

    event_name: ClassVar = "case.reopened"
    event_title: ClassVar = "撤销原决定，重新办理"

    item: ItemFacts
    cycle: Annotated[int, Field(ge=2)]
    reopened_on: date


class WithdrawalRejected(CaseData):
    """The request to withdraw was rejected: the case is already decided."""

    event_name: ClassVar = "case.withdrawal_rejected"
    event_title: ClassVar = "不能撤回"

    reason_code: Code
