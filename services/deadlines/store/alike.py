"""Matters that may be alike: of which, as far as counting goes, nothing but their ids tells one from another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows, run
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store.subjects import clock_of, subject_of
from services.deadlines.store.tables import ClockRow

# locked in the order of their ids, as by everybody
_MATTERS = """
SELECT kind, phase, cycle, item::text AS item, reach::text AS reach, id, sequence, standstills, cards
FROM subject WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""
# what the end of a clock follows from, and what it was; what counts days begins with a day, at whatever moment of it
_COUNTED = (
    *("kind", "stage", "cycle", "unit", "budget", "extended_by", "started_on", "not_before", "due_on", "due_at"),
    *("reminder_at", "yellow_at", "calendar_version", "provisional", "lamp", "told", "policy::text AS policy"),
    "CASE WHEN unit IN ('hour', 'workhour') THEN started_at END AS since",
)
_CLOCKS = f"""
SELECT {", ".join(_COUNTED)}, id, subject_id, org, dept, state, started_at, stopped_at, late, version
FROM clock WHERE subject_id = ANY($1::uuid[]) AND state = 'running' ORDER BY id
"""
_TOLD = """
UPDATE subject AS s SET sequence = s.sequence + v.events FROM unnest($1::uuid[], $2::int[]) AS v(id, events)
WHERE s.id = v.id
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """A matter without pauses and cards, and those of its clocks that run."""

    id: UUID
    sequence: int
    clock_ids: Sequence[UUID]
    responsible: Sequence[ResponsibleUnit]
    _row: Any
    _clocks: Sequence[Any]

    def sort(self, book: Rulebook) -> object:
        """Equal for matters that are alike by these rules: whose they are matters as far as rules differ by that."""
        calendars = tuple(book.calendar_of(each.org).version for each in self.responsible)
        theirs = tuple(clock[: len(_COUNTED)] for clock in self._clocks)
        by_policy = (self._row["item"], *self.responsible) if book.policies else None
        return self._row[:3], calendars, theirs, by_policy

    def subject(self) -> Subject:
        return subject_of(self._row, [clock_of(row, ()) for row in self._clocks])


async def load(tx: Tx, ids: Iterable[UUID]) -> list[Plain]:
    """The plain ones among these matters; all of them are locked."""
    wanted = list(ids)
    found = await rows(tx, _MATTERS, wanted)
    running: dict[UUID, list[Any]] = defaultdict(list)
    for row in await rows(tx, _CLOCKS, wanted):
        running[row["subject_id"]].append(row)
    return [_plain(row, running[row["id"]]) for row in found if not row["standstills"] and not row["cards"]]


def _plain(row: Any, theirs: Sequence[Any]) -> Plain:
    ids = [clock["id"] for clock in theirs]
    responsible = [_answerable(clock["org"], clock["dept"]) for clock in theirs]
    return Plain(row["id"], row["sequence"], ids, responsible, row, theirs)


_answerable = lru_cache(maxsize=4096)(ResponsibleUnit)


def moved(clock: Clock) -> dict[str, Any]:
    """What is written of a clock that was counted anew: its end, and what follows from that."""
    end = clock.end
    assert end is not None, "it runs"
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


async def save(tx: Tx, changed: Sequence[Mapping[str, Any]], told: Mapping[UUID, int]) -> None:
    """Clocks as they are now; `told`: of each matter, how many events."""
    also = "version = t.version + 1, changed_at = now()"
    await sets.write(tx, sets.update(ClockRow, changed, also=also))
    if told:
        await run(tx, _TOLD, list(told), list(told.values()))
