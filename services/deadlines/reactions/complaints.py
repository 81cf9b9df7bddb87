"""Events of complaints, as commands."""

from uuid import UUID

from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.complaints import (
    ComplaintAccepted,
    ComplaintEscalated,
    ComplaintExtended,
    ComplaintLodged,
    ComplaintRecused,
    ComplaintRefused,
    ComplaintReplied,
    ComplaintTransferred,
)
from bianmin.events.envelope import Event
from bianmin.kit.ids import new_id
from services.deadlines.domain.complaints.decide import ComplaintCommand
from services.deadlines.domain.complaints.handling import (
    ChangeHandling,
    CloseRefusedComplaint,
    ExtendComplaint,
    HandleComplaint,
    OpenComplaint,
    TransferComplaintClocks,
)
from services.deadlines.domain.complaints.review import AnswerComplaint, ReviewComplaint
from services.deadlines.reactions.parts import moment_of, system_cause


def command_of_complaints(event: Event) -> ComplaintCommand | None:
    """Return the command that an event of complaints leads to; None where it changes no clock."""
    match event.data:
        case ComplaintLodged() as data:
            return start_clocks_of_lodged_complaint(event, data)
        case ComplaintTransferred() as data:
            return start_clocks_of_transferred_complaint(event, data)
        case ComplaintAccepted() as data:
            return start_clock_of_accepted_complaint(event, data)
        case ComplaintRefused(refused_on=on) as data:
            return CloseRefusedComplaint(
                UUID(event.subject), moment_of(event, on), system_cause(event, data.handler_org)
            )
        case ComplaintExtended(days=days, extended_on=on) as data:
            cause = system_cause(event, data.handler_org)
            return ExtendComplaint(UUID(event.subject), days, moment_of(event, on), cause)
        case ComplaintRecused() as data:
            return ChangeHandling(UUID(event.subject), _handling_of(data), system_cause(event, data.handler_org))
        case ComplaintReplied() as data:
            return start_clock_of_review_request(event, data)
        case ComplaintEscalated() as data:
            return start_clock_of_review(event, data)
    return None


def start_clocks_of_lodged_complaint(event: Event, data: ComplaintLodged) -> OpenComplaint:
    """Return the command to start the clocks of the acceptance, and of the hotline's order where there is one."""
    return OpenComplaint(
        subject_id=UUID(event.subject),
        handling=_handling_of(data),
        complaint_kind=data.kind,
        channel=data.channel,
        lodged_at=moment_of(event, data.lodged_on),
        clock_ids=(new_id(), new_id(), new_id()),
        by=system_cause(event, data.handler_org),
    )


def start_clock_of_accepted_complaint(event: Event, data: ComplaintAccepted) -> HandleComplaint:
    """Return the command to start the clock of the handling."""
    return HandleComplaint(
        subject_id=UUID(event.subject),
        handling=_handling_of(data),
        complaint_kind=data.kind,
        accepted_at=moment_of(event, data.accepted_on),
        clock_ids=(new_id(),),
        by=system_cause(event, data.handler_org),
    )


def start_clocks_of_transferred_complaint(event: Event, data: ComplaintTransferred) -> TransferComplaintClocks:
    """Return the command to start the clock of the acceptance by the org that has the complaint now."""
    return TransferComplaintClocks(
        subject_id=UUID(event.subject),
        handling=_handling_of(data),
        complaint_kind=data.kind,
        transferred_at=moment_of(event, data.transferred_on),
        clock_ids=(new_id(), new_id()),
        by=system_cause(event, data.handler_org),
    )


def start_clock_of_review_request(event: Event, data: ComplaintReplied) -> AnswerComplaint:
    """Return the command to start the period in which the complainant may request a review."""
    return AnswerComplaint(
        subject_id=UUID(event.subject),
        complaint_kind=data.kind,
        level=data.level,
        replied_at=moment_of(event, data.replied_on),
        clock_ids=(new_id(),),
        by=system_cause(event, data.handler_org),
    )


def start_clock_of_review(event: Event, data: ComplaintEscalated) -> ReviewComplaint:
    """Return the command to start the clock of the review by the org above."""
    return ReviewComplaint(
        subject_id=UUID(event.subject),
        handling=_handling_of(data),
        level=data.level,
        escalated_at=moment_of(event, data.escalated_on),
        clock_ids=(new_id(),),
        by=system_cause(event, data.handler_org),
    )


def _handling_of(
    data: ComplaintLodged | ComplaintAccepted | ComplaintRecused | ComplaintTransferred | ComplaintEscalated,
) -> ComplaintParties:
    """Who handles the complaint, and who must not see it."""
    return ComplaintParties(data.handler_org, data.accused_org, data.recused, data.awaits_case)
