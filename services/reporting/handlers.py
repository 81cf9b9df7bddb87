"""A batch of events becomes patches of facts; nothing is announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bianmin.events.envelope import Event
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Work
from bianmin.kit.inbox import cause_of
from services.reporting.domain.facts import fold
from services.reporting.store import projection


@dataclass(frozen=True, slots=True)
class CountEvent:
    """Have an event show in the figures."""

    event: Event

    @property
    def by(self) -> Cause:
        return cause_of(self.event)


async def handle(tx: Tx, commands: Sequence[CountEvent], now: datetime) -> Work[Any, Any]:
    """An event of the past is never refused."""
    await projection.add(tx, fold(command.event for command in commands))
    return Work(outcomes=[Done()] * len(commands))
