"""How reporting carries out its command: a batch of events is folded into patches and added to the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bianmin.events.envelope import Event
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, State, Work
from bianmin.kit.dispatch import dispatch
from bianmin.kit.inbox import cause_of
from services.reporting.domain.fold import fold
from services.reporting.store import projection


@dataclass(frozen=True, slots=True)
class CountEvent:
    """Count an event in the figures."""

    event: Event

    @property
    def by(self) -> Cause:
        """The cause is the event itself."""
        return cause_of(self.event)


async def _count_events(tx: Tx, commands: Sequence[CountEvent], now: datetime) -> Work[str, State]:
    """An event happened already, so none is refused; reporting announces nothing."""
    await projection.add(tx, fold([command.event for command in commands]))
    return Work(outcomes=[Done()] * len(commands))


handle = dispatch(CountEvent, {CountEvent: _count_events})
