"""Events of routing, as commands: what happens to a case from its acceptance on, and which orgs there are."""

from datetime import date
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events import intake, routing
from bianmin.events.envelope import Event
from bianmin.events.parts import Access
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from services.deadlines.domain.cases.decide import RouteCommand
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, EndCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import EndStep, FollowRoute, StartStep, VoidRouteClocks
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.periods.period import Pause
from services.deadlines.domain.terms.term import ItemTerms
from services.deadlines.handlers.orgs import RecordOrgCode
from services.deadlines.reactions.parts import holders_of, moment_of, system_cause

SPECIAL_PROCEDURE = "行政许可法第四十五条"


def command_of_routing(event: Event) -> RouteCommand | RecordOrgCode | None:
    """Return the command that an event of routing leads to; None where it is about no case."""
    match event.data:
        case routing.OrgChanged(code=code):
            return RecordOrgCode(code, cause_of(event))
        case routing.RouteVoided(access=access):
            return VoidRouteClocks(UUID(event.subject), holders_of(access), system_cause(event, access.accepting_org))
        case routing.TaskAssigned() as data:
            return start_clock_of_step(event, data)
        case routing.TaskCompleted(access=access, seq=seq) | routing.TaskReturned(access=access, seq=seq):
            return stop_clock_of_step(event, access, seq)
        case routing.ProcedureStarted() as data:
            return pause_clocks_for_procedure(event, data)
        case routing.ProcedureEnded() as data:
            return resume_clocks_after_procedure(event, data)
        case routing.ExtensionApproved(access=access, days=days, approved_on=on):
            at, cause = moment_of(event, on), system_cause(event, access.accepting_org)
            return ExtendCase(UUID(event.subject), holders_of(access), days, at, cause)
        case routing.CaseGranted() | routing.CaseDenied() as data:
            return stop_clocks_of_decided_case(event, data)
        case routing.CaseDelivered(access=access, delivered_on=on):
            return end_case(event, access, on)
        case (
            routing.CaseClosed(access=access, closed_on=on)
            | routing.AssistanceGiven(access=access, closed_on=on)
            | routing.DisputeSettled(access=access, closed_on=on)
            | routing.DisputeUnsettled(access=access, closed_on=on)
        ):
            return end_case(event, access, on)
        case intake.CaseWithdrawn(access=access, withdrawn_on=on):
            return end_case(event, access, on)
        case routing.CaseReopened() as data:
            return start_clocks_of_reopened_case(event, data)
    named = getattr(event.data, "access", None)  # every event of routing about a case names its holders
    return follow_holders(event, named) if isinstance(named, Access) else None


def start_clock_of_step(event: Event, data: routing.TaskAssigned) -> StartStep:
    """Return the command to start the clock of the step that an office was assigned."""
    return StartStep(
        subject_id=UUID(event.subject),
        holders=holders_of(data.access),
        kind=data.kind,
        seq=data.seq,
        office=Holder(data.office.org, data.office.dept),
        started_at=event.time,
        clock_ids=(new_id(),),
        by=system_cause(event, data.access.accepting_org),
    )


def stop_clock_of_step(event: Event, access: Access, seq: int) -> EndStep:
    """Return the command to stop the clock of step `seq`, which was completed or returned."""
    cause = system_cause(event, access.accepting_org)
    return EndStep(UUID(event.subject), holders_of(access), seq, event.time, cause)


def pause_clocks_for_procedure(event: Event, data: routing.ProcedureStarted) -> PauseCase:
    """Return the command to pause the clocks for a special procedure (行政许可法 art. 45)."""
    pause = Pause(moment_of(event, data.started_on))
    return PauseCase(
        subject_id=UUID(event.subject),
        holders=holders_of(data.access),
        pause=SubjectPause(data.procedure_id, pause, data.kind, SPECIAL_PROCEDURE, event.id),
        procedure=data.kind,
        expected_days=data.expected_days,
        clock_ids=(new_id(),),
        by=system_cause(event, data.access.accepting_org),
    )


def resume_clocks_after_procedure(event: Event, data: routing.ProcedureEnded) -> ResumeCase:
    """Return the command to resume the clocks that a special procedure paused."""
    return ResumeCase(
        subject_id=UUID(event.subject),
        holders=holders_of(data.access),
        pause_id=data.procedure_id,
        procedure=data.kind,
        ended_at=moment_of(event, data.ended_on),
        by=system_cause(event, data.access.accepting_org),
    )


def stop_clocks_of_decided_case(event: Event, data: routing.CaseGranted | routing.CaseDenied) -> DecideCase:
    """Return the command to stop the clocks of the decision, and to start that of the delivery."""
    return DecideCase(
        subject_id=UUID(event.subject),
        holders=holders_of(data.access),
        decided_at=moment_of(event, data.decided_on),
        awaits_delivery=data.awaits_delivery,
        clock_ids=(new_id(),),
        by=system_cause(event, data.access.accepting_org),
    )


def end_case(event: Event, access: Access, on: date) -> EndCase:
    """Return the command to stop all clocks of a case that was delivered, closed or withdrawn."""
    return EndCase(
        UUID(event.subject), holders_of(access), moment_of(event, on), system_cause(event, access.accepting_org)
    )


def start_clocks_of_reopened_case(event: Event, data: routing.CaseReopened) -> RestartCaseClocks:
    """Return the command to start a new cycle with new clocks."""
    return RestartCaseClocks(
        subject_id=UUID(event.subject),
        holders=holders_of(data.access),
        item=ItemTerms.of(data.item),
        reopened_at=moment_of(event, data.reopened_on),
        clock_ids=(new_id(), new_id()),
        by=system_cause(event, data.access.accepting_org),
    )


def follow_holders(event: Event, access: Access) -> FollowRoute:
    """Return the command to record which offices hold the case: they may see its clocks."""
    return FollowRoute(UUID(event.subject), holders_of(access), system_cause(event, access.accepting_org))
