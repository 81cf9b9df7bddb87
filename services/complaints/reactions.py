"""Events of intake, routing and deadlines, as orders to complaints."""

from uuid import UUID

from bianmin.events import deadlines, routing
from bianmin.events.envelope import Event
from bianmin.kit.inbox import cause_of
from services.complaints.domain.complaint import KeepEnd
from services.complaints.handlers import Command, KeepOrg, KeepParty

_NOBODY = frozenset({"system", "citizen", "anonymous"})


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here."""
    match event.data:
        case routing.OrgChanged(code=code, name=name):
            return KeepOrg(code, name, cause_of(event))
        case (
            deadlines.ClockStarted(kind="complaint", stage=str(stage))
            | deadlines.ClockExtended(kind="complaint", stage=str(stage))
            | deadlines.ClockRescheduled(kind="complaint", stage=str(stage))
            # in which an order of the hotline may be returned
            | deadlines.ClockStarted(kind="hotline", stage="return" as stage)
            | deadlines.ClockRescheduled(kind="hotline", stage="return" as stage)
        ) as told:
            if told.due_at is None:
                return None
            return KeepEnd(UUID(event.subject), stage, told.due_at, cause_of(event))
        case None:
            return None
        case data if hasattr(data, "access") and event.actor not in _NOBODY:
            # whoever had a hand in a case has an interest in a complaint about it
            return KeepParty(UUID(event.subject), event.actor, cause_of(event))
    return None
