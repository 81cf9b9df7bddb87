"""Investigating a complaint, concluding it and replying to the complainant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events.complaints import ComplaintAssigned, ComplaintConcluded, ComplaintReplied
from bianmin.events.parts import ComplaintOutcome
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Forbidden
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, InvestigatorNamed, event_parties, paper_added
from services.complaints.domain.recusal import check_impartial
from services.complaints.domain.status import STATUS_NAMES, WrongComplaintStatus, check_status


class NotTheInvestigator(Forbidden):
    """Raised when somebody else than the investigator concludes."""

    slug, title = "not-the-investigator", "不是承办的调查员"


@dataclass(frozen=True, slots=True)
class AssignInvestigator:
    """Name the person who investigates it.

    The handler fills in `member`, the person as routing announced them; None where it did not.
    """

    complaint_id: UUID
    investigator: str
    by: Cause
    member: Actor | None = None


@dataclass(frozen=True, slots=True)
class ConcludeComplaint:
    """Conclude it. The encrypted `document` has claims, facts, reasons, opinion and basis (信访工作条例 art. 32)."""

    complaint_id: UUID
    outcome: ComplaintOutcome
    document: bytes
    concluded_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class ReplyToComplaint:
    """Give the complainant the encrypted answer `text`."""

    complaint_id: UUID
    text: bytes
    replied_on: date
    by: Cause


def assign(complaint: Complaint, command: AssignInvestigator) -> Sequence[Fact]:
    """Return the facts of an assignment; none where that person investigates it already.

    Raises WrongComplaintStatus, NotImpartial and NoInvestigator.
    """
    if complaint.status == "lodged":
        raise WrongComplaintStatus("请先受理，再指定调查员。")
    if complaint.status not in ("accepted", "assigned"):
        status = STATUS_NAMES[complaint.status]
        raise WrongComplaintStatus(f"受理之后、有结论之前才能指定调查员；这件投诉{status}。")
    check_impartial(command.investigator, command.member, complaint)
    if command.investigator == complaint.investigator:
        return []
    return [InvestigatorNamed(command.investigator), ComplaintAssigned(**event_parties(complaint))]


def conclude(complaint: Complaint, command: ConcludeComplaint) -> Sequence[Fact]:
    """Return the facts of a conclusion. Raises WrongComplaintStatus and NotTheInvestigator."""
    check_status(complaint, "assigned", "指定调查员后、作出结论前才能提交结论")
    if command.by.actor.id != complaint.investigator:
        raise NotTheInvestigator("结论由承办的调查员提交。")
    concluded = ComplaintConcluded(
        **event_parties(complaint), outcome=command.outcome, concluded_on=command.concluded_on, level=complaint.level
    )
    return [paper_added(complaint, "document", command.document, command.concluded_on, command.by), concluded]


def reply(complaint: Complaint, command: ReplyToComplaint) -> Sequence[Fact]:
    """Return the facts of a reply. Raises WrongComplaintStatus."""
    check_status(complaint, "concluded", "有结论而未答复时才能答复")
    replied = ComplaintReplied(
        **event_parties(complaint), replied_on=command.replied_on, kind=complaint.kind, level=complaint.level
    )
    return [paper_added(complaint, "reply", command.text, command.replied_on, command.by), replied]
