"""Calendars: which are in force, what was published, and what is still to be counted anew."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bianmin.kit.clock import TZ
from bianmin.kit.db import Tx, rows, run
from bianmin.kit.ids import new_id
from services.deadlines.calendars import shipped
from services.deadlines.domain.policies import Policies
from services.deadlines.domain.publication import Publication
from services.deadlines.domain.regions import NATIONAL, Calendars
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.years import CalendarYear, Kind, NamedDay, Status
from services.deadlines.store import policies

_IN_FORCE = "SELECT digest FROM edition"
_HELD = "SELECT digest FROM edition FOR SHARE"
_ALONE = "SELECT digest FROM edition FOR UPDATE"
_PUBLISHED = "SELECT region, year, status, source, days FROM calendar ORDER BY region, year"
_PUT = """
WITH put AS (
    INSERT INTO calendar (region, year, version, status, source, days, published_at, published_by)
    VALUES ($1, $2, 1, $3, $4, $5::jsonb, $6, $7)
    ON CONFLICT (region, year) DO UPDATE SET version = calendar.version + 1, status = excluded.status,
        source = excluded.source, days = excluded.days, published_at = excluded.published_at,
        published_by = excluded.published_by
    RETURNING *
)
INSERT INTO calendar_history (region, year, version, status, source, days, published_at, published_by)
SELECT region, year, version, status, source, days, published_at, published_by FROM put RETURNING version
"""
_ORDER_RECOUNT = """
INSERT INTO recount (id, region, year, since, until, state, total, created_at)
VALUES ($1, $2, $3, $4, $5, 'ordered', 0, $6)
"""
_CROSSING = """
    FROM clock
    WHERE state = 'running' AND due_at > $1::date::timestamp AT TIME ZONE 'Asia/Shanghai' AND started_on <= $2
        AND ($3 = 'CN' OR org LIKE $3 || '%')
"""
# who stands still is counted when it goes on; the end of a day is the beginning of the next
_LIST = f"""
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
_CLAIM = """
WITH taken AS (
    DELETE FROM recount_subject WHERE (recount_id, subject_id) IN (
        SELECT recount_id, subject_id FROM recount_subject ORDER BY recount_id, subject_id
        LIMIT $1 FOR UPDATE SKIP LOCKED
    ) RETURNING subject_id
)
SELECT DISTINCT t.subject_id, c.org FROM taken t JOIN clock c USING (subject_id) ORDER BY t.subject_id
"""
_FINISH = """
UPDATE recount r SET state = 'done', finished_at = $1 WHERE state = 'running'
    AND NOT EXISTS (SELECT FROM recount_subject s WHERE s.recount_id = r.id)
"""
_OPEN = "SELECT shipped, (SELECT min(created_at) FROM recount WHERE state <> 'done') FROM edition"
_UPGRADED = "UPDATE edition SET shipped = $1 WHERE shipped <> $1"
_PROGRESS = """
SELECT r.id, r.region, r.year, r.state, r.total, r.created_at, r.finished_at,
    (SELECT count(*) FROM recount_subject s WHERE s.recount_id = r.id)
FROM recount r ORDER BY r.created_at DESC LIMIT $1
"""
_HISTORY = """
SELECT version, status, source, days, published_at, published_by FROM calendar_history
WHERE region = $1 AND year = $2 ORDER BY version DESC
"""

_built: dict[str, Rulebook] = {}
"""Rulebooks by the digest of what they are made of: the same in every database that published the same."""


async def in_force(tx: Tx, *, held: bool = False) -> Rulebook:
    """The calendars and policies in force; `held`: they stay so until the transaction ends."""
    return await _rulebook(tx, _HELD if held else _IN_FORCE)


async def alone(tx: Tx) -> Rulebook:
    """The same, for whoever is about to publish: nobody else counts or publishes meanwhile."""
    return await _rulebook(tx, _ALONE)


async def _rulebook(tx: Tx, query: str) -> Rulebook:
    [(digest,)] = await rows(tx, query)
    if digest not in _built:
        published = [_year_of(*row) for row in await rows(tx, _PUBLISHED)]
        theirs = {(year.region, year.year): year for year in (*shipped(), *published)}
        if len(_built) > 8:
            _built.clear()
        _built[digest] = Rulebook(Calendars(theirs.values()), Policies(await policies.published(tx)))
    return _built[digest]


