"""Objecting to a complaint that belongs to another org, and transferring it there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.complaint_access import first_handler
from bianmin.domain.divisions import parent_of
from bianmin.events.complaints import ComplaintTransferred
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Forbidden
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import AccusedStaffLocated, Fact, ObjectionRaised, event_parties, paper_added
from services.complaints.domain.periods import check_in_time
from services.complaints.domain.recusal import NotImpartial
from services.complaints.domain.status import WrongComplaintStatus, check_status


class NotTheHandler(Forbidden):
    """Raised when another org than the handler objects."""

    slug, title = "not-the-handler", "不是承办单位"


class NotTheRouter(Forbidden):
    """Raised when the handler transfers a complaint itself, or an org transfers it out of its own subtree."""

    slug, title = "not-the-router", "不能转送这件投诉"


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    """Say that another org is responsible, with an encrypted detailed `reason` (信访工作条例 art. 23)."""

    complaint_id: UUID
    reason: bytes
    at: datetime
    on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class TransferComplaint:
    """Give it to another org, with an encrypted `reason` (信访工作条例 art. 23).

    The handler fills in `org_known`, whether routing announced that org.
    """

    complaint_id: UUID
    to_org: str
    reason: bytes
    transferred_on: date
    by: Cause
    org_known: bool = False


@dataclass(frozen=True, slots=True)
class LocateAccusedStaff:
    """Record the accused person's own org, which routing announced after the complaint was lodged."""

    complaint_id: UUID
    org: str
    on: date
    by: Cause


def locate_accused_staff(complaint: Complaint | None, command: LocateAccusedStaff) -> Sequence[Fact]:
    """Return the facts of the accused person's org: a complaint that their own house has to accept moves above it."""
    if complaint is None or complaint.accused_staff_org == command.org:
        return []
    located = AccusedStaffLocated(command.org)
    handler = first_handler(complaint.accused_org, command.org)
    if complaint.status != "lodged" or len(handler) >= len(complaint.handler_org):
        return [located]
    transferred = ComplaintTransferred(
        **event_parties(replace(complaint, handler_org=handler)),
        kind=complaint.kind,
        from_org=complaint.handler_org,
        transferred_on=command.on,
    )
    return [located, transferred]


def raise_objection(complaint: Complaint, command: RaiseObjection) -> Sequence[Fact]:
    """Return the facts of an objection, which the handling org raises before it accepts, within five working days.

    An order of the hotline has the period of the local policy instead. Raises NotTheHandler, WrongComplaintStatus,
    PeriodUnknown and PeriodOver. (信访工作条例 art. 23)
    """
    if command.by.actor.org != complaint.handler_org:
        raise NotTheHandler("只有承办单位能提出异议；上级单位可以直接转送。")
    check_status(complaint, "lodged", "受理之前才能提出异议")
    if complaint.objected:
        raise WrongComplaintStatus("已经提出异议，等待上级单位转送；不转送的，请在受理期限内受理。")
    period = "退回热线工单的" if complaint.channel == "hotline" else "应在收到之日起五个工作日内提出异议，"
    check_in_time(complaint, "return", command.at, f"{period}期限已于 {{}} 届满；请办理受理")
    return [paper_added(complaint, "objection", command.reason, command.on, command.by), ObjectionRaised()]


def transfer(complaint: Complaint, command: TransferComplaint) -> Sequence[Fact]:
    """Return the facts of a transfer, by an org above the handler (a province may transfer its own) within its subtree.

    Raises NotTheRouter, WrongComplaintStatus, and NotImpartial for the accused org, the accused person's own org, and
    those below them.
    """
    router = command.by.actor.org
    if router == complaint.handler_org and parent_of(router) is not None:
        raise NotTheRouter("承办单位不能自行转送；请提出异议（objection），由上级单位决定。")
    if not command.to_org.startswith(router):
        raise NotTheRouter("只能转送给本辖区的单位。")
    check_status(complaint, "lodged", "受理之前才能转送")
    if command.to_org == complaint.handler_org:
        raise WrongComplaintStatus("这件投诉正由该单位承办，不必转送。")
    if command.to_org.startswith(complaint.accused_orgs):
        raise NotImpartial("不能转给被投诉的单位、被投诉人所在单位及其下属；请转给其他单位。")
    transferred = ComplaintTransferred(
        **event_parties(replace(complaint, handler_org=command.to_org)),
        kind=complaint.kind,
        from_org=complaint.handler_org,
        transferred_on=command.transferred_on,
    )
    return [paper_added(complaint, "transfer", command.reason, command.transferred_on, command.by), transferred]
