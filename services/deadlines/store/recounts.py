"""Recounts: orders to recalculate the clocks that a publication may change, and how far they have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bianmin.kit.db import Tx, rows, run
from bianmin.kit.ids import new_id
from bianmin.kit.parked import replay_reason
from bianmin.kit.parked_timers import not_parked
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
# the end of a day is the beginning of the next
_SPAN = """
    due_at > $1::date::timestamp AT TIME ZONE 'Asia/Shanghai' AND started_on <= $2
        AND ($3 = 'CN' OR org LIKE $3 || '%')
"""
# paused clocks are recalculated on resume
_CROSSING = f"FROM clock WHERE state = 'running' AND {_SPAN}"
_IN_USE = f"SELECT count(*) FROM clock WHERE state <> 'stopped' AND {_SPAN}"
LIST_SUBJECTS = f"""
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
# deleted by ctid: to find the rows by their keys, every batch would read the whole list
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
# a subject that was claimed belongs to a recount that still runs
_PUT_BACK = """
INSERT INTO recount_subject (recount_id, subject_id)
SELECT (SELECT id FROM recount WHERE state = 'running' ORDER BY created_at LIMIT 1), id FROM unnest($1::uuid[]) AS id
ON CONFLICT DO NOTHING
"""
_FINISH = """
UPDATE recount r SET state = 'done', finished_at = $1 WHERE state = 'running'
    AND NOT EXISTS (SELECT FROM recount_subject s WHERE s.recount_id = r.id)
"""
_OLDEST = "SELECT generation, (SELECT min(created_at) FROM recount WHERE state <> 'done') FROM edition"

ALL_DAYS = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""The first and the last day that a calendar may have."""


async def order(tx: Tx, publication: Publication, now: datetime, recount_id: UUID) -> None:
    """Order a recount of the clocks that run across the days which the publication changes; none where it has none."""
    if publication.span is not None:
        await run(tx, _ORDER, recount_id, publication.region, publication.year, *publication.span, now)


async def order_all(tx: Tx, region: str, now: datetime, recount_id: UUID) -> None:
    """Order a recount of all running clocks of a region and below."""
    await run(tx, _ORDER, recount_id, region, now.year, *ALL_DAYS, now)


async def in_use(tx: Tx, region: str, year: int) -> int:
    """Return how many running or paused clocks of a region and below reach into a year."""
    [(number,)] = await rows(tx, _IN_USE, date(year, 1, 1), date(year, 12, 31), region)
    return int(number)


@dataclass(frozen=True, slots=True)
class DueRecount:
    """A subject to recalculate by a recount that was ordered at `ordered_at`. `org` answers for the subject."""

    subject_id: UUID
    org: str
    ordered_at: datetime


async def claim(tx: Tx, now: datetime, limit: int) -> list[DueRecount]:
    """Return at most `limit` subjects to recalculate, taken from the list, each by one replica.

    Before that it installs the calendars that the program ships, and lists the subjects of a new recount, where either
    is still to be done.
    """
    [(generation, oldest)] = await rows(tx, _OLDEST)
    if generation < GENERATION and await rulebook.install_shipped(tx, GENERATION, shipped(), now):
        # the program before shipped other calendars. The next claim lists the subjects: until this transaction ends,
        # nobody calculates clocks
        await order_all(tx, NATIONAL, now, new_id())
        await replay_reason(tx, YearMissing.__name__)
        return []
    if oldest is None:
        return []
    for id, since, until, region in await rows(tx, _ORDERED):
        # signals wait for the list: it must not be given up, however long it takes with ten million clocks
        await run(tx, "SET LOCAL statement_timeout = 0")
        await run(tx, LIST_SUBJECTS, since, until, region, id)
    claimed = await rows(tx, _CLAIM, limit)
    if not claimed:
        await run(tx, _FINISH, now)
    return [DueRecount(subject_id, org, oldest or now) for subject_id, org in claimed]


async def put_back(tx: Tx, subject_ids: Sequence[UUID]) -> None:
    """Put claimed subjects that could not be recalculated back on the list."""
    await run(tx, _PUT_BACK, list(subject_ids))


async def crossing(tx: Tx, region: str, since: date, until: date, limit: int) -> tuple[int, list[UUID]]:
    """Return how many subjects have clocks that run across these days, and at most `limit` of them.

    Both days are included. The subjects are those whose clocks end first.
    """
    [(number,)] = await rows(tx, _COUNT, since, until, region)
    return number, [id for (id,) in await rows(tx, _SAMPLE, since, until, region, limit)]