async def put(tx: Tx, publication: Publication, by: str, now: datetime, recount_id: UUID) -> int:
    """Store a publication, put the calendars it makes into force, and order the recount. Returns its version."""
    year = publication.year
    [(version,)] = await rows(tx, _PUT, year.region, year.year, year.status, year.source, _json(year), now, by)
    await renew(tx)
    if publication.since is not None:
        since, until = publication.since, publication.until
        await run(tx, _ORDER_RECOUNT, recount_id, year.region, year.year, since, until, now)
    return int(version)


async def renew(tx: Tx) -> None:
    """What was just published is in force from the commit on."""
    published = [_year_of(*row) for row in await rows(tx, _PUBLISHED)]
    told = [repr(each) for each in await policies.published(tx)]
    await run(tx, "UPDATE edition SET digest = $1", _digest(published, told))


async def order_recount(tx: Tx, region: str, now: datetime, recount_id: UUID) -> None:
    """Whatever runs at a region and below is to be counted anew."""
    first, last = (year.year for year in (shipped()[0], shipped()[-1]))
    await run(tx, _ORDER_RECOUNT, recount_id, region, last, date(first, 1, 1), date(last, 12, 31), now)


@dataclass(frozen=True, slots=True)
class Due:
    """A matter that a recount is about, since when."""

    subject_id: UUID
    org: str
    ordered_at: datetime


async def claim_recount(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """The next matters to be counted anew, each taken by one replica. Lists them first, where that is to be done."""
    [(shipped_with, oldest)] = await rows(tx, _OPEN)
    if shipped_with != SHIPPED:
        await run(tx, _UPGRADED, SHIPPED)
        if shipped_with:
            # the program came with other calendars than the one that ran before
            await order_recount(tx, NATIONAL, now, new_id())
    elif oldest is None:
        return []
    for id, since, until, region in await rows(tx, _ORDERED):
        await run(tx, _LIST, since, until, region, id)
    claimed = await rows(tx, _CLAIM, limit)
    if not claimed:
        await run(tx, _FINISH, now)
    return [Due(subject_id, org, oldest or now) for subject_id, org in claimed]


async def crossing(tx: Tx, publication: Publication, limit: int) -> tuple[int, list[UUID]]:
    """How many matters have clocks that run across a changed day, and the first of them to end."""
    if publication.since is None:
        return 0, []
    days = publication.since, publication.until, publication.year.region
    [(number,)] = await rows(tx, _COUNT, *days)
    return number, [id for (id,) in await rows(tx, _SAMPLE, *days, limit)]


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


async def recounts(tx: Tx, limit: int) -> list[Progress]:
    """The latest recounts, the newest first."""
    found = await rows(tx, _PROGRESS, limit)
    return [
        Progress(id, region, year, state, total, at.astimezone(TZ), end and end.astimezone(TZ), left)
        for id, region, year, state, total, at, end, left in found
    ]


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    year: CalendarYear
    published_at: datetime
    published_by: str


async def history(tx: Tx, region: str, year: int) -> list[Version]:
    """Every publication of a year by a region, the newest first."""
    return [
        Version(version, _year_of(region, year, status, source, days), at.astimezone(TZ), by)
        for version, status, source, days, at, by in await rows(tx, _HISTORY, region, year)
    ]


def _digest(published: Sequence[CalendarYear], policies: Sequence[str] = ()) -> str:
    """Equal digests, equal calendars and policies."""
    content: list[Any] = [*policies]
    content += [[year.region, year.year, year.status, year.source, _json(year)] for year in published]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


def _json(year: CalendarYear) -> str:
    days = [{"date": str(named.day), "kind": named.kind, "name": named.name} for named in year.days]
    return json.dumps(days, ensure_ascii=False)


def _year_of(region: str, year: int, status: str, source: str, days: Any) -> CalendarYear:
    entries: Sequence[Mapping[str, str]] = json.loads(days) if isinstance(days, str) else days
    named = tuple(NamedDay(date.fromisoformat(each["date"]), Kind(each["kind"]), each["name"]) for each in entries)
    return CalendarYear(region, year, Status(status), source, named)


SHIPPED = _digest(shipped())
"""Which calendars the program comes with."""
