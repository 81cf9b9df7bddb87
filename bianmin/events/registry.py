"""All event types by name: which model, who announces it, on which topic, and who reads that."""

from collections.abc import Mapping, Sequence
from types import ModuleType

from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.parts import EventData

SERVICES = ("intake", "routing", "deadlines", "complaints", "reporting")

Listens = Mapping[str, Sequence[str]]
"""Service to the services whose topics it reads."""

LISTENS: Listens = {
    "intake": ("routing", "deadlines"),
    "routing": ("intake", "deadlines"),
    "deadlines": ("intake", "routing", "complaints"),
    "complaints": ("intake", "routing", "deadlines"),
    "reporting": ("intake", "routing", "deadlines", "complaints"),
}
"""Who reads whom. A test holds it against what the services themselves say they listen to."""


def _announcements(module: ModuleType) -> list[type[EventData]]:
    own = (each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__)
    return [each for each in own if issubclass(each, EventData) and "event_name" in vars(each)]


MODELS: Mapping[str, type[EventData]] = {
    model.event_type: model for module in (intake, routing, deadlines, complaints) for model in _announcements(module)
}
"""Event type to model, in the order of the producers."""


def topic_of(service: str) -> str:
    """The topic on which a service announces."""
    return f"bianmin.{service}"


def source_of(service: str) -> str:
    """The CloudEvents source of a service."""
    return f"/bianmin/{service}"


def announced_by(service: str) -> list[type[EventData]]:
    """What a service announces, in the order of the story it tells."""
    return [model for model in MODELS.values() if service in model.producers]


def readers_of(model: type[EventData], listens: Listens = LISTENS) -> list[str]:
    """The services to which an announcement of it comes."""
    return [reader for reader in SERVICES if not set(model.producers).isdisjoint(listens.get(reader, ()))]


def meaning_of(model: type[EventData]) -> str:
    """The fact it states, and its legal source, in a line."""
    return " ".join((model.__doc__ or "").split())
