"""What is due by the clock, as commands. The org that answers for a clock is the actor's org."""

from datetime import datetime

from bianmin.domain.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause
from services.deadlines.domain.lifecycle.card_review import CheckSecondYellow
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.store import recounts, second_cards, signals


async def claim_signals(tx: Tx, now: datetime, limit: int) -> list[FireSignals]:
    """Return commands for the clocks with a signal due by `now`, the oldest first; locks their subjects."""
    found = await signals.due(tx, now, limit)
    cause_of = {org: Cause(system(org)) for org in {each.org for each in found}}
    return [FireSignals(each.subject_id, each.clock_id, each.fire_at, now, cause_of[each.org]) for each in found]


async def claim_recounts(tx: Tx, now: datetime, limit: int) -> list[RecountClocks]:
    """Return commands for the subjects that a publication may change; takes them off the list."""
    claimed = await recounts.claim(tx, now, limit)
    return [RecountClocks(due.subject_id, due.ordered_at, now, Cause(system(due.org))) for due in claimed]


async def claim_second_cards(tx: Tx, now: datetime, limit: int) -> list[CheckSecondYellow]:
    """Return commands for the yellow cards to compare with the others of their unit; locks their subjects."""
    return [
        CheckSecondYellow(card.subject_id, card.card_id, card.others, card.issued_at, now, Cause(system(card.org)))
        for card in await second_cards.claim(tx, limit)
    ]
