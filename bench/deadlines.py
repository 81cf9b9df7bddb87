"""The clocks: a tick with nothing to do, signals and their events, how late they are, a calendar that moves them all.

Firing and counting anew are compared with bare loops that write the same rows, events included: claimed in the same
batches, committed as often. They decide nothing, for they know beforehand what comes out.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bench.clocks import FIRST_DAY, a_moment, fill, midnight
from bench.county import COUNTY, CannotMeasure
from bench.environment import SESSION, Environment, connected, until
from bench.figures import Figure, Goal, percentile, ratios
from bench.proc import Cpu, Meter
from bianmin.domain.actors import system
from bianmin.kit import outbox
from bianmin.kit.db import Database
from bianmin.kit.decide import Cause, Refused
from bianmin.kit.ids import new_id
from bianmin.kit.time_source import TimeSource
from bianmin.kit.timers import Ticker
from command.serving import tune_garbage_collector
from services.deadlines.app import SERVICE
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.publication import PublishYear
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, Kind, NamedDay, Status, tag_of
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import CountedPeriod, Unit
from services.deadlines.handlers import handle

IDLE = Goal("most", 1, "ms")
FIRING = Goal("least", 60, "%")
LAG = Goal("most", 1000, "ms")
RECOUNT = Goal("most", 1.5, "×")
DUE = Goal("most", 20, "µs")
SIZE = 500
"""Commands at a time: the ticker's own default."""
RATE = 500
START = a_moment(FIRST_DAY)
SIGNALS, RECOUNTS, _CARDS = SERVICE.timers


@dataclass(slots=True)
class _Stage:
    """One database full of clocks, and the timers of the service over it."""

    database: Database
    connection: Any
    ticker: Ticker
    clock: TimeSource
    meter: Meter

    async def rest(self) -> None:
        """What is compared begins right after a checkpoint, and finds its outbox empty."""
        await self.connection.execute("TRUNCATE outbox; CHECKPOINT")


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """All on one database, one after the other."""
    url = await environment.new_database()
    database, clock = Database(url, "deadlines"), TimeSource()
    ticker = Ticker("deadlines", database, handle, SERVICE.timers, clock, announced=lambda: None)
    clocks = environment.clocks or (100_000 if quick else 1_000_000)
    try:
        async with connected(url, search_path="deadlines", **SESSION) as connection:
            began = time.perf_counter()
            days = await fill(database, connection, clocks)
            filled = time.perf_counter() - began
            tune_garbage_collector()  # as every server process does
            stage = _Stage(database, connection, ticker, clock, environment.meter())
            figures = [
                await _idle(stage, 200 if quick else 2000, f"{clocks:,} 个走着的时钟，装入用了 {filled:.0f} 秒"),
                await _recount(stage, days[-1] + timedelta(days=21), rounds=2 if clocks <= 1_000_000 else 1),
                await _firing(stage, rounds=2 if quick else 4, number=5_000 if quick else 20_000),
                await _lag(stage, seconds=5 if quick else 20),
                _due(),
            ]
    finally:
        await database.close()
    return figures


async def _idle(stage: _Stage, ticks: int, environment: str) -> Figure:
    """All timers, with nothing due."""
    stage.clock.set(START)
    await _look(stage)
    began = time.perf_counter()
    for _ in range(ticks):
        await _look(stage)
    took = 1000 * (time.perf_counter() - began) / ticks
    return Figure("空转一次（三种定时器）", IDLE, took, detail=environment)


async def _look(stage: _Stage) -> None:
    if await stage.ticker.look():
        raise CannotMeasure("本该无事可做")


