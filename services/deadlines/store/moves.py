"""Ends that moved: of each clock from which day to which, and why. Kept beside the clock, as pauses are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bianmin.events.deadlines import ClockExtended, ClockRescheduled
from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from bianmin.kit.decide import Announcement
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.store.tables import MoveRow

_OF_CLOCK = """
SELECT moved_at, reason, extended_by, previous_due_on, due_on, calendar_version FROM clock_move
WHERE clock_id = $1 ORDER BY sequence
"""


async def keep(tx: Tx, announced: Sequence[Announcement], now: datetime) -> None:
    """Of what is announced, the ends that moved."""
    found = [(one, one.data) for one in announced if isinstance(one.data, ClockRescheduled | ClockExtended)]
    await sets.write(tx, sets.insert(MoveRow, [_row(one.sequence, fact, now) for one, fact in found]))


async def of_clock(tx: Tx, clock_id: UUID) -> list[DueDateChange]:
    """The oldest first."""
    return [DueDateChange(at.astimezone(TZ), *rest) for at, *rest in await rows(tx, _OF_CLOCK, clock_id)]


def _row(sequence: int, fact: ClockRescheduled | ClockExtended, now: datetime) -> dict[str, Any]:
    reason, extended_by = ("extension", fact.by) if isinstance(fact, ClockExtended) else (fact.reason_code, None)
    return {
        "clock_id": fact.clock_id,
        "sequence": sequence,
        "moved_at": now,
        "reason": reason,
        "extended_by": extended_by,
        "previous_due_on": fact.previous_due_on,
        "due_on": fact.due_on,
        "calendar_version": fact.calendar_version,
    }
