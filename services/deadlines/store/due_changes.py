"""Changes of due days: from which day to which, and why. They are recorded as the events that announce them."""

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
from services.deadlines.store.tables import DueChangeRow

_OF_CLOCK = """
SELECT moved_at, reason, extended_by, previous_due_on, due_on, calendar_version FROM clock_move
WHERE clock_id = $1 ORDER BY sequence
"""


def insert(announced: Sequence[Announcement], now: datetime) -> sets.Write | None:
    """Return the insert of the due days that these events change, at `now`; None where they change none."""
    found = [(each, each.data) for each in announced if isinstance(each.data, ClockRescheduled | ClockExtended)]
    return sets.insert(DueChangeRow, [_row(each.sequence, event, now) for each, event in found])


async def of_clock(tx: Tx, clock_id: UUID) -> list[DueDateChange]:
    """Return the changes of a clock's due day, the oldest first, `moved_at` in the county's zone."""
    return [DueDateChange(at.astimezone(TZ), *rest) for at, *rest in await rows(tx, _OF_CLOCK, clock_id)]


def _row(sequence: int, event: ClockRescheduled | ClockExtended, now: datetime) -> dict[str, Any]:
    extended_by = event.by if isinstance(event, ClockExtended) else None
    return {
        "clock_id": event.clock_id,
        "sequence": sequence,
        "moved_at": now,
        "reason": "extension" if isinstance(event, ClockExtended) else event.reason_code,
        "extended_by": extended_by,
        "previous_due_on": event.previous_due_on,
        "due_on": event.due_on,
        "calendar_version": event.calendar_version,
    }
