"""Events of routing and deadlines as commands to intake."""

from uuid import UUID

from bianmin.events import deadlines, routing
from bianmin.events.envelope import Event
from bianmin.kit.inbox import cause_of
from services.intake.domain.following import FollowCase
from services.intake.domain.registration import KnownOrg
from services.intake.handlers import Command, RecordOrg


def command_of(event: Event) -> Command | None:
    """Return the command that an event of another service makes of intake; None where it does not concern a case."""
    match event.data:
        case None | deadlines.CalendarPublished() | routing.StaffChanged():
            return None
        case routing.DutyPublished() | routing.CircuitScheduled() | routing.CircuitClosed():
            return None
        case routing.OrgChanged(code=code, name=name, offices=offices):
            return RecordOrg(KnownOrg(code, name, {office.dept: office.name for office in offices}), cause_of(event))
    if getattr(event.data, "subject_kind", "case") != "case":
        return None  # clocks and cards of complaints
    return FollowCase(UUID(event.subject), event, cause_of(event))
