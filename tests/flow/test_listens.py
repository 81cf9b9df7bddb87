"""The documents say who reads whom; the services are what really does."""

from bianmin.events.registry import LISTENS
from command.deployment import SERVICES


def test_every_service_listens_to_the_documented_topics() -> None:
    assert {service.name: tuple(service.listens) for service in SERVICES} == LISTENS
