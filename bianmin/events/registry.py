"""All event types by name: which model, who announces it, on which topic."""

from collections.abc import Mapping

from bianmin.events import complaints, deadlines, intake, routing
from bianmin.events.parts import EventData

SERVICES = ("intake", "routing", "deadlines", "complaints", "reporting")


def _leaves(model: type[EventData]) -> list[type[EventData]]:
    children = [leaf for child in model.__subclasses__() for leaf in _leaves(child)]
    return children or [model]


MODELS: Mapping[str, type[EventData]] = {
    model.event_type: model
    for module in (intake, routing, deadlines, complaints)
    for model in _leaves(EventData)
    if model.__module__ == module.__name__
}
"""Event type to model, in the order of the producers."""


def topic_of(service: str) -> str:
    """The topic on which a service announces."""
    return f"bianmin.{service}"


def source_of(service: str) -> str:
    """The CloudEvents source of a service."""
    return f"/bianmin/{service}"


def announced_by(service: str) -> list[type[EventData]]:
    return [model for model in MODELS.values() if service in model.producers]
