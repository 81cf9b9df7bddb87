"""Events of intake, routing and complaints, as orders to deadlines."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.domain.actors import system
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events import complaints, intake, routing
from bianmin.events.envelope import Event
from bianmin.events.parts import Access
from bianmin.events.registry import source_of
from bianmin.kit.decide import Cause
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from bianmin.kit.time_source import TZ
from services.deadlines.domain.cases.acceptance import CloseUnacceptedCase, CorrectDeeming, OpenCase, StartCaseClocks
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, EndCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import EndStep, FollowRoute, StartStep, VoidRouteClocks
from services.deadlines.domain.cases.supplement import AwaitSupplement, CorrectLapse, RecordSupplement
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.complaints.handling import (
    ChangeHandling,
    CloseRefusedComplaint,
    ExtendComplaint,
    HandleComplaint,
    OpenComplaint,
    TransferComplaintClocks,
)
from services.deadlines.domain.complaints.review import AnswerComplaint, ReviewComplaint
from services.deadlines.domain.periods.period import Pause, moment_of_day
from services.deadlines.domain.terms.term import ItemTerms
from services.deadlines.handlers import Command, KeepOrg

SPECIAL_PROCEDURE = "行政许可法第四十五条"


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here."""
    match event.source:
        case source if source == source_of("intake"):
            return _of_intake(event)
        case source if source == source_of("routing"):
            return _of_routing(event)
    return _of_complaints(event)


def _of_intake(event: Event) -> Command | None:
    match event.data:
        case intake.CaseRegistered() as told:
            return start_clock_of_received_case(event, told)
        case intake.SupplementRequested() as told:
            return await_supplement(event, told)
        case intake.CaseSupplemented(missing=()) as told:
            return start_clock_of_supplemented_case(event, told)
        case intake.CaseAccepted() | intake.CaseDeemedAccepted() as told:
            return start_clocks_of_accepted_case(event, told)
        case intake.DeemingCorrected(access=access, noticed_on=on):
            return CorrectDeeming(UUID(event.subject), _moment(event, on), _cause(event, access.accepting_org))
        case intake.LapseCorrected(access=access, received_on=on):
            return CorrectLapse(UUID(event.subject), _moment(event, on), _cause(event, access.accepting_org))
        case intake.CaseRefused(access=access, refused_on=on) | intake.CaseLapsed(access=access, lapsed_on=on):
            return give_up_case(event, access, on)
        case intake.CaseWithdrawn(access=access, withdrawn_on=on):
            return give_up_case(event, access, on)
    return None


def _of_routing(event: Event) -> Command | None:
    match event.data:
        case routing.OrgChanged(code=code):
            return KeepOrg(code, cause_of(event))
        case routing.RouteVoided(access=access):
            return VoidRouteClocks(UUID(event.subject), _holders(access), _cause(event, access.accepting_org))
        case routing.TaskAssigned() as told:
            return start_clock_of_step(event, told)
        case routing.TaskCompleted(access=access, seq=seq) | routing.TaskReturned(access=access, seq=seq):
            return EndStep(UUID(event.subject), _holders(access), seq, event.time, _cause(event, access.accepting_org))
        case routing.ProcedureStarted() as told:
            return pause_clocks_for_procedure(event, told)
        case routing.ProcedureEnded() as told:
            return resume_clocks_after_procedure(event, told)
        case routing.ExtensionApproved(access=access, days=days, approved_on=on):
            at, cause = _moment(event, on), _cause(event, access.accepting_org)
            return ExtendCase(UUID(event.subject), _holders(access), days, at, cause)
        case routing.CaseGranted() | routing.CaseDenied() as told:
            return stop_clocks_of_decided_case(event, told)
        case routing.CaseDelivered(access=access, delivered_on=on):
            return end_case(event, access, on)
        case routing.CaseClosed(access=access, closed_on=on) | intake.CaseWithdrawn(access=access, withdrawn_on=on):
            return end_case(event, access, on)
        case routing.CaseReopened() as told:
            return start_clocks_of_reopened_case(event, told)
    held = getattr(event.data, "access", None)  # whatever routing tells of a case, it tells who holds it now
    return follow_holders(event, held) if isinstance(held, Access) else None


