"""Events of intake, routing and deadlines, as commands to complaints."""

from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.events import deadlines, routing
from bianmin.events.envelope import Event
from bianmin.kit.inbox import cause_of
from services.complaints.domain.periods import RecordPeriodEnd
from services.complaints.handlers import Command, RecordCaseStaff, RecordMember, RecordOrgName

_NOT_STAFF = frozenset({"system", "citizen", "anonymous"})
"""Actors of events that are no member of staff."""


def command_of(event: Event) -> Command | None:
    """Return what an event of another service makes complaints do; None where nothing follows."""
    match event.data:
        case routing.OrgChanged(code=code, name=name):
            return RecordOrgName(code, name, cause_of(event))
        case routing.StaffChanged(org=org, dept=dept, roles=roles):
            return RecordMember(
                Actor(event.subject.removeprefix("staff/"), org, frozenset(roles), dept), cause_of(event)
            )
        case (
            deadlines.ClockStarted(kind="complaint", stage=str(stage))
            | deadlines.ClockExtended(kind="complaint", stage=str(stage))
            | deadlines.ClockRescheduled(kind="complaint", stage=str(stage))
            # the period in which an order of the hotline may be returned
            | deadlines.ClockStarted(kind="hotline", stage="return" as stage)
            | deadlines.ClockRescheduled(kind="hotline", stage="return" as stage)
        ) as clock:
            if clock.due_at is None:
                return None
            return RecordPeriodEnd(UUID(event.subject), stage, clock.due_at, cause_of(event))
        case None:
            return None
        case data if hasattr(data, "access"):
            staff = staff_of(event)
            return RecordCaseStaff(UUID(event.subject), staff, cause_of(event)) if staff else None
    return None


def staff_of(event: Event) -> tuple[str, ...]:
    """Return the ids of the staff that an event of a case names: who acted, who has the task, who is the agent.

    They have an interest in a complaint about the case.
    """
    named = (event.actor, getattr(event.data, "assignee", None), *getattr(event.data, "staff", ()))
    return tuple(dict.fromkeys(staff for staff in named if staff and staff not in _NOT_STAFF))
