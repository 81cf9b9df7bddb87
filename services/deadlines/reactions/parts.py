"""Parts that the reactions to all services share: moments, holders, causes."""

from dataclasses import replace
from datetime import date, datetime

from bianmin.domain.access import Holder
from bianmin.domain.actors import system
from bianmin.events.envelope import Event
from bianmin.events.parts import Access
from bianmin.kit.decide import Cause
from bianmin.kit.inbox import cause_of
from bianmin.kit.time_source import TZ
from services.deadlines.domain.periods.period import moment_of_day


def moment_of(event: Event, on: date) -> datetime:
    """Return when an act was done: the event's time, or, where that is on another day, some time on `on`."""
    return event.time if event.time.astimezone(TZ).date() == on else moment_of_day(on)


def holders_of(access: Access) -> tuple[Holder, ...]:
    """Return the offices that hold a step of the case."""
    return tuple(Holder(office.org, office.dept) for office in access.holders)


def system_cause(event: Event, org: str) -> Cause:
    """Return the cause of a command whose actor is `system` at the org that answers for the clocks."""
    return replace(cause_of(event), actor=system(org))
