"""The events of the intake service, on topic `bianmin.intake`."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import Access, Channel, Code, EventData, ItemFacts, MaterialNo, OrgCode


class _Case(EventData):
    producers: ClassVar[tuple[str, ...]] = ("intake",)

    access: Access


class CaseRegistered(_Case):
    """A case was registered at a desk. It is not accepted yet, so no period for a decision runs."""

    event_name: ClassVar = "case.registered"
    event_title: ClassVar = "申请已登记"

    case_no: str
    item: ItemFacts
    channel: Channel
    received_on: date
    """The business date: the day the applicant was at the desk, also where the desk was offline and sent it later."""
    materials: tuple[MaterialNo, ...] = ()
    """Numbers of the materials that the applicant brought."""
    missing: tuple[MaterialNo, ...] = ()
    """Numbers of the materials that the clerk found missing. A hint, not the one-time notice."""
    display_name: Annotated[str, Field(pattern=r"^$|\*")] = ""
    """The masked name of the applicant (张*三), or empty."""
    staff: tuple[str, ...] = ()
    """Ids of the staff that the registration names beside the actor: the agent who acts for the applicant."""


class AgentNamed(_Case):
    """The agent of a case, whose registration did not name the agent: release 0.1 left that out."""

    event_name: ClassVar = "case.agent_named"
    event_title: ClassVar = "已登记代办人员"

    staff: tuple[str, ...]
    """The id of the agent."""


class SupplementRequested(_Case):
    """The one-time notice was given: it names everything that is missing (行政许可法 art. 32(4))."""

    event_name: ClassVar = "case.supplement_requested"
    event_title: ClassVar = "已一次性告知"

    missing: tuple[MaterialNo, ...]
    noticed_on: date
    wait_days: Annotated[int, Field(ge=1)] | None = None
    """How many calendar days the organ waits for the missing materials."""


class CaseSupplemented(_Case):
    """The applicant brought more materials. If nothing is missing any more, `received_on` is the new day of receipt."""

    event_name: ClassVar = "case.supplemented"
    event_title: ClassVar = "已补交材料"

    materials: tuple[MaterialNo, ...]
    missing: tuple[MaterialNo, ...]
    """Numbers of the requested materials that are still missing."""
    received_on: date


class CaseAccepted(_Case):
    """The organ accepted the case. The periods run from `accepted_on` (行政许可法 art. 32(5), 42)."""

    event_name: ClassVar = "case.accepted"
    event_title: ClassVar = "已受理"

    case_no: str
    item: ItemFacts
    received_on: date
    accepted_on: date


class CaseDeemedAccepted(_Case):
    """A licence application was accepted by law from the day of receipt, because no notice of missing materials came in
    time (行政许可法 art. 32(4)). The periods run from `accepted_on`, so the days since then are already used."""

    event_name: ClassVar = "case.deemed_accepted"
    event_title: ClassVar = "视为受理"

    case_no: str
    item: ItemFacts
    received_on: date
    accepted_on: date
    """The day of receipt."""
    notice_due_on: date
    """The last day for the notice of missing materials."""


class DeemingCorrected(_Case):
    """The deemed acceptance was corrected: the organ had answered in time, at a desk that was offline. The next event
    is that answer: the notice or the acceptance."""

    event_name: ClassVar = "case.deeming_corrected"
    event_title: ClassVar = "更正视为受理"

    noticed_on: date
    """The day of the answer: the day of the notice, or of the acceptance."""
    accepted_on: date | None = None
    """The day of the acceptance, if the answer was one; else null."""


class CaseLapsed(_Case):
    """The requested materials never came. The case was closed after the waiting period (补正不来办结)."""

    event_name: ClassVar = "case.lapsed"
    event_title: ClassVar = "逾期未补正，办结"

    lapsed_on: date


class LapseCorrected(_Case):
    """The lapse was corrected: the applicant had brought all requested materials in time, to a desk that was offline.
    The case continues, with a new day of receipt. The next event names the materials."""

    event_name: ClassVar = "case.lapse_corrected"
    event_title: ClassVar = "更正逾期办结"

    received_on: date
    """The day the last material was brought, within the waiting period. It is the new day of receipt."""


class RefusalFiled(_Case):
    """The window filed its intention to refuse; the head of the organ has to answer (否决报备)."""

    event_name: ClassVar = "refusal.filed"
    event_title: ClassVar = "不予受理已报备"

    filing_id: UUID
    filed_on: date


class RefusalAnswered(_Case):
    """The head answered the filing of a refusal."""

    event_name: ClassVar = "refusal.answered"
    event_title: ClassVar = "不予受理的报备已答复"

    filing_id: UUID
    agreed: bool
    answered_on: date


class CaseRefused(_Case):
    """The organ refused to accept, with reasons (行政许可法 art. 32)."""

    event_name: ClassVar = "case.refused"
    event_title: ClassVar = "不予受理"

    reason_code: Code
    refused_on: date


class WithdrawalRequested(_Case):
    """The applicant asked to withdraw an accepted case. Routing, which owns the outcome, answers."""

    event_name: ClassVar = "case.withdrawal_requested"
    event_title: ClassVar = "申请人要求撤回"


class CaseWithdrawn(_Case):
    """The applicant withdrew the case. Published by intake before acceptance, by routing after it."""

    event_name: ClassVar = "case.withdrawn"
    event_title: ClassVar = "已撤回"
    producers: ClassVar = ("intake", "routing")

    withdrawn_on: date
    cycle: Annotated[int, Field(ge=1)] = 1
    """How many times the case was opened, from 1."""


class ItemPublished(EventData):
    """A version of a service item is in force from now on. Cases keep the version they were registered under."""

    event_name: ClassVar = "item.published"
    event_title: ClassVar = "事项已发布"
    event_subject: ClassVar = "{org}/{code} of the item"
    producers: ClassVar = ("intake",)

    item: ItemFacts


class ItemRetired(EventData):
    """A service item is no longer offered. Its open cases continue."""

    event_name: ClassVar = "item.retired"
    event_title: ClassVar = "事项已停用"
    event_subject: ClassVar = "{org}/{code} of the item"
    producers: ClassVar = ("intake",)

    org: OrgCode
    code: Code
    version: int
