"""Events of the other services, as commands to reporting."""

from bianmin.events.envelope import Event
from services.reporting.domain.fold import is_counted
from services.reporting.handlers import CountEvent


def command_of(event: Event) -> CountEvent | None:
    """Return the command to count an event; None for an event that is not counted.

    Also events that change no figure are counted, so that `reconcile` can compare.
    """
    return CountEvent(event) if is_counted(event) else None
