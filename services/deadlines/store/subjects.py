"""Subjects with their clocks, pauses and cards: load many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Text, any_, cast, select

from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.store import cards, clock_rows, due_changes, pauses, subject_rows
from services.deadlines.store.clock_rows import CLOCK_COLUMNS, calculated_columns, clock_of_row, running_columns
from services.deadlines.store.subject_rows import progress_columns, subject_of_row
from services.deadlines.store.tables import CardRow, ClockRow, PauseRow, SubjectRow
from services.deadlines.store.tables import clocks as clock_table
from services.deadlines.store.tables import subjects as subject_table

# JSON comes as text: equal texts are parsed once
_SUBJECTS = (
    select(
        *(column for column in subject_table.c if column.name not in ("reach", "item")),
        cast(subject_table.c.reach, Text).label("reach"),
        cast(subject_table.c.item, Text).label("item"),
    )
    .where(subject_table.c.id == any_(sets.named("ids", subject_table.c.id)))
    .order_by(subject_table.c.id)
)
_LOCKED, _UNLOCKED = sets.Load(_SUBJECTS.with_for_update()), sets.Load(_SUBJECTS)
_CLOCKS = sets.Load(
    select(*CLOCK_COLUMNS)
    .where(clock_table.c.subject_id == any_(sets.named("ids", subject_table.c.id)))
    .order_by(clock_table.c.id)
)
_CHANGED_NOW = "changed_at = now()"


class _WithId(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_WithId)


async def load(tx: Tx, ids: Iterable[UUID], *, locked: bool = True) -> dict[UUID, Subject]:
    """Return the known ones of these subjects by id, with clocks, pauses and cards.

    Locks their rows in the order of their ids, unless `locked` is false. Raises what `clock_of_row` and
    `subject_of_row` raise where a row cannot be read.
    """
    wanted = set(ids)
    # one statement for each table: joined to the lock, clocks would be read as they were before it was waited for
    found = await (_LOCKED if locked else _UNLOCKED)(tx, ids=wanted)
    paused = [row["id"] for row in found if row["standstills"]]
    pauses_of = _by_subject(await pauses.of_subjects(tx, paused) if paused else ())
    carded = [row["id"] for row in found if row["cards"]]
    cards_of = _by_subject(await cards.of_subjects(tx, carded) if carded else ())
    clocks_of: dict[UUID, list[Clock]] = defaultdict(list)
    for row in await _CLOCKS(tx, ids=wanted):
        clocks_of[row["subject_id"]].append(clock_of_row(row, pauses_of.get(row["subject_id"], ())))
    return {
        row["id"]: subject_of_row(
            row, clocks_of.get(row["id"], ()), pauses_of.get(row["id"], ()), cards_of.get(row["id"], ())
        )
        for row in found
    }


async def save(
    tx: Tx,
    before: Mapping[UUID, Subject],
    changed: Mapping[UUID, Subject],
    announced: Sequence[Announcement],
    now: datetime,
) -> None:
    """Write everything that a batch decided, in one statement.

    `before`: the subjects as they were loaded. `announced`: the events of the batch; the changes of due days among them
    are recorded at `now`.
    """
    new_subjects, progressed, moved = [], [], []
    for id, subject in changed.items():
        if id not in before:
            new_subjects.append(subject_rows.full_row(subject))
        elif subject.reach == before[id].reach and subject.item is before[id].item:
            progressed.append(progress_columns(subject))
        else:  # seldom: only then who may see the subject is written again, and the index of that
            moved.append(subject_rows.full_row(subject))
    known_clocks = {clock.id: clock for subject in before.values() for clock in subject.clocks}
    new_clocks, updated_clocks, recalculated_clocks = [], [], []
    for subject in changed.values():
        for clock in subject.clocks:
            known = known_clocks.get(clock.id)
            if known is None:
                new_clocks.append(clock_rows.new_row(subject, clock))
            elif clock != known:
                calculated = calculated_columns(clock)
                # a signal does not write again when the clock ends, nor the indexes of that
                if calculated == calculated_columns(known):
                    updated_clocks.append(running_columns(clock))
                else:
                    recalculated_clocks.append({**running_columns(clock), **calculated})
    new_pauses, ended_pauses = _new_and_changed(
        [(id, pause) for id, subject in changed.items() for pause in subject.pauses],
        {pause.id: pause for subject in before.values() for pause in subject.pauses},
    )
    new_cards, changed_cards = _new_and_changed(
        [(id, card) for id, subject in changed.items() for card in subject.cards],
        {card.id: card for subject in before.values() for card in subject.cards},
    )
    await sets.write(
        tx,
        sets.insert(SubjectRow, new_subjects),
        sets.insert(ClockRow, new_clocks),
        sets.insert(PauseRow, [pauses.new_row(id, pause) for id, pause in new_pauses]),
        sets.update(SubjectRow, progressed),
        sets.update(SubjectRow, moved),
        sets.update(ClockRow, updated_clocks, also=_CHANGED_NOW),
        sets.update(ClockRow, recalculated_clocks, also=_CHANGED_NOW),
        sets.update(PauseRow, [{"id": pause.id, "until": pause.pause.until} for _, pause in ended_pauses]),
        sets.insert(CardRow, [cards.row_of_card(id, card) for id, card in new_cards]),
        sets.update(CardRow, [cards.row_of_card(id, card) for id, card in changed_cards], also=_CHANGED_NOW),
        due_changes.insert(announced, now),
    )


def _by_subject(found: Iterable[tuple[UUID, T]]) -> Mapping[UUID, Sequence[T]]:
    by_subject: dict[UUID, list[T]] = defaultdict(list)
    for subject_id, each in found:
        by_subject[subject_id].append(each)
    return by_subject


def _new_and_changed(
    present: Iterable[tuple[UUID, T]], known: Mapping[UUID, T]
) -> tuple[list[tuple[UUID, T]], list[tuple[UUID, T]]]:
    """Return the new ones and the changed ones of `present`; each stands behind the id of its subject."""
    new, changed = [], []
    for subject_id, each in present:
        before = known.get(each.id)
        if before is None:
            new.append((subject_id, each))
        elif each is not before and each != before:
            changed.append((subject_id, each))
    return new, changed