def _of_complaints(event: Event) -> Command | None:
    match event.data:
        case complaints.ComplaintLodged() as told:
            return await_acceptance_of_complaint(event, told)
        case complaints.ComplaintTransferred() as told:
            return await_acceptance_by_another(event, told)
        case complaints.ComplaintAccepted() as told:
            return start_clock_of_accepted_complaint(event, told)
        case complaints.ComplaintRefused(refused_on=on) as told:
            return CloseRefusedComplaint(UUID(event.subject), _moment(event, on), _cause(event, told.handler_org))
        case complaints.ComplaintExtended(days=days, extended_on=on) as told:
            return ExtendComplaint(UUID(event.subject), days, _moment(event, on), _cause(event, told.handler_org))
        case complaints.ComplaintRecused() as told:
            return ChangeHandling(UUID(event.subject), handling_of(told), _cause(event, told.handler_org))
        case complaints.ComplaintReplied() as told:
            return await_request_for_review(event, told)
        case complaints.ComplaintEscalated() as told:
            return start_clock_of_review(event, told)
    return None


def start_clock_of_received_case(event: Event, told: intake.CaseRegistered) -> OpenCase:
    return OpenCase(
        subject_id=UUID(event.subject),
        reach=reach_of(told.access),
        item=ItemTerms.of(told.item),
        received_at=_moment(event, told.received_on),
        clock_ids=(new_id(),),
        by=_cause(event, told.access.accepting_org),
    )


def await_supplement(event: Event, told: intake.SupplementRequested) -> AwaitSupplement:
    noticed_at, cause = _moment(event, told.noticed_on), _cause(event, told.access.accepting_org)
    return AwaitSupplement(UUID(event.subject), noticed_at, told.wait_days, (new_id(),), cause)


def start_clock_of_supplemented_case(event: Event, told: intake.CaseSupplemented) -> RecordSupplement:
    received_at = _moment(event, told.received_on)
    return RecordSupplement(UUID(event.subject), received_at, (new_id(),), _cause(event, told.access.accepting_org))


def start_clocks_of_accepted_case(
    event: Event, told: intake.CaseAccepted | intake.CaseDeemedAccepted
) -> StartCaseClocks:
    """Silence is found when it is over, and counts from the receipt (行政许可法 art. 32(4))."""
    accepted_at = _moment(event, told.accepted_on)
    return StartCaseClocks(
        subject_id=UUID(event.subject),
        reach=reach_of(told.access),
        item=ItemTerms.of(told.item),
        accepted_at=accepted_at,
        done_at=event.time if isinstance(told, intake.CaseDeemedAccepted) else accepted_at,
        clock_ids=(new_id(), new_id()),
        by=_cause(event, told.access.accepting_org),
    )


def give_up_case(event: Event, access: Access, on: date) -> CloseUnacceptedCase:
    return CloseUnacceptedCase(UUID(event.subject), _moment(event, on), _cause(event, access.accepting_org))


def start_clock_of_step(event: Event, told: routing.TaskAssigned) -> StartStep:
    return StartStep(
        subject_id=UUID(event.subject),
        holders=_holders(told.access),
        kind=told.kind,
        seq=told.seq,
        office=Holder(told.office.org, told.office.dept),
        started_at=event.time,
        clock_ids=(new_id(),),
        by=_cause(event, told.access.accepting_org),
    )


def pause_clocks_for_procedure(event: Event, told: routing.ProcedureStarted) -> PauseCase:
    pause = Pause(_moment(event, told.started_on))
    return PauseCase(
        subject_id=UUID(event.subject),
        holders=_holders(told.access),
        pause=SubjectPause(told.procedure_id, pause, told.kind, SPECIAL_PROCEDURE, event.id),
        procedure=told.kind,
        expected_days=told.expected_days,
        clock_ids=(new_id(),),
        by=_cause(event, told.access.accepting_org),
    )


def resume_clocks_after_procedure(event: Event, told: routing.ProcedureEnded) -> ResumeCase:
    return ResumeCase(
        subject_id=UUID(event.subject),
        holders=_holders(told.access),
        pause_id=told.procedure_id,
        procedure=told.kind,
        ended_at=_moment(event, told.ended_on),
        by=_cause(event, told.access.accepting_org),
    )


