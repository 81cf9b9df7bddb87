"""Fills a database with any number of running clocks.

The service stores one case for each working day of some weeks. The database then copies these rows under new ids.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from bench.county import CENTER, COUNTY, DEPT, ITEM, STATIONS
from bianmin.domain.access import Reach
from bianmin.domain.actors import system
from bianmin.events.parts import ItemFacts, Period
from bianmin.kit import outbox
from bianmin.kit.db import Database
from bianmin.kit.decide import Cause
from bianmin.kit.ids import new_id
from bianmin.kit.time_source import TZ
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.cases.acceptance import StartCaseClocks
from services.deadlines.domain.terms.term import ItemTerms
from services.deadlines.handlers import handle

FIRST_DAY = date(2026, 3, 2)
DAYS = 40
"""Working days over which the cases were accepted."""
CLOCKS_A_CASE = 2
_ITEM = ItemFacts(
    org=COUNTY,
    code=ITEM,
    version=1,
    name="临时救助（小额）",
    category=DEPT,
    mode="promised",
    item_type="05",
    decide_level="center",
    promise=Period(value=10, unit="workday"),
    legal=Period(value=20, unit="workday"),
)
# indexes are dropped and rebuilt once, which is faster than updating them row by row
_INDEXES = """
SELECT indexdef, indexname FROM pg_indexes WHERE schemaname = 'deadlines' AND tablename IN ('clock', 'subject')
    AND indexname NOT LIKE 'pk_%'
"""
# accepted at a random moment of the day
_COPIES = """
CREATE TEMPORARY TABLE copy AS
SELECT t.id AS was, uuidv7() AS id, random() * interval '8 hours' AS later FROM subject t, generate_series(1, $1)
"""
_SUBJECTS = """
INSERT INTO subject (id, kind, reach, seen_by, phase, cycle, standstills, cards, sequence, item)
SELECT c.id, kind, reach, seen_by, phase, cycle, standstills, cards, sequence, item
FROM copy c JOIN subject t ON t.id = c.was
"""
_CLOCKS = """
INSERT INTO clock (id, subject_id, started_at, {columns})
SELECT uuidv7(), c.id, t.started_at + c.later, {columns} FROM copy c JOIN clock t ON t.subject_id = c.was
"""
_COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'deadlines' AND table_name = 'clock' AND column_name NOT IN ('id', 'subject_id', 'started_at')
"""


def morning_of(day: date) -> datetime:
    """Return 9:00 of the day."""
    return datetime.combine(day, time(9), TZ)


async def fill(database: Database, connection: Any, clocks: int) -> list[date]:
    """Store this many running clocks without a fired signal; return the days on which their cases were accepted."""
    calendar = Calendars(shipped()).of("CN")
    days = [FIRST_DAY] + [calendar.add_workdays(FIRST_DAY, n) for n in range(1, DAYS)]
    commands = [
        StartCaseClocks(
            subject_id=new_id(),
            reach=Reach(STATIONS[n % len(STATIONS)], CENTER, DEPT),
            item=ItemTerms.of(_ITEM),
            accepted_at=morning_of(day),
            done_at=morning_of(day),
            clock_ids=_ids(CLOCKS_A_CASE),
            by=Cause(system(CENTER)),
        )
        for n, day in enumerate(days)
    ]
    async with database.transaction() as tx:
        work = await handle(tx, commands, morning_of(FIRST_DAY))
        await outbox.append(tx, work.announced, source="deadlines", at=morning_of(FIRST_DAY))
    indexes = await connection.fetch(_INDEXES)
    for each in indexes:
        await connection.execute(f"DROP INDEX {each['indexname']}")
    await connection.execute("SET session_replication_role = replica")  # no need to check foreign keys of copies
    await connection.execute(_COPIES, max(0, clocks // (DAYS * CLOCKS_A_CASE) - 1), timeout=None)
    await connection.execute(_SUBJECTS)
    await connection.execute(_CLOCKS.format(columns=await connection.fetchval(_COLUMNS)))
    for each in indexes:
        await connection.execute(each["indexdef"])
    await connection.execute("RESET session_replication_role; DROP TABLE copy; TRUNCATE outbox")
    await connection.execute("VACUUM ANALYZE subject")
    await connection.execute("VACUUM ANALYZE clock")
    await connection.execute("CHECKPOINT")
    return days


def _ids(number: int) -> tuple[UUID, ...]:
    return tuple(new_id() for _ in range(number))


def midnight(day: date) -> datetime:
    """Return the start of the day."""
    return datetime.combine(day, time(), TZ)
