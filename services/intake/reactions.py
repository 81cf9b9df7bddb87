"""Events of routing and deadlines, as orders to intake."""

from uuid import UUID

from bianmin.events import deadlines, routing
from bianmin.events.envelope import Event
from bianmin.kit.inbox import cause_of
from services.intake.domain.case import FollowCase
from services.intake.domain.registration import KnownOrg
from services.intake.handlers import Command, KeepOrg


def command_of(event: Event) -> Command | None:
    """What an event of another service orders here."""
    match event.data:
        case None:
            return None
        case routing.OrgChanged(code=code, name=name, offices=offices):
            return KeepOrg(KnownOrg(code, name, {one.dept: one.name for one in offices}), cause_of(event))
        case deadlines.CalendarPublished():
            return None
    # clocks of complaints are nobody's business here
    return follow_case(event) if getattr(event.data, "subject_kind", "case") == "case" else None


def follow_case(event: Event) -> FollowCase:
    return FollowCase(UUID(event.subject), event, cause_of(event))
