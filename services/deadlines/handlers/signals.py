"""Fire due signals. Fast path: clocks of which nothing follows but signals are handled without their subjects."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Done, Work
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.handlers.subjects import decide_remaining
from services.deadlines.store import signals


async def fire_signals(tx: Tx, commands: Sequence[FireSignals], now: datetime) -> Work[Any, Any]:
    """Announce the signals that are due by `now`.

    A subject with a clock of which more follows (it is late, or a window closes) is decided on as a whole.
    """
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    remaining = await _fire_plain(tx, commands, now, work.announced)
    await decide_remaining(tx, work, commands, remaining, now)
    return work


async def _fire_plain(
    tx: Tx, commands: Sequence[FireSignals], now: datetime, announced: list[Announcement]
) -> set[UUID]:
    """Fire the clocks without side effects. Returns the subjects that are left."""
    now = now.astimezone(UTC)  # the driver gives moments in UTC: across zones comparing them takes ten times as long
    states = await signals.load(tx, [command.clock_id for command in commands])
    plain = {id for id, state in states.items() if state.clock.has_no_side_effects(now)}
    remaining = {command.subject_id for command in commands if command.clock_id not in plain}
    events: Counter[UUID] = Counter()
    fired = []
    for command in commands:
        subject_id = command.subject_id
        if subject_id in remaining:
            continue
        state = states[command.clock_id]
        signalled = state.clock.fire(now)
        fired.append(signalled)
        numbered = enumerate(signalled.events, state.sequence + events[subject_id] + 1)
        announced += [Announcement(str(subject_id), number, event, command.by) for number, event in numbered]
        events[subject_id] += len(signalled.events)
    if fired:
        await signals.save(tx, fired, events)
    return remaining
