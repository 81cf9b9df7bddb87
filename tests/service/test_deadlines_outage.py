"""Timers that did not run for an hour, and rows that cannot be read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from bianmin.domain.actors import system
from bianmin.events import intake, routing
from bianmin.events.deadlines import ClockRed
from bianmin.events.parts import Period
from bianmin.kit import parked
from bianmin.kit.db import Tx, rows, run
from bianmin.kit.decide import Cause
from bianmin.kit.ids import new_id
from bianmin.kit.timers import DueCommand, Timer
from services.deadlines.app import SERVICE
from services.deadlines.domain.calendar.publication import PublishYear
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from tests.service.deadlines_county import CARDS, RECOUNTS, County, access, an_item, at, day
from tests.service.deadlines_workers import StoppableCounty, Worker, signals_of

BEFORE, AFTER = at("2026-03-03T09:00"), at("2026-03-03T10:00")


@pytest.fixture
async def town(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> StoppableCounty:
    return StoppableCounty(await migrated([SERVICE]), tmp_path, BEFORE)


async def a_case_due_at(county: County, clock: str) -> str:
    """Return a case whose promise of ten hours ends at this time of 2026-03-03."""
    case, begun = str(new_id()), f"2026-03-02T{(int(clock[:2]) + 14) % 24:02}{clock[2:]}"
    item = an_item().model_copy(update={"promise": Period(value=10, unit="hour")})
    event = intake.CaseAccepted(
        access=access(), case_no="1", item=item, received_on=day(begun[:10]), accepted_on=day(begun[:10])
    )
    await county.announces("intake", case, event, time=begun)
    return case


async def all_sent(county: County) -> None:
    """Wait until every signal due by now was sent: the reminders of these cases are due before."""
    runtime = county.harness.runtime("deadlines")
    async with asyncio.timeout(30):
        while True:
            async with runtime.database.reading() as tx:
                query = "SELECT count(*) FROM clock WHERE next_fire_at <= $1"
                if (await rows(tx, query, runtime.clock.now()))[0][0] == 0:
                    return
            await asyncio.sleep(0.02)


async def test_c9_d22_after_an_hour_without_timers_due_signals_fire_once_the_oldest_first_and_none_of_a_paused_clock(
    town: StoppableCounty,
) -> None:
    async with town.running() as county:
        late = {clock: await a_case_due_at(county, clock) for clock in ("09:50", "09:10", "09:30", "09:20")}
        still, early = await a_case_due_at(county, "09:15"), await a_case_due_at(county, "11:30")
        procedure = routing.ProcedureStarted(
            access=access(), procedure_id=new_id(), kind="hearing", started_on=day("2026-03-03"), expected_days=5
        )
        await county.announces("routing", still, procedure, time="2026-03-03T08:50")
        await all_sent(county)
        known = signals_of(await county.announced())
    town.now = AFTER
    async with town.with_a_worker(size=2) as worker:
        await worker.run_timer()
        found = signals_of(await worker.outbox_events())
        await worker.run_timer()
        assert signals_of(await worker.outbox_events()) == found
    reds = [(subject, fact) for subject, fact in found if isinstance(fact, ClockRed)]
    assert [subject for subject, _ in reds] == [late[clock] for clock in sorted(late)]
    for clock, (_, fact) in zip(sorted(late), reds, strict=True):
        assert fact.due_at == at(f"2026-03-03T{clock}")
        assert fact.due_at < AFTER <= fact.detected_at
    everything = known + found
    assert len(everything) == len({(fact.clock_id, fact.cycle, type(fact)) for _, fact in everything})
    assert {early, still}.isdisjoint(subject for subject, _ in found)


@pytest.mark.parametrize(
    ("damage", "repair"),
    [
        # an unknown unit
        (
            "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1 AND unit = 'hour'",
            "UPDATE clock SET unit = 'hour' WHERE subject_id = $1 AND unit = 'fortnight'",
        ),
        # a reach without the responsible org
        (
            "UPDATE subject SET reach = reach - 'accepting_org' WHERE id = $1",
            "UPDATE subject SET reach = jsonb_set(reach, '{accepting_org}', '\"520111101\"') WHERE id = $1",
        ),
        # a kind that no event can have
        (
            "UPDATE clock SET kind = 'vow' WHERE subject_id = $1 AND unit = 'hour'",
            "UPDATE clock SET kind = 'promise' WHERE subject_id = $1 AND kind = 'vow'",
        ),
    ],
    ids=["unit", "reach", "kind"],
)
async def test_d7_a_clock_that_cannot_be_read_is_parked_and_stops_no_other(
    town: StoppableCounty, damage: str, repair: str
) -> None:
    async with town.running() as county:
        bad, *good = [await a_case_due_at(county, f"09:{minute}") for minute in range(10, 20)]
        await all_sent(county)
        async with county.harness.runtime("deadlines").database.transaction() as tx:
            await run(tx, damage, bad)
    town.now = AFTER
    async with town.with_a_worker() as worker:
        await worker.run_timer()
        assert [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)] == good
        [held] = await parked.listed(worker.database)
        assert (held.source, held.subject, held.state) == ("timer:signals", bad, "parked")
        assert held.reason in ("ValueError", "TypeError", "ValidationError")
        await worker.run_timer()
        assert [one.attempts for one in await parked.listed(worker.database)] == [held.attempts], (
            "left alone for a minute"
        )
        async with worker.database.transaction() as tx:  # an operator repairs it
            await run(tx, repair, bad)
        await parked.replay(worker.database, [held.id])
        await worker.run_timer()
        assert [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)] == [*good, bad]
        assert await parked.listed(worker.database) == []


async def test_d7_a_subject_that_a_recount_cannot_read_is_parked_and_recalculated_when_it_is_repaired(
    town: StoppableCounty,
) -> None:
    async with town.running() as county:
        bad, *good = [await county.a_running_case("2026-03-02") for _ in range(5)]
        async with county.harness.runtime("deadlines").database.transaction() as tx:
            await run(tx, "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1", bad)
    async with town.with_a_worker(size=3) as worker:
        festival = NamedDay(day("2026-03-05"), DayKind.OFF, "三月三")
        publication = PublishYear(
            CalendarYear("520111", 2026, YearStatus.OFFICIAL, "县通知", (festival,)), None, Cause(system("520111"))
        )
        async with worker.database.transaction() as tx:
            await SERVICE.handle(tx, [publication], town.now)
        await worker.run_timer(RECOUNTS)
        before, after = {"2026-03-09", "2026-03-30"}, {"2026-03-10", "2026-03-31"}
        assert await due_days(worker) == {bad: before, **dict.fromkeys(good, after)}
        [held] = await parked.listed(worker.database)
        assert (held.source, held.subject, held.state) == ("timer:recounts", bad, "parked")
        async with worker.database.transaction() as tx:
            await run(tx, "UPDATE clock SET unit = 'workday' WHERE subject_id = $1", bad)
        await parked.replay(worker.database, [held.id])
        await worker.run_timer(RECOUNTS)
        assert (await due_days(worker))[bad] == after
        await worker.run_timer(RECOUNTS)  # nothing is left
        assert await parked.listed(worker.database) == []
        async with worker.database.reading() as tx:
            assert [tuple(row) for row in await rows(tx, "SELECT state, total FROM recount")] == [("done", 5)]


async def test_a_parked_timer_command_that_succeeds_is_parked_no_more(town: StoppableCounty) -> None:
    async with town.running() as county:
        mended, bad = [await a_case_due_at(county, f"09:{minute}") for minute in (10, 20)]
        await all_sent(county)
        async with county.harness.runtime("deadlines").database.transaction() as tx:
            await run(tx, "UPDATE clock SET unit = 'fortnight' WHERE unit = 'hour'")
    town.now = AFTER
    async with town.with_a_worker() as worker:
        await worker.run_timer()
        assert [one.subject for one in await parked.listed(worker.database)] == [mended, bad]
        async with worker.database.transaction() as tx:
            await run(tx, "UPDATE clock SET unit = 'hour' WHERE subject_id = $1", mended)
            await run(tx, "UPDATE parked_timer SET parked_at = parked_at - interval '1 minute'")
        await worker.run_timer()
        assert [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)] == [mended]
        assert [(one.subject, one.attempts) for one in await parked.listed(worker.database)] == [(bad, 1)]
        assert await parked.count(worker.database) == 1


async def test_a_timer_whose_claim_fails_stops_no_other_timer(town: StoppableCounty) -> None:
    async def fails(tx: Tx, now: datetime, limit: int) -> Sequence[DueCommand]:
        raise ZeroDivisionError

    async with town.running() as county:
        cases = [await a_case_due_at(county, "09:10")]
        await all_sent(county)
    town.now = AFTER
    async with town.with_a_worker(timers=[Timer("broken", "true", fails), *SERVICE.timers]) as worker:
        running = asyncio.create_task(worker.ticker.run())
        async with asyncio.timeout(30):
            while [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)] != cases:
                await asyncio.sleep(0.02)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_d7_a_card_that_cannot_be_reviewed_is_parked_and_the_others_are_reviewed(town: StoppableCounty) -> None:
    async with town.running() as county:
        bad, *good = [await county.a_running_case("2026-03-02") for _ in range(3)]
    async with town.with_a_worker() as worker:
        worker.clock.set(at("2026-03-10T09:00"))
        await worker.run_timer()
        async with worker.database.transaction() as tx:
            await run(tx, "UPDATE card SET to_weigh = true")
            await run(tx, "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1", bad)
        await worker.run_timer(CARDS)
        held = await parked.listed(worker.database)
        assert [(one.source, one.subject) for one in held] == [("timer:cards", bad)]
        await worker.run_timer(CARDS)
        assert await parked.listed(worker.database) == held, "left alone for a minute"
        async with worker.database.reading() as tx:
            checked = await rows(tx, "SELECT subject_id FROM card WHERE NOT to_weigh")
        assert {str(id) for (id,) in checked} == set(good)


async def due_days(worker: Worker) -> dict[str, set[str]]:
    async with worker.database.reading() as tx:
        found = await rows(tx, "SELECT subject_id, array_agg(due_on) FROM clock GROUP BY subject_id")
        return {str(id): {str(due_on) for due_on in days} for id, days in found}
