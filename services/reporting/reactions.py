"""Events of the others, as orders to reporting."""

from bianmin.events.envelope import Event
from services.reporting.domain.facts import concerns
from services.reporting.handlers import CountEvent


def command_of(event: Event) -> CountEvent | None:
    """All are counted, so that `reconcile` can compare; but clocks of complaints are nobody's business here."""
    return CountEvent(event) if concerns(event) else None
