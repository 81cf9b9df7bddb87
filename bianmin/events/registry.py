"""The event types: model, producers, topic and readers of each."""

from collections.abc import Mapping, Sequence
from types import ModuleType

from bianmin.events import complaints, deadlines, intake
from bianmin.events.parts import EventData
from bianmin.events.routing import (
    assignment,
    assistance,
    circuits,
    directory,
    disputes,
    filings,
    outcomes,
    periods,
    rosters,
    tasks,
)

SERVICES = ("intake", "routing", "deadlines", "complaints", "reporting")

Listens = Mapping[str, Sequence[str]]
"""Maps a service to the services whose topics it reads."""

LISTENS: Listens = {
    "intake": ("routing", "deadlines"),
    "routing": ("intake", "deadlines"),
    "deadlines": ("intake", "routing", "complaints"),
    "complaints": ("intake", "routing", "deadlines"),
    "reporting": ("intake", "routing", "deadlines", "complaints"),
}
"""The readers of each topic. A test compares this with the `listens` of each service."""


def _event_types(module: ModuleType) -> list[type[EventData]]:
    own = (each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__)
    return [each for each in own if issubclass(each, EventData) and "event_name" in vars(each)]


_MODULES = (
    intake,
    directory,
    tasks,
    assignment,
    assistance,
    disputes,
    filings,
    outcomes,
    periods,
    rosters,
    circuits,
    deadlines,
    complaints,
)

MODELS: Mapping[str, type[EventData]] = {
    model.event_type: model for module in _MODULES for model in _event_types(module)
}
"""Maps an event type to its model, in the order of the producers."""


def topic_of(service: str) -> str:
    """Return the topic on which a service publishes."""
    return f"bianmin.{service}"


def source_of(service: str) -> str:
    """Return the CloudEvents source of a service."""
    return f"/bianmin/{service}"


def announced_by(service: str) -> list[type[EventData]]:
    """Return the event models that a service publishes, in the order in which they usually happen."""
    return [model for model in MODELS.values() if service in model.producers]


def readers_of(model: type[EventData], listens: Listens = LISTENS) -> list[str]:
    """Return the services that read the topics on which the event is published."""
    return [reader for reader in SERVICES if not set(model.producers).isdisjoint(listens.get(reader, ()))]


def meaning_of(model: type[EventData]) -> str:
    """Return the docstring of an event model as one line: what the event states, and its legal source."""
    return " ".join((model.__doc__ or "").split())
