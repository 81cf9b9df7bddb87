"""Signals of many clocks at once: where only signals follow, nothing but the signals is read and written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from bianmin.kit.db import Tx, rows, run
from bianmin.kit.parked_timers import not_parked
from services.deadlines.domain.clocks.firing import FiredSignals, SignalState
from services.deadlines.domain.clocks.signals import SIGNALS, Signal

WAITING = "EXISTS (SELECT FROM clock WHERE next_fire_at <= $1)"
# a clock that a recount has still to recalculate sends no signal by the calendar of before
DUE = f"""
SELECT c.subject_id, c.id, c.next_fire_at, c.org FROM clock c JOIN subject s ON s.id = c.subject_id
WHERE c.next_fire_at <= $1 AND NOT EXISTS (SELECT FROM recount WHERE state = 'ordered')
    AND NOT EXISTS (SELECT FROM recount_subject r WHERE r.subject_id = c.subject_id)
    AND {not_parked("signals", "c.subject_id")}
ORDER BY c.next_fire_at LIMIT $2
FOR UPDATE OF s SKIP LOCKED
"""
# in a statement of its own, after the lock: joined to it, the clocks would be read as they were before the lock
_STATES = """
SELECT c.id, s.kind AS subject_kind, c.kind, c.stage, c.cycle, c.org, c.dept, c.due_on, c.due_at, c.reminder_at,
    c.yellow_at, c.lamp, c.told, s.sequence
FROM unnest($1::uuid[]) AS v(id) JOIN clock c ON c.id = v.id JOIN subject s ON s.id = c.subject_id
WHERE c.state = 'running'
"""
_SAVE = """
WITH counted AS (
    UPDATE subject AS s SET sequence = s.sequence + v.events FROM unnest($5::uuid[], $6::int[]) AS v(id, events)
    WHERE s.id = v.id
)
UPDATE clock AS c SET lamp = v.lamp, told = v.told, next_fire_at = v.next_fire_at, version = c.version + 1,
    changed_at = now()
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS v(id, lamp, told, next_fire_at)
WHERE c.id = v.id
"""


class DueClock(NamedTuple):
    """A clock with a signal that was due at `fire_at`. `org` answers for the clock."""

    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    org: str


class NumberedState(NamedTuple):
    """What the signals of a clock follow from, and the number of its subject's latest event."""

    clock: SignalState
    sequence: int


async def due(tx: Tx, now: datetime, limit: int) -> list[DueClock]:
    """Return at most `limit` clocks with a signal due by `now`, the oldest first.

    Locks their subjects; skips those that another transaction has locked.
    """
    return [DueClock(*row) for row in await rows(tx, DUE, now, limit)]


async def load(tx: Tx, clock_ids: Iterable[UUID]) -> dict[UUID, NumberedState]:
    """Return the running ones of these clocks by id. The caller has locked their subjects."""
    return {row[0]: _state_of(*row) for row in await rows(tx, _STATES, list(clock_ids))}


def _state_of(clock_id: UUID, *rest: Any) -> NumberedState:
    *plain, sent, sequence = rest
    return NumberedState(SignalState(clock_id, *plain, parse_signals(sent)), sequence)  # type: ignore[call-arg]


async def save(tx: Tx, fired: Sequence[FiredSignals], events: dict[UUID, int]) -> None:
    """Write the lamps of these clocks and the signals they have sent. `events`: how many, by subject."""
    await run(
        tx,
        _SAVE,
        [each.clock_id for each in fired],
        [each.lamp for each in fired],
        [format_signals(each.sent_signals) for each in fired],
        [each.next_fire_at for each in fired],
        list(events),
        list(events.values()),
    )


@cache
def parse_signals(stored: str) -> frozenset[Signal]:
    """Parse a stored text of sent signals."""
    return frozenset(stored.split())  # type: ignore[arg-type]


def format_signals(sent: frozenset[Signal]) -> str:
    """Format sent signals for storage: in their order, separated by spaces."""
    return " ".join(signal for signal in SIGNALS if signal in sent)
