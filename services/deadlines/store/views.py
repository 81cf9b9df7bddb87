"""Looking at clocks: what lists and single views read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import keys_held_by
from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit import feed
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset
from bianmin.kit.subtree import under
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, ClockState, SubjectPause
from services.deadlines.store.seen import visible
from services.deadlines.store.subjects import CLOCK, NEVER, clock_of, standstills_of
from services.deadlines.store.tables import clocks, subjects


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock, in lists without its pauses, and what it watches. `changed_at` is real time, and orders the feed."""

    clock: Clock
    subject_id: UUID
    subject_kind: SubjectKind
    changed_at: datetime
    standstills: tuple[SubjectPause, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for. `org`: the subtree of the org that answers; `due_before`: exclusive."""

    subject_id: UUID | None = None
    org: str | None = None
    kind: ClockKind | None = None
    lamp: Lamp | None = None
    state: ClockState | None = None
    due_before: datetime | None = None
    updated_since: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        c = clocks.c
        by_value = ((c.subject_id, self.subject_id), (c.kind, self.kind), (c.lamp, self.lamp), (c.state, self.state))
        found = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            found.append(under(c.org, self.org))
        if self.state == "paused":
            found.append(c.due_at == NEVER)  # they stand together at the end of the index
        if self.due_before is not None:
            found.append(c.due_at < self.due_before)
        if self.updated_since is not None:
            found.append(c.changed_at >= self.updated_since)
        return found

    def bound(self, actor: Actor) -> list[Any]:
        """What a cursor is bound to: the filters, and what whoever asks may see."""
        filters = (self.subject_id, self.org, self.kind, self.lamp, self.state, self.due_before, self.updated_since)
        return [*filters, actor.id, *keys_held_by(actor)]


_CLOCKS = select(*CLOCK, subjects.c.kind.label("subject_kind")).join(subjects, subjects.c.id == clocks.c.subject_id)
_BY_DUE = Keyset([clocks.c.due_at, clocks.c.id], [datetime.fromisoformat, UUID])
_AS_CHANGED = Keyset([clocks.c.changed_at, clocks.c.id], [datetime.fromisoformat, UUID])


async def page(
    tx: Tx, actor: Actor, wanted: Wanted, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[Shown], str | None]:
    """A page of the clocks that `actor` may see, and the cursor of the next."""
    keyset = order(wanted)
    after = cursors.read(cursor, wanted.bound(actor), keyset)
    query = listing(actor, wanted)
    if wanted.updated_since is not None:
        query = query.where(clocks.c.changed_at < await feed.horizon(tx))
    rows = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = cursors.write([last[column.name] for column in keyset.columns], wanted.bound(actor))
    return [_shown(row) for row in rows[:limit]], following


def listing(actor: Actor, wanted: Wanted) -> Select[Any]:
    return _CLOCKS.where(visible(actor), *wanted.conditions())


def order(wanted: Wanted) -> Keyset:
    """The first due first; in the change feed, as they changed."""
    return _BY_DUE if wanted.updated_since is None else _AS_CHANGED


async def one(tx: Tx, actor: Actor, clock_id: UUID) -> Shown | None:
    """The clock, where `actor` may see it."""
    row = (await tx.execute(_CLOCKS.where(clocks.c.id == clock_id, visible(actor)))).mappings().first()
    return None if row is None else _shown(row, await standstills_of(tx, row["subject_id"]))


OF_CITIZENS: Sequence[ClockKind] = ("completeness", "promise", "statutory", "procedure", "delivery")
"""Kinds that tell a citizen when something is to be had; the others are between the desks."""


async def of_a_case(tx: Tx, clock_id: UUID) -> Shown | None:
    """A clock of these kinds, of a case, whoever asks: its id is told to nobody else."""
    its = _CLOCKS.where(clocks.c.id == clock_id, subjects.c.kind == "case", clocks.c.kind.in_(OF_CITIZENS))
    row = (await tx.execute(its)).mappings().first()
    return None if row is None else _shown(row, await standstills_of(tx, row["subject_id"]))


def _shown(row: RowMapping, standstills: Sequence[SubjectPause] = ()) -> Shown:
    changed_at = row["changed_at"].astimezone(TZ)
    clock = clock_of(row, standstills)
    return Shown(clock, row["subject_id"], row["subject_kind"], changed_at, tuple(standstills))
