"""Groups of subjects whose recalculation has equal results: nothing that it depends on tells them apart."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows, run
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store.clock_rows import clock_of_row
from services.deadlines.store.subject_rows import subject_of_row
from services.deadlines.store.tables import ClockRow

# locked in the order of their ids, as in every transaction
_SUBJECTS = """
SELECT kind, phase, cycle, item::text AS item, reach::text AS reach, id, sequence, standstills, cards
FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""
# what the result depends on. A period in days begins with a day, whatever the moment of it
_COMPARED = (
    *("kind", "stage", "cycle", "unit", "budget", "extended_by", "started_on", "not_before", "due_on", "due_at"),
    *("reminder_at", "yellow_at", "calendar_version", "provisional", "lamp", "told", "policy::text AS policy"),
    "CASE WHEN unit IN ('hour', 'workhour') THEN started_at END AS since",
)
_CLOCKS = f"""
SELECT {", ".join(_COMPARED)}, id, subject_id, org, dept, state, started_at, stopped_at, late, version
FROM clock WHERE subject_id = ANY($1::uuid[]) AND state = 'running' ORDER BY id
"""
_COUNT_EVENTS = """
UPDATE subject AS s SET sequence = s.sequence + v.events FROM unnest($1::uuid[], $2::int[]) AS v(id, events)
WHERE s.id = v.id
"""


@dataclass(frozen=True, slots=True)
class PlainSubject:
    """A subject without pauses and cards, and its running clocks in the order of their ids.

    `sequence`: number of its latest event. `clock_ids`, `responsible`: of each clock.
    """

    id: UUID
    sequence: int
    clock_ids: Sequence[UUID]
    responsible: Sequence[ResponsibleUnit]
    _row: Any
    _clocks: Sequence[Any]

    def group_key(self, rulebook: Rulebook) -> Hashable:
        """Return a value that is equal for subjects whose recalculation by this rulebook has equal results.

        The orgs that answer for the clocks count only as far as the rulebook tells them apart.
        """
        calendars = tuple(rulebook.calendar_of(each.org).version for each in self.responsible)
        compared = tuple(clock[: len(_COMPARED)] for clock in self._clocks)
        by_policy = (self._row["item"], *self.responsible) if rulebook.policies else None
        return self._row[:3], calendars, compared, by_policy

    def subject(self) -> Subject:
        """Return the subject with its running clocks. Raises what `clock_of_row` and `subject_of_row` raise."""
        return subject_of_row(self._row, [clock_of_row(row, ()) for row in self._clocks])


async def load(tx: Tx, ids: Iterable[UUID]) -> list[PlainSubject]:
    """Return those of these subjects that have neither pauses nor cards. Locks all of them."""
    wanted = list(ids)
    found = await rows(tx, _SUBJECTS, wanted)
    running: dict[UUID, list[Any]] = defaultdict(list)
    for row in await rows(tx, _CLOCKS, wanted):
        running[row["subject_id"]].append(row)
    return [_plain(row, running[row["id"]]) for row in found if not row["standstills"] and not row["cards"]]


def _plain(row: Any, clocks: Sequence[Any]) -> PlainSubject:
    ids = [clock["id"] for clock in clocks]
    responsible = [_responsible(clock["org"], clock["dept"]) for clock in clocks]
    return PlainSubject(row["id"], row["sequence"], ids, responsible, row, clocks)


_responsible = lru_cache(maxsize=4096)(ResponsibleUnit)


def recalculated_columns(clock: Clock) -> dict[str, Any]:
    """Return the columns that a recalculation of a running clock changes: its end, and what follows from that."""
    end = clock.end
    assert end is not None, "a running clock has an end"
    return {
        "due_on": end.due_on,
        "due_at": end.due_at,
        "provisional": end.provisional,
        "reminder_at": clock.reminder_at,
        "yellow_at": clock.yellow_at,
        "not_before": clock.period.not_before,
        "calendar_version": clock.calendar_version,
        "lamp": clock.lamp,
        "next_fire_at": clock.next_fire_at,
    }


async def save(tx: Tx, clocks: Sequence[Mapping[str, Any]], events: Mapping[UUID, int]) -> None:
    """Write these columns of clocks, each with its id. `events`: how many were announced, by subject."""
    also = "version = t.version + 1, changed_at = now()"
    await sets.write(tx, sets.update(ClockRow, clocks, also=also))
    if events:
        await run(tx, _COUNT_EVENTS, list(events), list(events.values()))
