"""Accepting or refusing a complaint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.events.complaints import ComplaintAccepted, ComplaintRefused
from bianmin.kit.decide import Cause
from services.complaints.domain.complaint import Complaint
from services.complaints.domain.facts import Fact, event_parties, paper_added
from services.complaints.domain.status import check_status


@dataclass(frozen=True, slots=True)
class AcceptComplaint:
    """Accept it: it must be handled within 60 days of `accepted_on` (信访工作条例 art. 34)."""

    complaint_id: UUID
    accepted_on: date
    by: Cause


@dataclass(frozen=True, slots=True)
class RefuseComplaint:
    """Refuse to accept it. The complainant reads the encrypted `reason` (信访工作条例 art. 23)."""

    complaint_id: UUID
    reason: bytes
    refused_on: date
    by: Cause


def accept(complaint: Complaint, command: AcceptComplaint) -> Sequence[Fact]:
    """Return the facts of an acceptance. Raises WrongComplaintStatus."""
    check_status(complaint, "lodged", "已经受理过了")
    return [ComplaintAccepted(**event_parties(complaint), kind=complaint.kind, accepted_on=command.accepted_on)]


def refuse(complaint: Complaint, command: RefuseComplaint) -> Sequence[Fact]:
    """Return the facts of a refusal. Raises WrongComplaintStatus."""
    check_status(complaint, "lodged", "只有尚未受理的才能不予受理")
    refused = ComplaintRefused(**event_parties(complaint), kind=complaint.kind, refused_on=command.refused_on)
    return [paper_added(complaint, "refusal", command.reason, command.refused_on, command.by), refused]
