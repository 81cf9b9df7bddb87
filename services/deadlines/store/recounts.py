"""What is to be counted anew, because something was published, and how far that has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.kit.db import Tx, rows, run
from bianmin.kit.ids import new_id
from bianmin.kit.parked import replay_reason
from bianmin.kit.parked_timers import not_parked
from bianmin.kit.time_source import TZ
from services.deadlines.calendars import GENERATION, shipped
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.calendar.publication import Publication
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.domain.calendar.years import FIRST_YEAR, LAST_YEAR
from services.deadlines.store import rulebook

WAITING = f"""
EXISTS (SELECT FROM recount WHERE state <> 'done') OR EXISTS (SELECT FROM edition WHERE generation < {GENERATION})
"""
_ORDER = """
INSERT INTO recount (id, region, year, since, until, state, total, created_at)
VALUES ($1, $2, $3, $4, $5, 'ordered', 0, $6)
"""
_SPAN = """
    due_at > $1::date::timestamp AT TIME ZONE 'Asia/Shanghai' AND started_on <= $2
        AND ($3 = 'CN' OR org LIKE $3 || '%')
"""
# who stands still is counted when it goes on; the end of a day is the beginning of the next
_CROSSING = f"FROM clock WHERE state = 'running' AND {_SPAN}"
_IN_USE = f"SELECT count(*) FROM clock WHERE state <> 'stopped' AND {_SPAN}"
LIST = f"""
WITH listed AS (
    INSERT INTO recount_subject (recount_id, subject_id)
    SELECT DISTINCT $4::uuid, subject_id {_CROSSING} RETURNING 1
)
UPDATE recount SET state = 'running', total = (SELECT count(*) FROM listed) WHERE id = $4
"""
_COUNT = f"SELECT count(DISTINCT subject_id) {_CROSSING}"
_SAMPLE = f"SELECT subject_id {_CROSSING} GROUP BY subject_id ORDER BY min(due_at), subject_id LIMIT $4"
_ORDERED = """
SELECT id, since, until, region FROM recount WHERE state = 'ordered' ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# found by their places: to look for them by their keys would be to read the whole list for every batch
_CLAIM = f"""
WITH taken AS (
    DELETE FROM recount_subject WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM recount_subject WHERE {not_parked("recounts", "recount_subject.subject_id")}
        ORDER BY recount_id, subject_id LIMIT $1 FOR UPDATE SKIP LOCKED
    )) RETURNING subject_id
)
SELECT DISTINCT s.id, coalesce(s.reach ->> 'accepting_org', s.reach ->> 'handler_org')
FROM taken t JOIN subject s ON s.id = t.subject_id ORDER BY s.id
"""
# whatever was claimed is of one that still runs
_PUT_BACK = """
INSERT INTO recount_subject (recount_id, subject_id)
SELECT (SELECT id FROM recount WHERE state = 'running' ORDER BY created_at LIMIT 1), id FROM unnest($1::uuid[]) AS id
ON CONFLICT DO NOTHING
"""
_FINISH = """
UPDATE recount r SET state = 'done', finished_at = $1 WHERE state = 'running'
    AND NOT EXISTS (SELECT FROM recount_subject s WHERE s.recount_id = r.id)
"""
_OPEN = "SELECT generation, (SELECT min(created_at) FROM recount WHERE state <> 'done') FROM edition"
_PROGRESS = """
SELECT r.id, r.region, r.year, r.state, r.total, r.created_at, r.finished_at,
    (SELECT count(*) FROM recount_subject s WHERE s.recount_id = r.id)
FROM recount r ORDER BY r.created_at DESC LIMIT $1
"""


ALWAYS = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


async def order(tx: Tx, publication: Publication, now: datetime, recount_id: UUID) -> None:
    """Whatever runs across a changed day is to be counted anew."""
    if publication.span is not None:
        await run(tx, _ORDER, recount_id, publication.region, publication.year, *publication.span, now)


async def order_all(tx: Tx, region: str, now: datetime, recount_id: UUID) -> None:
    """Whatever runs at a region and below is to be counted anew."""
    await run(tx, _ORDER, recount_id, region, now.year, *ALWAYS, now)


async def in_use(tx: Tx, region: str, year: int) -> int:
    """How many clocks at a region and below are not over and run, or would run, across a day of a year."""
    [(number,)] = await rows(tx, _IN_USE, date(year, 1, 1), date(year, 12, 31), region)
    return int(number)


@dataclass(frozen=True, slots=True)
class Due:
    """A matter that a recount is about, since when."""

    subject_id: UUID
    org: str
    ordered_at: datetime


async def claim(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """The next matters to be counted anew, each taken by one replica. Lists them first, where that is to be done."""
    [(generation, oldest)] = await rows(tx, _OPEN)
    if generation < GENERATION and await rulebook.bring(tx, GENERATION, shipped(), now):
        # the program came with other calendars than the one that ran before; they are listed by the next who looks,
        # since meanwhile nobody counts
        await order_all(tx, NATIONAL, now, new_id())
        await replay_reason(tx, YearMissing.__name__)
        return []
    if oldest is None:
        return []
    for id, since, until, region in await rows(tx, _ORDERED):
        # of ten million clocks it takes as long as it takes; were it given up, no signal would be told any more
        await run(tx, "SET LOCAL statement_timeout = 0")
        await run(tx, LIST, since, until, region, id)
    claimed = await rows(tx, _CLAIM, limit)
    if not claimed:
        await run(tx, _FINISH, now)
    return [Due(subject_id, org, oldest or now) for subject_id, org in claimed]


async def put_back(tx: Tx, subject_ids: Sequence[UUID]) -> None:
    """Matters that were claimed and could not be counted: they are still to be."""
    await run(tx, _PUT_BACK, list(subject_ids))


async def crossing(tx: Tx, region: str, since: date, until: date, limit: int) -> tuple[int, list[UUID]]:
    """How many matters have clocks that run across a day between these, and the first of them to end."""
    [(number,)] = await rows(tx, _COUNT, since, until, region)
    return number, [id for (id,) in await rows(tx, _SAMPLE, since, until, region, limit)]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recount has come: matters in all, and those it has still to look at."""

    id: UUID
    region: str
    year: int
    state: str
    total: int
    ordered_at: datetime
    finished_at: datetime | None
    left: int


async def latest(tx: Tx, limit: int) -> list[Progress]:
    """The latest recounts, the newest first."""
    found = await rows(tx, _PROGRESS, limit)
    return [
        Progress(id, region, year, state, total, at.astimezone(TZ), end and end.astimezone(TZ), left)
        for id, region, year, state, total, at, end, left in found
    ]
