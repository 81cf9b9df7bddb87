"""What intake announces, on topic `bianmin.intake`."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from bianmin.events.parts import Access, Channel, Code, EventData, ItemFacts, MaterialNo, OrgCode


class _Case(EventData):
    producers: ClassVar[tuple[str, ...]] = ("intake",)

    access: Access


class CaseRegistered(_Case):
    """A matter was registered at a desk; before acceptance, so no period of a decision runs yet."""

    event_name: ClassVar = "case.registered"
    event_title: ClassVar = "申请已登记"

    case_no: str
    item: ItemFacts
    channel: Channel
    received_on: date
    """The business date: of a desk that was offline, the day the applicant was there."""
    materials: tuple[MaterialNo, ...] = ()
    """What was brought."""
    missing: tuple[MaterialNo, ...] = ()
    """What the clerk saw lacking: a hint, not a notice."""
    display_name: Annotated[str, Field(pattern=r"^$|\*")] = ""
    """The applicant, masked (张*三), or nothing."""


class SupplementRequested(_Case):
    """Everything missing was told, once (行政许可法 art. 32(4))."""

    event_name: ClassVar = "case.supplement_requested"
    event_title: ClassVar = "已一次性告知"

    missing: tuple[MaterialNo, ...]
    noticed_on: date
    wait_days: Annotated[int, Field(ge=1)] | None = None
    """For how many calendar days what is missing is waited for."""


class CaseSupplemented(_Case):
    """Materials were brought later. When nothing is missing any more, `received_on` is the new day of receipt."""

    event_name: ClassVar = "case.supplemented"
    event_title: ClassVar = "已补交材料"

    materials: tuple[MaterialNo, ...]
    missing: tuple[MaterialNo, ...]
    """What is still missing of what was asked for."""
    received_on: date


class CaseAccepted(_Case):
    """The organ accepted the case: the periods run from `accepted_on` (行政许可法 art. 32(5), 42)."""

    event_name: ClassVar = "case.accepted"
    event_title: ClassVar = "已受理"

    case_no: str
    item: ItemFacts
    received_on: date
    accepted_on: date


class CaseDeemedAccepted(_Case):
    """A licence of which nobody said in time what is missing: accepted by law, from the day of receipt (行政许可法
    art. 32(4)). The periods run from `accepted_on`, so those first days are used up."""

    event_name: ClassVar = "case.deemed_accepted"
    event_title: ClassVar = "视为受理"

    case_no: str
    item: ItemFacts
    received_on: date
    accepted_on: date
    """The day of receipt."""
    notice_due_on: date
    """The last day on which it could have been told what is missing."""


class DeemingCorrected(_Case):
    """The organ had answered in time, at a desk that was offline: it was no silence, and no acceptance by it. What it
    had answered follows: that something is missing, or that the case is accepted."""

    event_name: ClassVar = "case.deeming_corrected"
    event_title: ClassVar = "更正视为受理"

    noticed_on: date
    """The day of the answer: of the notice or, where it was accepted, `accepted_on`."""
    accepted_on: date | None = None
    """Where the answer was that the case is accepted."""


class CaseLapsed(_Case):
    """What was asked for never came: closed after the wait that is set (补正不来办结)."""

    event_name: ClassVar = "case.lapsed"
    event_title: ClassVar = "逾期未补正，办结"

    lapsed_on: date


class LapseCorrected(_Case):
    """All that was asked for had been brought in time, to a desk that was offline: the case goes on, received anew on
    that day. What was brought follows."""

    event_name: ClassVar = "case.lapse_corrected"
    event_title: ClassVar = "更正逾期办结"

    received_on: date
    """The day on which the last of it was brought, within the wait."""


class CaseRefused(_Case):
    """The organ refused to accept, with reasons (行政许可法 art. 32)."""

    event_name: ClassVar = "case.refused"
    event_title: ClassVar = "不予受理"

    reason_code: Code
    refused_on: date


class WithdrawalRequested(_Case):
    """The applicant wishes to withdraw an accepted case; routing, who owns its outcome, answers."""

    event_name: ClassVar = "case.withdrawal_requested"
    event_title: ClassVar = "申请人要求撤回"


class CaseWithdrawn(_Case):
    """The applicant took the case back: told by intake before acceptance, by routing after it."""

    event_name: ClassVar = "case.withdrawn"
    event_title: ClassVar = "已撤回"
    producers: ClassVar = ("intake", "routing")

    withdrawn_on: date
    cycle: Annotated[int, Field(ge=1)] = 1
    """How often the case had been opened."""


class ItemPublished(EventData):
    """A version of a service item holds from now on; cases keep the version they were registered under."""

    event_name: ClassVar = "item.published"
    event_title: ClassVar = "事项已发布"
    event_subject: ClassVar = "{org}/{code} of the item"
    producers: ClassVar = ("intake",)

    item: ItemFacts


class ItemRetired(EventData):
    """An item is offered no more; running cases go on."""

    event_name: ClassVar = "item.retired"
    event_title: ClassVar = "事项已停用"
    event_subject: ClassVar = "{org}/{code} of the item"
    producers: ClassVar = ("intake",)

    org: OrgCode
    code: Code
    version: int
