"""Load, decide, save, announce: for a batch, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bianmin.kit.actors import system
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Done, Work, decide_all
from services.deadlines.domain import subject
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.rules import decide, evolve
from services.deadlines.domain.subject import FireSignals, Subject
from services.deadlines.store import orgs, subjects


@dataclass(frozen=True, slots=True)
class KeepOrg:
    """Routing knows this org."""

    code: str
    by: Cause


Command = subject.Command | KeepOrg


async def handle(tx: Tx, commands: Sequence[Command], now: datetime, *, calendars: Calendars) -> Work[Any, Any]:
    """Orgs are kept, the rest is decided on the matters it is about. `calendars`: those in force."""
    known = [command.code for command in commands if isinstance(command, KeepOrg)]
    if known:
        await orgs.keep(tx, known)
    about_subjects = [command for command in commands if not isinstance(command, KeepOrg)]
    if not about_subjects:
        return Work(outcomes=[Done()] * len(commands))
    work = await _decide(tx, about_subjects, calendars)
    outcomes = iter(work.outcomes)
    work.outcomes = [Done() if isinstance(command, KeepOrg) else next(outcomes) for command in commands]
    return work


async def _decide(tx: Tx, commands: Sequence[subject.Command], calendars: Calendars) -> Work[UUID, Subject]:
    states = await subjects.load(tx, {command.subject_id for command in commands})
    before = dict(states)
    work = decide_all(
        states,
        commands,
        key=lambda command: command.subject_id,
        subject=str,
        decide=partial(decide, calendars),
        evolve=evolve,
    )
    await subjects.save(tx, before, work.changed)
    return work


async def claim_signals(tx: Tx, now: datetime, limit: int) -> list[FireSignals]:
    """The clocks that are due to signal, oldest first, as orders. They act where the clock is answered for."""
    found = await subjects.due(tx, now, limit)
    return [FireSignals(each.subject_id, each.clock_id, each.fire_at, now, Cause(system(each.org))) for each in found]
