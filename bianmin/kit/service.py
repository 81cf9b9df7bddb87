"""A service is a value that names its parts; a process is a list of services."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import MetaData

from bianmin.events.envelope import Event
from bianmin.kit.batch import CheckRepeats
from bianmin.kit.decide import Command
from bianmin.kit.dispatch import CarryOut
from bianmin.kit.metrics import Figure
from bianmin.kit.settings import ServiceSettings
from bianmin.kit.timers import Timer


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that the kit needs to run a service.

    `counters`: SQL that gives (subject, sequence): the last event that the service announced of each subject.
    `effects`: SQL that gives (source, subject, count): how many events of other services took effect.
    Both are for `reconcile`. `settings`: the model of the service's own settings. `check_repeats`: says which answers
    their actors may not be given again. `hides_routes`: metrics count all requests of the service as one, because their
    numbers by route would tell what they are about.
    """

    name: str
    title: str
    metadata: MetaData
    migrations: Path
    routers: Sequence[APIRouter]
    handle: CarryOut
    command_of: Callable[[Event], Command | None]
    listens: Sequence[str] = ()
    timers: Sequence[Timer] = ()
    counters: str | None = None
    effects: str | None = None
    figures: Sequence[Figure] = ()
    settings: type[ServiceSettings] = ServiceSettings
    check_repeats: CheckRepeats | None = None
    hides_routes: bool = False
