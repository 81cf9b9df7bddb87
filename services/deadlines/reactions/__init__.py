"""Events of intake, routing and complaints, as commands to deadlines."""

from bianmin.events.envelope import Event
from bianmin.events.registry import source_of
from services.deadlines.handlers import Command
from services.deadlines.reactions.complaints import command_of_complaints
from services.deadlines.reactions.intake import command_of_intake
from services.deadlines.reactions.routing import command_of_routing

_COMMAND_OF = {
    source_of("intake"): command_of_intake,
    source_of("routing"): command_of_routing,
    source_of("complaints"): command_of_complaints,
}


def command_of(event: Event) -> Command | None:
    """Return the command that an event of another service leads to; None where it changes no clock."""
    reaction = _COMMAND_OF.get(event.source)
    return reaction(event) if reaction else None
