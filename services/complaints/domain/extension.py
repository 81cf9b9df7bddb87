"""Extending the period in which a complaint is handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.events.complaints import ComplaintExtended
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, event_parties, paper_added
from services.complaints.domain.periods import check_in_time
from services.complaints.domain.status import STATUS_NAMES, WrongComplaintStatus


class NotTheHead(Forbidden):
    """Raised when somebody else than the head of the handling org extends its period."""

    slug, title = "not-the-head", "应由承办单位负责人批准"


class ExtendedBefore(Conflict):
    """Raised when the period was extended before: it is extended once at most."""

    slug, title = "extended-before", "已经延长过一次"


@dataclass(frozen=True, slots=True)
class ExtendHandling:
    """Give the handling org `days` more; the complainant reads the encrypted `reason` (信访工作条例 art. 34)."""

    complaint_id: UUID
    days: int
    reason: bytes
    at: datetime
    on: date
    by: Cause


def extend(complaint: Complaint, command: ExtendHandling) -> Sequence[Fact]:
    """Return the facts of an extension, which the head of the handling org grants once, before the period ends.

    Raises NotTheHead, WrongComplaintStatus, ExtendedBefore, PeriodUnknown and PeriodOver.
    """
    actor = command.by.actor
    if not actor.may("manager") or actor.org != complaint.handler_org or actor.dept is not None:
        raise NotTheHead("延长办理期限由承办单位负责人批准。")
    if complaint.level != "handling" or complaint.status not in ("accepted", "assigned", "concluded"):
        status = STATUS_NAMES[complaint.status]
        raise WrongComplaintStatus(f"受理之后、答复之前才能延长，复查复核不能延长；这件投诉{status}。")
    if complaint.extended_by:
        raise ExtendedBefore("办理期限只能延长一次；请在期限内答复，暂不能办结的说明理由和进展。")
    check_in_time(complaint, "handling", command.at, "办理期限已于 {} 届满，不能再延长；请尽快答复，并说明逾期的原因")
    extended = ComplaintExtended(**event_parties(complaint), days=command.days, extended_on=command.on)
    return [paper_added(complaint, "extension", command.reason, command.on, command.by), extended]
