"""Clocks: idle timers, signals and their lateness, the recalculation after a change of the calendar.

Signals and recalculation are compared with the bare loops of `bench.clock_loops`.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench import clock_loops
from bench.clocks import FIRST_DAY, fill, midnight, morning_of
from bench.county import COUNTY, CannotMeasure
from bench.environment import SESSION, Environment, connected, wait_until
from bench.figures import Figure, Goal, percentile, ratios
from bench.proc import Cpu, Meter
from bianmin.domain.actors import system
from bianmin.kit import outbox
from bianmin.kit.db import Database
from bianmin.kit.decide import Cause, Refused
from bianmin.kit.time_source import TimeSource
from bianmin.kit.timers import Ticker
from command.serving import tune_garbage_collector
from services.deadlines.app import SERVICE
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.publication import PublishYear
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus, tag_of
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import CountedPeriod, Unit
from services.deadlines.handlers import handle

IDLE = Goal("most", 1, "ms")
FIRING = Goal("least", 60, "%")
LAG = Goal("most", 1000, "ms")
RECOUNT = Goal("most", 1.5, "×")
DUE = Goal("most", 20, "µs")
SIZE = 500
"""Commands per batch: the default of the ticker."""
RATE = 500
START = morning_of(FIRST_DAY)
SIGNALS, RECOUNTS, _CARDS = SERVICE.timers


@dataclass(slots=True)
class _Stage:
    """A database full of clocks, and the timers of the service."""

    database: Database
    connection: Any
    ticker: Ticker
    clock: TimeSource
    meter: Meter

    async def reset(self) -> None:
        """Empty the outbox and make a checkpoint, so that all rounds start alike."""
        await self.connection.execute("TRUNCATE outbox; CHECKPOINT")


async def measure(environment: Environment, quick: bool) -> list[Figure]:
    """Run all measurements on one database, one after the other."""
    url = await environment.new_database()
    database, clock = Database(url, "deadlines"), TimeSource()
    ticker = Ticker("deadlines", database, handle, SERVICE.timers, clock, announced=lambda: None)
    clocks = environment.clocks or (100_000 if quick else 1_000_000)
    try:
        async with connected(url, search_path="deadlines", **SESSION) as connection:
            started = time.perf_counter()
            days = await fill(database, connection, clocks)
            filled = time.perf_counter() - started
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
    """Measure a look of all timers with nothing due."""
    stage.clock.set(START)
    await _look(stage)
    started = time.perf_counter()
    for _ in range(ticks):
        await _look(stage)
    took = 1000 * (time.perf_counter() - started) / ticks
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


async def _firing(stage: _Stage, rounds: int, number: int) -> Figure:
    """Measure the firing of due reminders, in alternating rounds by the service and by the bare loop."""
    costs: dict[bool, list[Cpu]] = {True: [], False: []}
    walls = []
    await stage.connection.execute(_DUE_SOON, START, (2 * rounds + 2) * number, timedelta(microseconds=1))
    await stage.connection.execute("VACUUM ANALYZE clock")
    now = START + timedelta(hours=1)
    stage.clock.set(now)
    for n in range(2 * rounds + 2):
        await stage.reset()
        before, started = stage.meter.cpu(), time.perf_counter()
        if by_service := n % 4 in (0, 3):
            for _ in range(number // SIZE):
                if not await stage.ticker.tick(SIGNALS):
                    raise CannotMeasure("到点的时钟不够")
        else:
            for _ in range(number // SIZE):
                await clock_loops.remind(stage.connection, now, SIZE)
        took, cost = time.perf_counter() - started, stage.meter.cpu() - before
        await _check_events(stage, number)
        if n >= 2:  # the first of each warms up
            costs[by_service].append(cost)
            walls += [number / took] if by_service else []
    spread = ratios([cost.total for cost in costs[False]], [cost.total for cost in costs[True]], scale=100)
    detail = f"{_per_item(costs, rounds * number)}；每秒 {percentile(walls, 0.5):,.0f} 个"
    return Figure("到点的时钟连同事件：对比写同样行的裸循环", FIRING, spread.middle, spread, detail)


async def _check_events(stage: _Stage, number: int) -> None:
    found = await stage.connection.fetchval("SELECT count(*) FROM outbox")
    if found != number:
        raise CannotMeasure(f"应有 {number} 个事件，实有 {found} 个")


def _per_item(costs: dict[bool, list[Cpu]], count: int) -> str:
    one, other = sum(costs[True], Cpu(0, 0)), sum(costs[False], Cpu(0, 0))
    return f"每个 {one.per_item(count)}，裸循环 {other.per_item(count)}"


async def _recount(stage: _Stage, day: date, rounds: int) -> Figure:
    """Measure the recalculation when a county declares a day off, and when it withdraws the day."""
    costs: dict[bool, list[Cpu]] = {True: [], False: []}
    stage.clock.set(START)
    walls, seen, moved = [], None, 0
    for n in range(2 * rounds):
        await stage.reset()
        off = n % 4 in (0, 1)
        before, started = stage.meter.cpu(), time.perf_counter()
        if by_service := n % 2 == 0:
            seen = await _publish(stage, day, off=off, seen=seen)
            while await stage.ticker.tick(RECOUNTS) or await _unfinished(stage):
                pass
        else:
            await clock_loops.move(stage.connection, day, 1 if off else -1, stage.clock.now(), SIZE)
        took, cost = time.perf_counter() - started, stage.meter.cpu() - before
        moved = await stage.connection.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%rescheduled%'")
        costs[by_service].append(cost)
        walls += [moved / took] if by_service else []
    spread = ratios([cost.total for cost in costs[True]], [cost.total for cost in costs[False]])
    detail = f"{moved:,} 个时钟移动，{_per_item(costs, rounds * moved)}；每秒 {percentile(walls, 0.5):,.0f} 个"
    return Figure("日历变动后重新计算：对比写同样行的裸语句", RECOUNT, spread.middle, spread, detail)


async def _publish(stage: _Stage, day: date, *, off: bool, seen: int | None) -> int:
    """Publish the year of the day, with or without the day off; return its tag."""
    days = (NamedDay(day, DayKind.OFF, "县里的节日"),) if off else ()
    year = CalendarYear(COUNTY, day.year, YearStatus.OFFICIAL, "县政府通知", days)
    async with stage.database.transaction() as tx:
        work = await handle(tx, [PublishYear(year, seen, Cause(system(COUNTY)))], stage.clock.now())
        await outbox.append(tx, work.announced, source="deadlines", at=stage.clock.now())
    [outcome] = work.outcomes
    if isinstance(outcome, Refused):
        raise CannotMeasure(str(outcome.error))
    return tag_of(year)


async def _unfinished(stage: _Stage) -> bool:
    return bool(await stage.connection.fetchval("SELECT count(*) FROM recount WHERE state <> 'done'"))


_NOTIFY = """
CREATE FUNCTION public.bench_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bench', extract(epoch FROM OLD.next_fire_at)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER bench_notify AFTER UPDATE ON clock FOR EACH ROW WHEN (OLD.told IS DISTINCT FROM NEW.told)
    EXECUTE FUNCTION public.bench_notify()