_DUE_SOON = """
WITH chosen AS (
    SELECT id, row_number() OVER () AS nth FROM clock
    WHERE kind = 'promise' AND told = '' AND reminder_at > $1::timestamptz + interval '1 day' LIMIT $2
)
UPDATE clock AS t SET reminder_at = $1 + (c.nth - 1) * $3::interval, next_fire_at = $1 + (c.nth - 1) * $3::interval
FROM chosen c WHERE t.id = c.id
"""
_DUE_AT = _DUE_SOON.replace("'promise'", "'statutory'")
_CLAIM = """
SELECT c.subject_id, c.id, c.kind, c.cycle, c.org, c.dept, c.due_on, c.due_at, s.sequence + 1 AS sequence
FROM clock c JOIN subject s ON s.id = c.subject_id WHERE c.next_fire_at <= $1
ORDER BY c.next_fire_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
_FIRE = """
WITH ticked AS (
    UPDATE clock AS t SET lamp = 'green', told = 'reminder', state = 'running', stopped_at = NULL, late = NULL,
        next_fire_at = t.yellow_at, version = t.version + 1, changed_at = now()
    FROM unnest($1::uuid[]) AS v(id) WHERE t.id = v.id
), counted AS (
    UPDATE subject AS s SET phase = s.phase, cycle = s.cycle, standstills = s.standstills, cards = s.cards,
        sequence = s.sequence + 1
    FROM unnest($2::uuid[]) AS v(id) WHERE s.id = v.id
)
INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
SELECT 'bianmin.deadlines', id::text, 'cn.bianmin.clock.reminded.v1', payload
FROM unnest($2::uuid[], $3::bytea[]) AS v(id, payload)
"""


async def _firing(stage: _Stage, rounds: int, number: int) -> Figure:
    """Reminders that have come due, in turn by the service and by the bare loop."""
    costs: dict[bool, list[Cpu]] = {True: [], False: []}
    walls = []
    await stage.connection.execute(_DUE_SOON, START, (2 * rounds + 2) * number, timedelta(microseconds=1))
    await stage.connection.execute("VACUUM ANALYZE clock")
    now = START + timedelta(hours=1)
    stage.clock.set(now)
    for n in range(2 * rounds + 2):
        await stage.rest()
        before, began = stage.meter.cpu(), time.perf_counter()
        if by_service := n % 4 in (0, 3):
            for _ in range(number // SIZE):
                if not await stage.ticker.tick(SIGNALS):
                    raise CannotMeasure("到点的时钟不够")
        else:
            for _ in range(number // SIZE):
                async with stage.connection.transaction():
                    claimed = await stage.connection.fetch(_CLAIM, now, SIZE)
                    ids, subjects = [row["id"] for row in claimed], [row["subject_id"] for row in claimed]
                    told = [_event("clock.reminded", row, now, detected_at=now.isoformat()) for row in claimed]
                    await stage.connection.execute(_FIRE, ids, subjects, told)
        took, cost = time.perf_counter() - began, stage.meter.cpu() - before
        await _check_events(stage, number)
        if n >= 2:  # the first of each warms up
            costs[by_service].append(cost)
            walls += [number / took] if by_service else []
    spread = ratios([cost.total for cost in costs[False]], [cost.total for cost in costs[True]], scale=100)
    detail = f"{_apiece(costs, rounds * number)}；每秒 {percentile(walls, 0.5):,.0f} 个"
    return Figure("到点的时钟连同事件：对比写同样行的裸循环", FIRING, spread.middle, spread, detail)


def _event(name: str, row: Any, now: datetime, **more: Any) -> bytes:
    """An event as somebody would write it by hand, with the attributes of the service's."""
    subject, kind = str(row["subject_id"]), f"cn.bianmin.{name}.v1"
    data = {
        "clock_id": str(row["id"]),
        "subject_kind": "case",
        "kind": row["kind"],
        "stage": None,
        "org": row["org"],
        "dept": row["dept"],
        "cycle": row["cycle"],
        "due_on": str(row["due_on"]),
        "due_at": row["due_at"].isoformat(),
        **more,
    }
    told = {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": "/bianmin/deadlines",
        "type": kind,
        "subject": subject,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"urn:bianmin:schema:{kind}",
        "sequence": row["sequence"],
        "region": row["org"],
        "actor": "system",
        "correlationid": subject,
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False).encode()


async def _check_events(stage: _Stage, number: int) -> None:
    found = await stage.connection.fetchval("SELECT count(*) FROM outbox")
    if found != number:
        raise CannotMeasure(f"应有 {number} 个事件，实有 {found} 个")


def _apiece(costs: dict[bool, list[Cpu]], count: int) -> str:
    one, other = sum(costs[True], Cpu(0, 0)), sum(costs[False], Cpu(0, 0))
    return f"每个 {one.apiece(count)}，裸循环 {other.apiece(count)}"


