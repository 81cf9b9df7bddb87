"""Events of intake and deadlines, as orders to routing."""

from datetime import date
from typing import Any
from uuid import UUID

from bianmin.events import deadlines, intake
from bianmin.events.envelope import Event
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from bianmin.kit.time_source import TZ
from services.routing.domain.route import AnswerWithdrawal, KeepLegalEnd, LegalEnd, PlanRoute, VoidRoute
from services.routing.handlers import Command


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here. Until a case is accepted, its way is intake's alone."""
    match event.data:
        case intake.CaseAccepted() | intake.CaseDeemedAccepted() as told:
            return plan_route_of_accepted_case(event, told)
        case intake.DeemingCorrected():
            return VoidRoute(UUID(event.subject), _day(event), cause_of(event))
        case intake.WithdrawalRequested():
            return answer_wish_to_withdraw(event)
        case (
            deadlines.ClockStarted()
            | deadlines.ClockPaused()
            | deadlines.ClockResumed()
            | deadlines.ClockExtended()
            | deadlines.ClockRescheduled()
        ) as told:
            return keep_end_of_statutory_period(event, told)
    return None


def keep_end_of_statutory_period(event: Event, told: Any) -> KeepLegalEnd | None:
    """When it is too late to ask for more time. Other periods are nothing to routing."""
    if told.kind != "statutory":
        return None
    legal_end = LegalEnd(told.clock_id, getattr(told, "due_at", None))
    begins = isinstance(told, deadlines.ClockStarted)
    return KeepLegalEnd(UUID(event.subject), legal_end, begins, cause_of(event))


def plan_route_of_accepted_case(event: Event, told: intake.CaseAccepted | intake.CaseDeemedAccepted) -> PlanRoute:
    return PlanRoute(
        case_id=UUID(event.subject),
        case_no=told.case_no,
        item=told.item,
        access=told.access,
        task_ids=(new_id(), new_id()),
        by=cause_of(event),
    )


def answer_wish_to_withdraw(event: Event) -> AnswerWithdrawal:
    return AnswerWithdrawal(UUID(event.subject), _day(event), cause_of(event))


def _day(event: Event) -> date:
    return event.time.astimezone(TZ).date()
