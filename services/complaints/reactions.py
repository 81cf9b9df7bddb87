"""Events of routing and intake, as orders to complaints."""

from uuid import UUID

from bianmin.events import routing
from bianmin.events.envelope import Event
from bianmin.kit.inbox import cause_of
from services.complaints.handlers import Command, KeepOrg, KeepParty

_NOBODY = frozenset({"system", "citizen", "anonymous"})


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here."""
    match event.data:
        case routing.OrgChanged(code=code, name=name):
            return KeepOrg(code, name, cause_of(event))
        case None:
            return None
        case data if hasattr(data, "access") and event.actor not in _NOBODY:
            # whoever had a hand in a case has an interest in a complaint about it
            return KeepParty(UUID(event.subject), event.actor, cause_of(event))
    return None