_LIST = """
INSERT INTO recount_subject (recount_id, subject_id)
SELECT DISTINCT r.id, subject_id FROM clock, (SELECT id FROM recount LIMIT 1) AS r
WHERE state = 'running' AND due_at > $1 AND started_on <= $2 AND org LIKE $3 || '%'
"""
_TAKE = """
DELETE FROM recount_subject WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM recount_subject ORDER BY recount_id, subject_id LIMIT $1 FOR UPDATE SKIP LOCKED
)) RETURNING subject_id
"""
_READ = """
SELECT c.subject_id, c.id, c.kind, c.cycle, c.org, c.dept, c.due_on + $3::int AS due_on,
    c.due_at + $3 * interval '1 day' AS due_at, c.due_on AS was_on, c.due_at AS was_at, c.lamp,
    s.sequence + 1 AS sequence
FROM clock c JOIN subject s ON s.id = c.subject_id
WHERE c.subject_id = ANY($1::uuid[]) AND c.due_at > $2 AND c.state = 'running' FOR UPDATE OF s
"""
_MOVE = """
WITH moved AS (
    UPDATE clock AS t SET due_on = v.due_on, due_at = v.due_at,
        reminder_at = t.reminder_at + $6::int * interval '1 day', yellow_at = t.yellow_at + $6::int * interval '1 day',
        next_fire_at = t.next_fire_at + $6::int * interval '1 day',
        calendar_version = $7, version = t.version + 1, lamp = t.lamp, told = t.told, state = t.state, unit = t.unit,
        budget = t.budget, policy = t.policy, extended_by = t.extended_by, not_before = t.not_before,
        provisional = t.provisional, changed_at = now()
    FROM unnest($1::uuid[], $3::date[], $4::timestamptz[]) AS v(id, due_on, due_at) WHERE t.id = v.id
), counted AS (
    UPDATE subject AS s SET phase = s.phase, cycle = s.cycle, standstills = s.standstills, cards = s.cards,
        sequence = s.sequence + 1
    FROM unnest($2::uuid[]) AS v(id) WHERE s.id = v.id
), kept AS (
    INSERT INTO clock_move (clock_id, sequence, moved_at, reason, previous_due_on, due_on, calendar_version)
    SELECT v.id, v.sequence, $8, 'calendar', v.due_on - $6::int, v.due_on, $7
    FROM unnest($1::uuid[], $9::int[], $3::date[]) AS v(id, sequence, due_on)
)
INSERT INTO outbox (aggregatetype, aggregateid, type, payload)
SELECT 'bianmin.deadlines', id::text, 'cn.bianmin.clock.rescheduled.v1', payload
FROM unnest($2::uuid[], $5::bytea[]) AS v(id, payload)
"""


async def _recount(stage: _Stage, day: date, rounds: int) -> Figure:
    """A county declares a day off, and takes it back: all that run across it are counted anew."""
    costs: dict[bool, list[Cpu]] = {True: [], False: []}
    stage.clock.set(START)
    walls, seen, moved = [], None, 0
    for n in range(2 * rounds):
        await stage.rest()
        off = n % 4 in (0, 1)
        before, began = stage.meter.cpu(), time.perf_counter()
        if by_service := n % 2 == 0:
            seen = await _publish(stage, day, off=off, seen=seen)
            while await stage.ticker.tick(RECOUNTS) or await _unfinished(stage):
                pass
        else:
            await _move(stage, day, 1 if off else -1)
        took, cost = time.perf_counter() - began, stage.meter.cpu() - before
        moved = await stage.connection.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%rescheduled%'")
        costs[by_service].append(cost)
        walls += [moved / took] if by_service else []
    spread = ratios([cost.total for cost in costs[True]], [cost.total for cost in costs[False]])
    detail = f"{moved:,} 个时钟移动，{_apiece(costs, rounds * moved)}；每秒 {percentile(walls, 0.5):,.0f} 个"
    return Figure("日历变动后重新计算：对比写同样行的裸语句", RECOUNT, spread.middle, spread, detail)


