"""Clocks that an actor may see: lists and single ones; and those of a case, for citizens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import keys_held_by
from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit import feed
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import under
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, ClockState, SubjectPause
from services.deadlines.store import pauses as pause_store
from services.deadlines.store.clock_rows import CLOCK_COLUMNS, NEVER, clock_of_row
from services.deadlines.store.tables import clocks, subjects
from services.deadlines.store.visibility import visible


@dataclass(frozen=True, slots=True)
class ListedClock:
    """A clock and its subject; `pauses` in single views only. `changed_at` is by the machine's clock."""

    clock: Clock
    subject_id: UUID
    subject_kind: SubjectKind
    changed_at: datetime
    pauses: tuple[SubjectPause, ...] = ()

    @property
    def due_on(self) -> date | None:
        """The last day of the period; None while the clock is paused."""
        return self.clock.end.due_on if self.clock.end else None

    @property
    def due_at(self) -> datetime | None:
        """The last moment of the period; None while the clock is paused."""
        return self.clock.end.due_at if self.clock.end else None

    @property
    def provisional(self) -> bool:
        """Whether the end depends on a calendar year that is only estimated."""
        return self.clock.end is not None and self.clock.end.provisional


@dataclass(frozen=True, slots=True)
class ClockFilters:
    """Filters of a list of clocks. `org`: clocks that an org of this subtree answers for; `due_before`: exclusive."""

    subject_id: UUID | None = None
    org: str | None = None
    kind: ClockKind | None = None
    lamp: Lamp | None = None
    state: ClockState | None = None
    due_before: datetime | None = None
    updated_since: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filters that are given, as SQL conditions."""
        c = clocks.c
        by_value = ((c.subject_id, self.subject_id), (c.kind, self.kind), (c.lamp, self.lamp), (c.state, self.state))
        found = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            found.append(under(c.org, self.org))
        if self.state == "paused":
            found.append(c.due_at == NEVER)  # paused clocks stand together at the end of the index
        if self.due_before is not None:
            found.append(c.due_at < self.due_before)
        if self.updated_since is not None:
            found.append(c.changed_at >= self.updated_since)
        return found

    def cursor_binding(self, actor: Actor) -> list[Any]:
        """Return what a cursor is bound to: the filters, and what the actor may see."""
        filters = (self.subject_id, self.org, self.kind, self.lamp, self.state, self.due_before, self.updated_since)
        return [*filters, actor.id, *keys_held_by(actor)]


_CLOCKS = select(*CLOCK_COLUMNS, subjects.c.kind.label("subject_kind")).join(
    subjects, subjects.c.id == clocks.c.subject_id
)
_BY_DUE = Keyset([clocks.c.due_at, clocks.c.id], [datetime.fromisoformat, UUID])
_AS_CHANGED = Keyset([clocks.c.changed_at, clocks.c.id], [datetime.fromisoformat, UUID])

CITIZEN_KINDS: Sequence[ClockKind] = ("completeness", "promise", "statutory", "procedure", "delivery")
"""Kinds of clocks that concern a citizen: when the case is taken, decided, delivered. Others concern desks alone."""


async def page(
    tx: Tx, actor: Actor, filters: ClockFilters, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedClock], str | None]:
    """Return a page of the clocks that `actor` may see, and the cursor of the next page; None on the last.

    Raises `MalformedRequest` where the cursor was made for other filters, or another actor.
    """
    keyset = order(filters)
    query = listing(actor, filters)
    if filters.updated_since is not None:
        query = query.where(clocks.c.changed_at < await feed.horizon(tx))
    found, next_cursor = await read_page(tx, query, keyset, filters.cursor_binding(actor), cursors, cursor, limit)
    return [_listed(row) for row in found], next_cursor


def listing(actor: Actor, filters: ClockFilters) -> Select[Any]:
    """Return the select of the clocks that `actor` may see, without an order."""
    return _CLOCKS.where(visible(actor), *filters.conditions())


def order(filters: ClockFilters) -> Keyset:
    """Return the order of a list: what is due first comes first; in the change feed, what changed first."""
    return _BY_DUE if filters.updated_since is None else _AS_CHANGED


async def find(tx: Tx, actor: Actor, clock_id: UUID) -> ListedClock | None:
    """Return the clock with its subject's pauses; None where it does not exist, or `actor` may not see it."""
    return await _find(tx, _CLOCKS.where(clocks.c.id == clock_id, visible(actor)))


async def find_for_citizen(tx: Tx, clock_id: UUID) -> ListedClock | None:
    """Return a case's clock of `CITIZEN_KINDS` with its pauses, whoever asks; else None.

    Only who tracks the case knows the id of the clock.
    """
    its = (clocks.c.id == clock_id, subjects.c.kind == "case", clocks.c.kind.in_(CITIZEN_KINDS))
    return await _find(tx, _CLOCKS.where(*its))


async def _find(tx: Tx, query: Select[Any]) -> ListedClock | None:
    row = (await tx.execute(query)).mappings().first()
    return None if row is None else _listed(row, await pause_store.of_subject(tx, row["subject_id"]))


def _listed(row: RowMapping, pauses: Sequence[SubjectPause] = ()) -> ListedClock:
    changed_at = row["changed_at"].astimezone(TZ)
    clock = clock_of_row(row, pauses)
    return ListedClock(clock, row["subject_id"], row["subject_kind"], changed_at, tuple(pauses))
