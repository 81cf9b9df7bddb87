"""Decide commands on subjects, cases and complaints."""

from collections.abc import Container, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bianmin.kit.db import Tx
from bianmin.kit.decide import Work, decide_all
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.store import rulebook, subjects


async def decide_subjects(tx: Tx, commands: Sequence[Command], now: datetime) -> Work[UUID, Subject]:
    """Decide each command on its subject, and save the subjects that changed."""
    # every transaction locks the rulebook before subjects
    in_force = await rulebook.in_force(tx, locked=True)
    states = await subjects.load(tx, {command.subject_id for command in commands})
    before = dict(states)
    work = decide_all(
        states,
        commands,
        key=lambda command: command.subject_id,
        subject=str,
        decide=partial(decide, in_force),
        evolve=evolve,
    )
    await subjects.save(tx, before, work.changed, work.announced, now)
    return work


async def decide_remaining(
    tx: Tx, work: Work[Any, Any], commands: Sequence[Command], remaining: Container[UUID], now: datetime
) -> None:
    """Decide the commands on those subjects that a fast path left, and put their outcomes and events into `work`."""
    places = [n for n, command in enumerate(commands) if command.subject_id in remaining]
    if not places:
        return
    decided = await decide_subjects(tx, [commands[n] for n in places], now)
    for n, outcome in zip(places, decided.outcomes, strict=True):
        work.outcomes[n] = outcome
    work.announced += decided.announced
