"""The commands of complaints, and which function decides each."""

from collections.abc import Sequence
from typing import assert_never

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import may_see_complaint
from bianmin.kit.refusals import NotFound
from services.complaints.domain.acceptance import AcceptComplaint, RefuseComplaint, accept, refuse
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.extension import ExtendHandling, extend
from services.complaints.domain.facts import Fact
from services.complaints.domain.investigation import (
    AssignInvestigator,
    ConcludeComplaint,
    ReplyToComplaint,
    assign,
    conclude,
    reply,
)
from services.complaints.domain.lodging import LodgeComplaint, check_org_known, lodge
from services.complaints.domain.periods import RecordPeriodEnd, record_period_end
from services.complaints.domain.recusal import EndCaseWait, RecuseStaff, end_case_wait, recuse
from services.complaints.domain.review import EscalateComplaint, escalate
from services.complaints.domain.transfers import (
    LocateAccusedStaff,
    RaiseObjection,
    TransferComplaint,
    locate_accused_staff,
    raise_objection,
    transfer,
)

Command = (
    LodgeComplaint
    | RecuseStaff
    | EndCaseWait
    | LocateAccusedStaff
    | RecordPeriodEnd
    | AcceptComplaint
    | RefuseComplaint
    | RaiseObjection
    | TransferComplaint
    | ExtendHandling
    | AssignInvestigator
    | ConcludeComplaint
    | ReplyToComplaint
    | EscalateComplaint
)


class ComplaintNotFound(NotFound):
    """Raised when there is no such complaint, or the actor may not see it: the answers are equal."""

    slug, title = "complaint-not-found", "没有这件投诉"


def decide(complaint: Complaint | None, command: Command) -> Sequence[Fact]:
    """Return the facts that a command makes of a complaint.

    Raises ComplaintNotFound, ComplaintOrgUnknown, and what the function that decides the command raises.
    """
    actor = command.by.actor
    match command:
        case LodgeComplaint():
            return lodge(command)
        case RecuseStaff():
            return recuse(complaint)
        case EndCaseWait():
            return end_case_wait(complaint)
        case LocateAccusedStaff():
            return locate_accused_staff(complaint, command)
        case RecordPeriodEnd():
            return record_period_end(complaint, command)
        case AcceptComplaint():
            return accept(_visible(complaint, actor), command)
        case RefuseComplaint():
            return refuse(_visible(complaint, actor), command)
        case RaiseObjection():
            return raise_objection(_visible(complaint, actor), command)
        case TransferComplaint():
            check_org_known(command.org_known, "/org")
            return transfer(_visible(complaint, actor), command)
        case ExtendHandling():
            return extend(_visible(complaint, actor), command)
        case AssignInvestigator():
            return assign(_visible(complaint, actor), command)
        case ConcludeComplaint():
            return conclude(_visible(complaint, actor), command)
        case ReplyToComplaint():
            return reply(_visible(complaint, actor), command)
        case EscalateComplaint():
            return escalate(_visible(complaint, actor), command)
    assert_never(command)


def _visible(complaint: Complaint | None, actor: Actor) -> Complaint:
    if complaint is None or not may_see_complaint(actor, complaint.parties):
        raise complaint_not_found()
    return complaint


def complaint_not_found() -> ComplaintNotFound:
    """Return the refusal for whoever may not see a complaint."""
    return ComplaintNotFound("没有这件投诉；请核对编号。")