"""


async def _lag(stage: _Stage, seconds: int) -> Figure:
    """Measure the lateness of signals while 500 clocks a second become due. A trigger notifies of each commit."""
    lags: list[float] = []

    def on_notify(connection: Any, process: int, channel: str, due_at: str) -> None:
        lags.append(1000 * (stage.clock.now().timestamp() - float(due_at)))

    number, soon = seconds * RATE, START + timedelta(hours=3)
    await stage.connection.execute(_NOTIFY)
    await stage.connection.add_listener("bench", on_notify)
    await stage.connection.execute(_DUE_AT, soon, number, timedelta(seconds=1 / RATE))
    await stage.connection.execute("VACUUM ANALYZE clock")
    await stage.reset()
    stage.clock.set(soon - timedelta(seconds=2))
    running = asyncio.create_task(stage.ticker.run())
    try:
        await wait_until(lambda: _all_notified(lags, number), within=seconds + 60)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    detail = f"{number:,} 个，p50 {percentile(lags, 0.5):.0f} ms，最长 {max(lags):.0f} ms"
    return Figure("到点到事件落盘，每秒 500 个，p99", LAG, percentile(lags, 0.99), detail=detail)


async def _all_notified(lags: Sequence[float], number: int) -> bool:
    return len(lags) >= number


def _due() -> Figure:
    """Measure the CPU time of counting 20 working days, from each day of a year."""
    calendar = Calendars(shipped()).of("CN")
    periods = [
        CountedPeriod(Unit.WORKDAY, 20, midnight(day.date))
        for day in calendar.days(date(2025, 1, 1), date(2025, 12, 31))
    ]
    for period in periods:
        due_date(calendar, period)
    started = time.process_time()
    for _ in range(100):
        for period in periods:
            due_date(calendar, period)
    took = 1e6 * (time.process_time() - started) / (100 * len(periods))
    return Figure("算一个到期日（20 个工作日）", DUE, took)
