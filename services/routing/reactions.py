"""Events of intake and deadlines -> commands of routing."""

from datetime import date
from uuid import UUID

from bianmin.events import deadlines, intake
from bianmin.events.envelope import Event
from bianmin.kit.ids import new_id
from bianmin.kit.inbox import cause_of
from bianmin.kit.time_source import TZ
from services.routing.domain.decide import Command
from services.routing.domain.late_opinions import EscalateLateOpinion
from services.routing.domain.planning import PlanRoute, most_steps_of
from services.routing.domain.rosters.roster import RecordDays
from services.routing.domain.route import StatutoryEnd
from services.routing.domain.statutory_period import RecordStatutoryEnd
from services.routing.domain.voiding import VoidRoute
from services.routing.domain.withdrawal import AnswerWithdrawal

_ClockEvent = (
    deadlines.ClockStarted
    | deadlines.ClockPaused
    | deadlines.ClockResumed
    | deadlines.ClockExtended
    | deadlines.ClockRescheduled
)


def command_of(event: Event) -> Command | None:
    """The command that an event of another service causes, or None. Before the acceptance intake acts alone."""
    match event.data:
        case intake.CaseAccepted() | intake.CaseDeemedAccepted() as accepted:
            return plan_route_of_accepted_case(event, accepted)
        case intake.DeemingCorrected():
            return VoidRoute(UUID(event.subject), _day(event), cause_of(event))
        case intake.WithdrawalRequested():
            return AnswerWithdrawal(UUID(event.subject), _day(event), cause_of(event))
        case (
            deadlines.ClockStarted()
            | deadlines.ClockPaused()
            | deadlines.ClockResumed()
            | deadlines.ClockExtended()
            | deadlines.ClockRescheduled()
        ) as changed:
            return record_end_of_statutory_clock(event, changed)
        case deadlines.ClockRed(kind="step", stage=str(stage)) if stage.isdecimal():
            return EscalateLateOpinion(UUID(event.subject), int(stage), cause_of(event))
        case deadlines.CalendarPublished(region=region, changes=changes) if changes:
            days = tuple((region, each.date, each.works) for each in changes)
            return RecordDays(days, cause_of(event))
    return None


def plan_route_of_accepted_case(event: Event, accepted: intake.CaseAccepted | intake.CaseDeemedAccepted) -> PlanRoute:
    """Plan the route, with ids for its steps."""
    return PlanRoute(
        case_id=UUID(event.subject),
        case_no=accepted.case_no,
        item=accepted.item,
        access=accepted.access,
        task_ids=[new_id() for _ in range(most_steps_of(accepted.item))],
        today=_day(event),
        by=cause_of(event),
    )


def record_end_of_statutory_clock(event: Event, clock: _ClockEvent) -> RecordStatutoryEnd | None:
    """Record until when an extension can be requested; None for clocks of another kind."""
    if clock.kind != "statutory":
        return None
    due_at = None if isinstance(clock, deadlines.ClockPaused) else clock.due_at
    started = isinstance(clock, deadlines.ClockStarted)
    return RecordStatutoryEnd(UUID(event.subject), StatutoryEnd(clock.clock_id, due_at), started, cause_of(event))


def _day(event: Event) -> date:
    return event.time.astimezone(TZ).date()
