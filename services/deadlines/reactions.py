"""Events of intake, routing and complaints, as orders to deadlines."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from bianmin.events import complaints, intake, routing
from bianmin.events.envelope import Event
from bianmin.events.parts import Access
from bianmin.events.registry import source_of
from bianmin.kit.access import Holder, Reach
from bianmin.kit.actors import system
from bianmin.kit.clock import TZ
from bianmin.kit.decide import Cause
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from services.deadlines.domain.subject import (
    EndComplaint,
    FollowRoute,
    GiveUpCase,
    HandleComplaint,
    KeepAway,
    OpenCase,
    OpenComplaint,
    StartCaseClocks,
)
from services.deadlines.domain.visibility import Handling
from services.deadlines.handlers import Command, KeepOrg


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here."""
    if event.source == source_of("routing"):
        return _of_routing(event)
    match event.data:
        case intake.CaseRegistered() as told:
            return OpenCase(UUID(event.subject), reach_of(told.access), _cause(event, told.access.accepting_org))
        case intake.CaseAccepted() as told:
            return start_clocks_of_accepted_case(event, told)
        case intake.CaseRefused() | intake.CaseWithdrawn() as told:
            return GiveUpCase(UUID(event.subject), _cause(event, told.access.accepting_org))
        case complaints.ComplaintLodged() as told:
            return await_acceptance_of_complaint(event, told)
        case complaints.ComplaintAccepted() as told:
            return start_clock_of_accepted_complaint(event, told)
        case complaints.ComplaintRecused() as told:
            return KeepAway(UUID(event.subject), handling_of(told), _cause(event, told.handler_org))
        case complaints.ComplaintReplied() as told:
            return EndComplaint(UUID(event.subject), event.time, _cause(event, told.handler_org))
    return None


def _of_routing(event: Event) -> Command | None:
    match event.data:
        case routing.OrgChanged(code=code):
            return KeepOrg(code, cause_of(event))
        case routing.CaseGranted(access=access, decided_on=on) | routing.CaseDenied(access=access, decided_on=on):
            return stop_clocks_of_decided_case(event, access, on)
        case routing.CaseClosed(access=access, closed_on=on) | intake.CaseWithdrawn(access=access, withdrawn_on=on):
            return stop_clocks_of_decided_case(event, access, on)
    held = getattr(event.data, "access", None)  # whatever routing tells of a case, it tells who holds it now
    return follow_holders(event, held) if isinstance(held, Access) else None


def start_clocks_of_accepted_case(event: Event, told: intake.CaseAccepted) -> StartCaseClocks:
    return StartCaseClocks(
        subject_id=UUID(event.subject),
        reach=reach_of(told.access),
        item=told.item,
        accepted_at=business_moment(told.accepted_on, event.time),
        clock_ids=(new_id(), new_id()),
        by=_cause(event, told.access.accepting_org),
    )


def stop_clocks_of_decided_case(event: Event, access: Access, on: date) -> FollowRoute:
    ended_at = business_moment(on, event.time)
    return FollowRoute(UUID(event.subject), _holders(access), ended_at, _cause(event, access.accepting_org))


def follow_holders(event: Event, access: Access) -> FollowRoute:
    return FollowRoute(UUID(event.subject), _holders(access), None, _cause(event, access.accepting_org))


def await_acceptance_of_complaint(event: Event, told: complaints.ComplaintLodged) -> OpenComplaint:
    return OpenComplaint(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        complaint_kind=told.kind,
        lodged_at=business_moment(told.lodged_on, event.time),
        clock_ids=(new_id(),),
        by=_cause(event, told.handler_org),
    )


def start_clock_of_accepted_complaint(event: Event, told: complaints.ComplaintAccepted) -> HandleComplaint:
    return HandleComplaint(
        subject_id=UUID(event.subject),
        handling=handling_of(told),
        complaint_kind=told.kind,
        accepted_at=business_moment(told.accepted_on, event.time),
        clock_ids=(new_id(),),
        by=_cause(event, told.handler_org),
    )


def handling_of(
    told: complaints.ComplaintLodged | complaints.ComplaintAccepted | complaints.ComplaintRecused,
) -> Handling:
    """Where a complaint is, and who is kept away from it."""
    return Handling(told.handler_org, told.accused_org, told.recused)


def reach_of(access: Access) -> Reach:
    """Where a case is, as intake tells it. Who holds it is routing's to say."""
    return Reach(access.org, access.accepting_org, access.dept)


def business_moment(on: date, told_at: datetime) -> datetime:
    """When an act was done: as it was told, or, where that was on another day, before the end of its own."""
    return told_at if told_at.astimezone(TZ).date() == on else datetime.combine(on, time.max, TZ)


def _holders(access: Access) -> tuple[Holder, ...]:
    return tuple(Holder(office.org, office.dept) for office in access.holders)


def _cause(event: Event, answerable_org: str) -> Cause:
    """The house acts, where the clocks are answered for."""
    return replace(cause_of(event), actor=system(answerable_org))
