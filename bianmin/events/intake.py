"""What intake announces, on topic `bianmin.intake`."""

from datetime import date
from typing import ClassVar

from bianmin.events.parts import Access, Channel, EventData, ItemFacts


class CaseRegistered(EventData):
    """A matter was registered at a desk. `missing` is what the clerk saw lacking: a hint, not a notice."""

    event_name: ClassVar = "case.registered"
    event_title: ClassVar = "申请已登记"
    producers: ClassVar = ("intake",)

    access: Access
    case_no: str
    item: ItemFacts
    channel: Channel
    received_on: date
    materials: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    display_name: str = ""
    """Masked: 张*三."""


class SupplementRequested(EventData):
    """Everything missing was told, once (行政许可法 art. 32(4)). `missing`: material numbers of the item."""

    event_name: ClassVar = "case.supplement_requested"
    event_title: ClassVar = "已一次性告知"
    producers: ClassVar = ("intake",)

    access: Access
    missing: tuple[int, ...]
    noticed_on: date


class CaseSupplemented(EventData):
    """Materials were brought later. When nothing is missing any more, `received_on` is the new day of receipt."""

    event_name: ClassVar = "case.supplemented"
    event_title: ClassVar = "已补交材料"
    producers: ClassVar = ("intake",)

    access: Access
    materials: tuple[int, ...]
    missing: tuple[int, ...]
    received_on: date


class CaseAccepted(EventData):
    """The organ accepted the case: the periods run from `accepted_on` (行政许可法 art. 32(5), 42)."""

    event_name: ClassVar = "case.accepted"
    event_title: ClassVar = "已受理"
    producers: ClassVar = ("intake",)

    access: Access
    case_no: str
    item: ItemFacts
    received_on: date
    accepted_on: date


class CaseRefused(EventData):
    """The organ refused to accept, with reasons (行政许可法 art. 32). `redirect_to`: the organ to go to."""

    event_name: ClassVar = "case.refused"
    event_title: ClassVar = "不予受理"
    producers: ClassVar = ("intake",)

    access: Access
    reason_code: str
    refused_on: date
    redirect_to: str | None = None


class WithdrawalRequested(EventData):
    """The applicant wishes to withdraw an accepted case; routing answers."""

    event_name: ClassVar = "case.withdrawal_requested"
    event_title: ClassVar = "申请人要求撤回"
    producers: ClassVar = ("intake",)

    access: Access


class CaseWithdrawn(EventData):
    """The case is withdrawn: told by intake before acceptance, by routing after it."""

    event_name: ClassVar = "case.withdrawn"
    event_title: ClassVar = "已撤回"
    producers: ClassVar = ("intake", "routing")

    access: Access
    withdrawn_on: date


class ItemPublished(EventData):
    """A version of a service item holds from now on. The subject is `{org}/{code}`."""

    event_name: ClassVar = "item.published"
    event_title: ClassVar = "事项已发布"
    producers: ClassVar = ("intake",)

    item: ItemFacts


class ItemRetired(EventData):
    """An item is offered no more; running cases go on."""

    event_name: ClassVar = "item.retired"
    event_title: ClassVar = "事项已停用"
    producers: ClassVar = ("intake",)

    org: str
    code: str
    version: int
