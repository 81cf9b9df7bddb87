"""Events of intake, as orders to routing."""

from uuid import UUID

from bianmin.events import intake
from bianmin.events.envelope import Event
from bianmin.kit.clock import TZ
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from services.routing.domain.route import AnswerWithdrawal, PlanRoute
from services.routing.handlers import Command


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here. Until a case is accepted, its way is intake's alone."""
    match event.data:
        case intake.CaseAccepted() as told:
            return plan_route_of_accepted_case(event, told)
        case intake.WithdrawalRequested():
            return answer_wish_to_withdraw(event)
    return None


def plan_route_of_accepted_case(event: Event, told: intake.CaseAccepted) -> PlanRoute:
    return PlanRoute(
        case_id=UUID(event.subject),
        case_no=told.case_no,
        item=told.item,
        access=told.access,
        task_ids=(new_id(), new_id()),
        by=cause_of(event),
    )


def answer_wish_to_withdraw(event: Event) -> AnswerWithdrawal:
    return AnswerWithdrawal(UUID(event.subject), event.time.astimezone(TZ).date(), cause_of(event))
