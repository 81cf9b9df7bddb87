"""Recalculate the clocks of many subjects. Fast path: what is decided on one subject of a group holds for all.

After a calendar is published, a hundred thousand subjects may have to be recalculated. Hundreds of them began on the
same day, with the same periods, at the same org: their results are equal. Subjects with a pause, a card, or a decision
that does more than move due days are decided on one by one.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bianmin.events.deadlines import ClockLampTurned, ClockRescheduled
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement, Done, Work
from bianmin.kit.refusals import Refusal
from bianmin.kit.sets import write
from services.deadlines.domain.decide import decide
from services.deadlines.domain.lifecycle.facts import ClockChanged
from services.deadlines.domain.lifecycle.timers import RecountClocks
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.handlers.subjects import decide_remaining
from services.deadlines.store import due_changes, recount_groups, rulebook
from services.deadlines.store.recount_groups import PlainSubject, recalculated_columns


@dataclass(frozen=True, slots=True)
class _GroupResult:
    """What is written and announced of every subject of a group, each by the index of its clock."""

    columns: Sequence[tuple[int, Mapping[str, Any]]]
    events: Sequence[tuple[int, ClockRescheduled | ClockLampTurned]]


async def recount_clocks(tx: Tx, commands: Sequence[RecountClocks], now: datetime) -> Work[Any, Any]:
    """Recalculate the clocks of these subjects by the rulebook in force and announce the due days that change."""
    work: Work[Any, Any] = Work(outcomes=[Done()] * len(commands))
    remaining = await _recount_groups(tx, commands, work.announced)
    await write(tx, due_changes.insert(work.announced, now))
    await decide_remaining(tx, work, commands, remaining, now)
    return work


async def _recount_groups(tx: Tx, commands: Sequence[RecountClocks], announced: list[Announcement]) -> set[UUID]:
    """Recalculate the subjects whose results groups share. Returns those that are left."""
    in_force = await rulebook.in_force(tx, locked=True)
    command_of = {command.subject_id: command for command in commands}
    groups: dict[Hashable, list[PlainSubject]] = defaultdict(list)
    for subject in await recount_groups.load(tx, command_of):
        groups[subject.group_key(in_force)].append(subject)
    remaining = set(command_of)
    columns: list[Mapping[str, Any]] = []
    events: dict[UUID, int] = {}
    for subjects in groups.values():
        result = _result_of(in_force, subjects[0], command_of[subjects[0].id])
        if result is None:
            continue
        for subject in subjects:
            remaining.discard(subject.id)
            columns += [{"id": subject.clock_ids[n], **row} for n, row in result.columns]
            announced += _announcements(subject, result, command_of[subject.id])
            if result.events:
                events[subject.id] = len(result.events)
    await recount_groups.save(tx, columns, events)
    return remaining


def _result_of(rulebook: Rulebook, example: PlainSubject, command: RecountClocks) -> _GroupResult | None:
    """The result of a group by one of its subjects; None where each subject has to be decided on by itself."""
    subject = example.subject()
    try:
        facts = decide(rulebook, subject, command)
    except Refusal:
        return None
    index = {id: n for n, id in enumerate(example.clock_ids)}
    columns, events = [], []
    for fact in facts:
        match fact:
            case ClockChanged(clock) if clock.state == "running" and clock.term == subject.clock(clock.id).term:
                columns.append((index[clock.id], recalculated_columns(clock)))
            case ClockRescheduled() | ClockLampTurned():
                events.append((index[fact.clock_id], fact))
            case _:
                return None
    return _GroupResult(columns, events)


def _announcements(subject: PlainSubject, result: _GroupResult, command: RecountClocks) -> list[Announcement]:
    """The events of the group's result, as those of this subject's clocks."""
    announced = []
    for sequence, (n, example) in enumerate(result.events, subject.sequence + 1):
        responsible = subject.responsible[n]
        of_clock = {"clock_id": subject.clock_ids[n], "org": responsible.org, "dept": responsible.dept}
        event = example.model_copy(update=of_clock)
        announced.append(Announcement(str(subject.id), sequence, event, command.by))
    return announced
