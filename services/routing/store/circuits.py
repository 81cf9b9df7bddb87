"""Circuits: load many, save many, list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import under
from services.routing.domain.circuits.circuit import Booking, Circuit
from services.routing.store.tables import BookingRow, CircuitRow, circuits

_CIRCUITS = Codec(CircuitRow, Circuit)
_BOOKINGS = Codec(BookingRow, Booking)
_LOCKED = sets.Load(
    select(circuits)
    .where(circuits.c.id == any_(sets.named("ids", circuits.c.id)))
    .order_by(circuits.c.id)
    .with_for_update()
)
_BY_DAY = Keyset([circuits.c.held_on, circuits.c.id], [date.fromisoformat, UUID])


async def load_circuits(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Circuit]:
    """The sessions of these ids, locked in the order of their ids."""
    wanted = set(ids)
    return {row["id"]: _CIRCUITS.load(row) for row in await _LOCKED(tx, ids=wanted)} if wanted else {}


async def save_circuits(
    tx: Tx, known: Mapping[UUID, Circuit], changed: Mapping[UUID, Circuit], bookings: Sequence[Booking]
) -> None:
    """Write the changed sessions and the new bookings in one statement. `known`: the sessions as they were loaded."""
    await sets.write(
        tx,
        sets.insert(CircuitRow, [_CIRCUITS.row(each) for id, each in changed.items() if id not in known]),
        sets.update(CircuitRow, [_CIRCUITS.row(each) for id, each in changed.items() if id in known]),
        sets.insert(BookingRow, [_BOOKINGS.row(booking) for booking in bookings]),
    )


@dataclass(frozen=True, slots=True)
class CircuitFilter:
    """What a list of sessions is limited to: the subtree of `org`, the days from `first` to `last`."""

    org: str | None
    first: date
    last: date | None

    def values(self) -> list[Any]:
        """Return what a cursor is bound to."""
        return [self.org, self.first, self.last]


async def list_circuits(
    tx: Tx, wanted: CircuitFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[Circuit], str | None]:
    """A page of the sessions in the order of their days, and the cursor of the next page."""
    query = select(circuits).where(circuits.c.held_on >= wanted.first)
    if wanted.last is not None:
        query = query.where(circuits.c.held_on <= wanted.last)
    if wanted.org is not None:
        query = query.where(under(circuits.c.org, wanted.org))
    found, following = await read_page(tx, query, _BY_DAY, wanted.values(), cursors, cursor, limit)
    return [_CIRCUITS.load(row) for row in found], following