def stop_clocks_of_decided_case(event: Event, told: routing.CaseGranted | routing.CaseDenied) -> DecideCase:
    return DecideCase(
        subject_id=UUID(event.subject),
        holders=_holders(told.access),
        decided_at=_moment(event, told.decided_on),
        awaits_delivery=told.awaits_delivery,
        clock_ids=(new_id(),),
        by=_cause(event, told.access.accepting_org),
    )


def end_case(event: Event, access: Access, on: date) -> EndCase:
    return EndCase(UUID(event.subject), _holders(access), _moment(event, on), _cause(event, access.accepting_org))


def start_clocks_of_reopened_case(event: Event, told: routing.CaseReopened) -> RestartCaseClocks:
    return RestartCaseClocks(
        subject_id=UUID(event.subject),
        holders=_holders(told.access),
        item=ItemTerms.of(told.item),
        reopened_at=_moment(event, told.reopened_on),
        clock_ids=(new_id(), new_id()),
        by=_cause(event, told.access.accepting_org),
    )


def follow_holders(event: Event, access: Access) -> FollowRoute:
    return FollowRoute(UUID(event.subject), _holders(access), _cause(event, access.accepting_org))


def await_acceptance_of_complaint(event: Event, told: complaints.ComplaintLodged) -> OpenComplaint:
    return OpenComplaint(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        complaint_kind=told.kind,
        channel=told.channel,
        lodged_at=_moment(event, told.lodged_on),
        clock_ids=(new_id(), new_id(), new_id()),
        by=_cause(event, told.handler_org),
    )


def start_clock_of_accepted_complaint(event: Event, told: complaints.ComplaintAccepted) -> HandleComplaint:
    return HandleComplaint(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        complaint_kind=told.kind,
        accepted_at=_moment(event, told.accepted_on),
        clock_ids=(new_id(),),
        by=_cause(event, told.handler_org),
    )


def await_acceptance_by_another(event: Event, told: complaints.ComplaintTransferred) -> TransferComplaintClocks:
    return TransferComplaintClocks(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        complaint_kind=told.kind,
        transferred_at=_moment(event, told.transferred_on),
        clock_ids=(new_id(), new_id()),
        by=_cause(event, told.handler_org),
    )


def await_request_for_review(event: Event, told: complaints.ComplaintReplied) -> AnswerComplaint:
    return AnswerComplaint(
        subject_id=UUID(event.subject),
        complaint_kind=told.kind,
        level=told.level,
        replied_at=_moment(event, told.replied_on),
        clock_ids=(new_id(),),
        by=_cause(event, told.handler_org),
    )


def start_clock_of_review(event: Event, told: complaints.ComplaintEscalated) -> ReviewComplaint:
    return ReviewComplaint(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        level=told.level,
        escalated_at=_moment(event, told.escalated_on),
        clock_ids=(new_id(),),
        by=_cause(event, told.handler_org),
    )


def handling_of(
    told: complaints.ComplaintLodged
    | complaints.ComplaintAccepted
    | complaints.ComplaintRecused
    | complaints.ComplaintTransferred
    | complaints.ComplaintEscalated,
) -> ComplaintParties:
    """Where a complaint is, and who is kept away from it."""
    return ComplaintParties(told.handler_org, told.accused_org, told.recused)


def reach_of(access: Access) -> Reach:
    """Where a case is, as intake tells it. Who holds it is routing's to say."""
    return Reach(access.org, access.accepting_org, access.dept)


def _moment(event: Event, on: date) -> datetime:
    """When an act was done: as it was told, or, where that was on another day, some time on its own."""
    return event.time if event.time.astimezone(TZ).date() == on else moment_of_day(on)


def _holders(access: Access) -> tuple[Holder, ...]:
    return tuple(Holder(office.org, office.dept) for office in access.holders)


def _cause(event: Event, answerable_org: str) -> Cause:
    """The house acts, where the clocks are answered for."""
    return replace(cause_of(event), actor=system(answerable_org))