async def _publish(stage: _Stage, day: date, *, off: bool, seen: int | None) -> int:
    """Returns the tag of what was published."""
    days = (NamedDay(day, Kind.OFF, "县里的节日"),) if off else ()
    year = CalendarYear(COUNTY, day.year, Status.OFFICIAL, "县政府通知", days)
    async with stage.database.transaction() as tx:
        work = await handle(tx, [PublishYear(year, seen, Cause(system(COUNTY)))], stage.clock.now())
        await outbox.append(tx, work.announced, source="deadlines", at=stage.clock.now())
    [outcome] = work.outcomes
    if isinstance(outcome, Refused):
        raise CannotMeasure(str(outcome.error))
    return tag_of(year)


async def _unfinished(stage: _Stage) -> bool:
    return bool(await stage.connection.fetchval("SELECT count(*) FROM recount WHERE state <> 'done'"))


async def _move(stage: _Stage, day: date, by: int) -> None:
    crossing, version, now = midnight(day), f"CN-{by}", stage.clock.now()
    await stage.connection.execute(_LIST, crossing, day, COUNTY)
    while True:
        async with stage.connection.transaction():
            taken = [row["subject_id"] for row in await stage.connection.fetch(_TAKE, SIZE)]
            if not taken:
                return
            found = await stage.connection.fetch(_READ, taken, crossing, by)
            told = [
                _event(
                    "clock.rescheduled",
                    row,
                    now,
                    previous_due_on=str(row["was_on"]),
                    previous_due_at=row["was_at"].isoformat(),
                    reason_code="calendar",
                    calendar_version=version,
                    provisional=False,
                    lamp=row["lamp"],
                )
                for row in found
            ]
            ids, subjects = [row["id"] for row in found], [row["subject_id"] for row in found]
            due_on, due_at = [row["due_on"] for row in found], [row["due_at"] for row in found]
            numbers = [row["sequence"] for row in found]
            await stage.connection.execute(_MOVE, ids, subjects, due_on, due_at, told, by, version, now, numbers)


_TELL = """
CREATE FUNCTION public.bench_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bench', extract(epoch FROM OLD.next_fire_at)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER bench_told AFTER UPDATE ON clock FOR EACH ROW WHEN (OLD.told IS DISTINCT FROM NEW.told)
    EXECUTE FUNCTION public.bench_told()
"""


async def _lag(stage: _Stage, seconds: int) -> Figure:
    """The ticker as it runs, 500 clocks coming due a second; the database tells of each with the commit."""
    lags: list[float] = []

    def told(connection: Any, process: int, channel: str, due_at: str) -> None:
        lags.append(1000 * (stage.clock.now().timestamp() - float(due_at)))

    number, soon = seconds * RATE, START + timedelta(hours=3)
    await stage.connection.execute(_TELL)
    await stage.connection.add_listener("bench", told)
    await stage.connection.execute(_DUE_AT, soon, number, timedelta(seconds=1 / RATE))
    await stage.connection.execute("VACUUM ANALYZE clock")
    await stage.rest()
    stage.clock.set(soon - timedelta(seconds=2))
    running = asyncio.create_task(stage.ticker.run())
    try:
        await until(lambda: _all_told(lags, number), patience=seconds + 60)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    detail = f"{number:,} 个，p50 {percentile(lags, 0.5):.0f} ms，最长 {max(lags):.0f} ms"
    return Figure("到点到事件落盘，每秒 500 个，p99", LAG, percentile(lags, 0.99), detail=detail)


async def _all_told(lags: Sequence[float], number: int) -> bool:
    return len(lags) >= number


def _due() -> Figure:
    """Twenty working days from each day of a year, in CPU time: nothing is waited for."""
    calendar = Calendars(shipped()).of("CN")
    periods = [
        CountedPeriod(Unit.WORKDAY, 20, midnight(day.date))
        for day in calendar.days(date(2025, 1, 1), date(2025, 12, 31))
    ]
    for period in periods:
        due_date(calendar, period)
    began = time.process_time()
    for _ in range(100):
        for period in periods:
            due_date(calendar, period)
    took = 1e6 * (time.process_time() - began) / (100 * len(periods))
    return Figure("算一个到期日（20 个工作日）", DUE, took)
