"""Many matters counted anew at once: those that are alike are decided on once.

After a calendar was published a hundred thousand matters may have to be counted anew, of which hundreds began on the
same day, with the same periods, at the same org: what is decided of one of them is decided of all. Whatever is not
plain (a pause, a card, a decision that does more than move ends) is left to be decided on by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bianmin.events.deadlines import ClockLampTurned, ClockRescheduled
from bianmin.events.parts import EventData
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement
from bianmin.kit.refusals import Refusal
from services.deadlines.domain.decide import decide
from services.deadlines.domain.lifecycle.facts import ClockChanged
from services.deadlines.domain.lifecycle.timers import RecountClocks
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import alike
from services.deadlines.store.alike import Plain


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of every matter of a sort: of its clocks, by their place, what is written and what is told."""

    written: Sequence[tuple[int, Mapping[str, Any]]]
    told: Sequence[tuple[int, EventData]]


async def recount(tx: Tx, book: Rulebook, orders: Sequence[RecountClocks], announced: list[Announcement]) -> set[UUID]:
    """Count the plain ones of these matters anew. Returns those that are left to be decided on by themselves."""
    by = {order.subject_id: order for order in orders}
    sorts: dict[object, list[Plain]] = defaultdict(list)
    for matter in await alike.load(tx, by):
        sorts[matter.sort(book)].append(matter)
    left = set(by)
    changed: list[Mapping[str, Any]] = []
    told: dict[UUID, int] = {}
    for matters in sorts.values():
        verdict = _judged(book, matters[0], by[matters[0].id])
        if verdict is None:
            continue
        for matter in matters:
            left.discard(matter.id)
            changed += [{"id": matter.clock_ids[n], **row} for n, row in verdict.written]
            for number, (n, fact) in enumerate(verdict.told, matter.sequence + 1):
                whose = matter.responsible[n]
                data = fact.model_copy(update={"clock_id": matter.clock_ids[n], "org": whose.org, "dept": whose.dept})
                announced.append(Announcement(str(matter.id), number, data, by[matter.id].by))
                told[matter.id] = len(verdict.told)
    await alike.save(tx, changed, told)
    return left


def _judged(book: Rulebook, matter: Plain, order: RecountClocks) -> _Verdict | None:
    """What is decided of a matter; None where it has to be decided on by itself."""
    subject = matter.subject()
    try:
        facts = decide(book, subject, order)
    except Refusal:
        return None
    place = {id: n for n, id in enumerate(matter.clock_ids)}
    written, told = [], []
    for fact in facts:
        match fact:
            case ClockChanged(clock) if clock.state == "running" and clock.term == subject.clock(clock.id).term:
                written.append((place[clock.id], alike.moved(clock)))
            case ClockRescheduled() | ClockLampTurned():
                told.append((place[fact.clock_id], fact))
            case _:
                return None
    return _Verdict(written, told)
