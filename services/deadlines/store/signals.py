"""Signals in sets: of clocks that only tell, nothing but what they tell is read and written."""

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
# what is still to be counted by a calendar that was published tells nothing by the one before
DUE = f"""
SELECT c.subject_id, c.id, c.next_fire_at, c.org FROM clock c JOIN subject s ON s.id = c.subject_id
WHERE c.next_fire_at <= $1 AND NOT EXISTS (SELECT FROM recount WHERE state = 'ordered')
    AND NOT EXISTS (SELECT FROM recount_subject r WHERE r.subject_id = c.subject_id)
    AND {not_parked("signals", "c.subject_id")}
ORDER BY c.next_fire_at LIMIT $2
FOR UPDATE OF s SKIP LOCKED
"""
# in a statement of its own, after the lock: joined to it, they would be read as they were before
_RINGING = """
SELECT c.id, s.kind AS subject_kind, c.kind, c.stage, c.cycle, c.org, c.dept, c.due_on, c.due_at, c.reminder_at,
    c.yellow_at, c.lamp, c.told, s.sequence
FROM unnest($1::uuid[]) AS v(id) JOIN clock c ON c.id = v.id JOIN subject s ON s.id = c.subject_id
WHERE c.state = 'running'
"""
_RUNG = """
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
    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    org: str


class Heard(NamedTuple):
    """A clock that is due, and how many events its matter has told so far."""

    clock: SignalState
    sequence: int


async def due(tx: Tx, now: datetime, limit: int) -> list[DueClock]:
    """Clocks that have something to tell, oldest first. Their subjects are locked; what others hold is left to them."""
    return [DueClock(*row) for row in await rows(tx, DUE, now, limit)]


async def ringing(tx: Tx, clock_ids: Iterable[UUID]) -> dict[UUID, Heard]:
    """Those of the clocks that run. Their subjects are locked."""
    return {row[0]: _heard(*row) for row in await rows(tx, _RINGING, list(clock_ids))}


def _heard(clock_id: UUID, *rest: Any) -> Heard:
    *plain, told, sequence = rest
    return Heard(SignalState(clock_id, *plain, read(told)), sequence)  # type: ignore[call-arg]


async def save(tx: Tx, rung: Sequence[FiredSignals], events: dict[UUID, int]) -> None:
    """What they show and told now. `events`: of each matter, how many."""
    await run(
        tx,
        _RUNG,
        [each.clock_id for each in rung],
        [each.lamp for each in rung],
        [written(each.sent_signals) for each in rung],
        [each.next_fire_at for each in rung],
        list(events),
        list(events.values()),
    )


@cache
def read(told: str) -> frozenset[Signal]:
    """Signals, of how they are stored."""
    return frozenset(told.split())  # type: ignore[arg-type]


def written(told: frozenset[str]) -> str:
    """Signals in their order, as they are stored."""
    return " ".join(signal for signal in SIGNALS if signal in told)
