"""Matters and their clocks: load many, save many, find those that are due."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.kit import db, sets
from bianmin.kit.access import Holder, Reach
from bianmin.kit.clock import TZ
from bianmin.kit.db import Tx
from services.deadlines.domain.clock import Answerable, Clock
from services.deadlines.domain.periods import Unit
from services.deadlines.domain.subject import Subject
from services.deadlines.domain.terms import Term
from services.deadlines.domain.visibility import Handling, seen_by
from services.deadlines.store.tables import ClockRow, SubjectRow, clocks, subjects

_LOCKED = sets.Load(
    select(subjects)
    .where(subjects.c.id == any_(sets.named("ids", subjects.c.id)))
    .order_by(subjects.c.id)
    .with_for_update()
)
_CLOCKS = sets.Load(
    select(clocks).where(clocks.c.subject_id == any_(sets.named("ids", subjects.c.id))).order_by(clocks.c.id)
)


async def load(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """The matters with their clocks, locked in the order of their ids."""
    wanted = set(ids)
    found = await _LOCKED(tx, ids=wanted)
    # in a statement of its own: joined to the lock, clocks would be read as they were before the lock was waited for
    of_subject: dict[UUID, list[Clock]] = defaultdict(list)
    for row in await _CLOCKS(tx, ids=wanted):
        of_subject[row["subject_id"]].append(clock_of(row))
    return {
        row["id"]: Subject(
            id=row["id"],
            reach=_reach_of(row["kind"], row["reach"]),
            phase=row["phase"],
            clocks=tuple(of_subject[row["id"]]),
            sequence=row["sequence"],
        )
        for row in found
    }


async def save(tx: Tx, before: Mapping[UUID, Subject], changed: Mapping[UUID, Subject]) -> None:
    """Everything a batch decided, in one statement. `before`: the matters as they were loaded."""
    new = [subject for id, subject in changed.items() if id not in before]
    known = [subject for id, subject in changed.items() if id in before]
    shown_anew = {subject.id for subject in known if subject.reach != before[subject.id].reach}
    ran = {clock.id: clock for subject in before.values() for clock in subject.clocks}
    now = [(subject, clock) for subject in changed.values() for clock in subject.clocks]
    await sets.write(
        tx,
        sets.insert(SubjectRow, [{**_standing(subject), **_showing(subject)} for subject in new]),
        sets.insert(ClockRow, [_starting(subject, clock) for subject, clock in now if clock.id not in ran]),
        # who may see it changes seldom, and is not written again with every signal
        sets.update(SubjectRow, [_standing(subject) for subject in known if subject.id not in shown_anew]),
        sets.update(
            SubjectRow,
            [{**_standing(subject), **_showing(subject)} for subject in known if subject.id in shown_anew],
        ),
        sets.update(
            ClockRow,
            [_moving(clock) for _, clock in now if clock.id in ran and clock != ran[clock.id]],
            also="changed_at = now()",
        ),
    )


class DueClock(NamedTuple):
    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    org: str


async def due(tx: Tx, now: datetime, limit: int) -> list[DueClock]:
    """Clocks whose lamp has to change, oldest first. Their subjects are locked; what others hold is left to them."""
    return [DueClock(*row) for row in await db.rows(tx, DUE, now, limit)]


DUE = """
SELECT c.subject_id, c.id, c.next_fire_at, c.org FROM clock c JOIN subject s ON s.id = c.subject_id
WHERE c.next_fire_at <= $1 ORDER BY c.next_fire_at LIMIT $2
FOR UPDATE OF s SKIP LOCKED
"""


def clock_of(row: sets.Row) -> Clock:
    return Clock(
        id=row["id"],
        term=Term(row["kind"], Unit(row["unit"]), row["budget"], row["stage"]),
        answerable=Answerable(row["org"], row["dept"]),
        started_on=row["started_on"],
        due_on=row["due_on"],
        due_at=row["due_at"].astimezone(TZ),
        yellow_at=_local(row["yellow_at"]),
        calendar_version=row["calendar_version"],
        provisional=row["provisional"],
        cycle=row["cycle"],
        lamp=row["lamp"],
        state=row["state"],
        stopped_at=_local(row["stopped_at"]),
        late=row["late"],
        version=row["version"],
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(TZ)


def _starting(subject: Subject, clock: Clock) -> dict[str, Any]:
    return {
        **_moving(clock),
        "subject_id": subject.id,
        "kind": clock.term.kind,
        "stage": clock.term.stage,
        "cycle": clock.cycle,
        "org": clock.answerable.org,
        "dept": clock.answerable.dept,
        "unit": clock.term.unit.value,
        "budget": clock.term.budget,
        "started_on": clock.started_on,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
        "yellow_at": clock.yellow_at,
        "calendar_version": clock.calendar_version,
        "provisional": clock.provisional,
    }


def _moving(clock: Clock) -> dict[str, Any]:
    """What changes while a clock runs."""
    return {
        "id": clock.id,
        "lamp": clock.lamp,
        "state": clock.state,
        "stopped_at": clock.stopped_at,
        "late": clock.late,
        "next_fire_at": clock.next_fire_at,
        "version": clock.version,
    }


def _standing(subject: Subject) -> dict[str, Any]:
    """How far a matter has come."""
    return {"id": subject.id, "phase": subject.phase, "sequence": subject.sequence}


def _showing(subject: Subject) -> dict[str, Any]:
    """Where it is, and with that who may see it."""
    return {"kind": subject.kind, "reach": asdict(subject.reach), "seen_by": seen_by(subject.reach)}


def _reach_of(kind: str, stored: Mapping[str, Any]) -> Reach | Handling:
    if kind == "complaint":
        return Handling(**{**stored, "recused": tuple(stored.get("recused", ()))})
    return Reach(**{**stored, "holders": tuple(Holder(**holder) for holder in stored["holders"])})
