"""Many clocks due at once: statements per tick, which replica claims which subjects, and that no other work waits."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bianmin.domain.actors import system
from bianmin.events import intake, routing
from bianmin.events.deadlines import ClockRed, ClockYellow
from bianmin.events.parts import Office, Period
from bianmin.kit import parked
from bianmin.kit.db import Tx, rows
from bianmin.kit.decide import Cause, Work
from bianmin.kit.ids import new_id
from bianmin.kit.time_source import TZ
from bianmin.kit.timers import Timer
from services.deadlines.app import SERVICE
from services.deadlines.domain.cases.result import DecideCase
from services.deadlines.store import recounts
from tests.harness import statements
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    RECOUNTS,
    SIGNALS,
    County,
    access,
    an_acceptance,
    an_item,
    at,
)
from tests.service.deadlines_workers import StoppableCounty, Worker, signals_of

MORNING = at("2026-03-02T09:00")


@pytest.fixture
async def town(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> StoppableCounty:
    return StoppableCounty(await migrated([SERVICE]), tmp_path, MORNING)


async def many(county: County, number: int, on: str) -> list[str]:
    """Cases accepted on one day: promised for the fifth working day after it."""
    cases = [str(new_id()) for _ in range(number)]
    await county.announce_all("intake", [(case, an_acceptance(on)) for case in cases])
    return cases


async def test_d3_a_tick_sends_the_same_number_of_statements_however_many_clocks_are_due(town: StoppableCounty) -> None:
    async with town.running() as county:
        for _ in range(20):
            await county.lodges("2026-02-10")  # overdue for weeks; its signals were sent already
        await many(county, 1, "2026-03-02")  # yellow with the 9th, red with the 10th
        await many(county, 20, "2026-03-04")  # two days later
    async with town.with_a_worker() as worker:

        async def statements_of_a_tick(moment: str) -> int:
            worker.clock.set(at(moment))
            with statements(worker.database) as sent:
                assert not await worker.ticker.tick(SIGNALS)
            return len(sent)

        await worker.run_timer()
        one_yellow, nothing, one_red, many_yellow, many_red = [
            await statements_of_a_tick(f"2026-03-{moment}:01")
            for moment in ("09T00:00", "09T00:01", "10T00:00", "11T00:00", "12T00:00")
        ]
        events = signals_of(await worker.outbox_events())
    assert nothing == 1
    assert one_yellow == many_yellow
    assert one_red == many_red
    assert len([fact for _, fact in events if isinstance(fact, ClockYellow)]) == 21
    assert len([fact for _, fact in events if isinstance(fact, ClockRed)]) == 21


async def a_batch_of(worker: Worker, timer: Timer, tx: Tx, limit: int) -> set[UUID]:
    """Do what a replica does in one transaction, without the commit. Return the subjects it has claimed."""
    now = worker.clock.now()
    taken = await timer.claim(tx, now, limit)
    await SERVICE.handle(tx, taken, now)
    return {each.subject_id for each in taken}


@pytest.mark.parametrize("timer", [SIGNALS, RECOUNTS], ids=["09:00 on Monday", "a calendar was published"])
async def test_d14_d15_a_batch_locks_no_subject_but_its_own(town: StoppableCounty, timer: Timer) -> None:
    async with town.running() as county:
        cases = await many(county, 60, "2026-03-02")
    async with town.with_a_worker(size=20) as worker:
        worker.clock.set(at("2026-03-10T09:00"))
        if timer is RECOUNTS:
            async with worker.database.transaction() as tx:
                await recounts.order_all(tx, COUNTY, worker.clock.now(), new_id())
        async with worker.database.transaction() as batch:
            taken = await a_batch_of(worker, timer, batch, 20)
            assert len(taken) == 20
            async with worker.database.transaction() as other:
                free = {id for (id,) in await rows(other, "SELECT id FROM subject FOR UPDATE SKIP LOCKED")}
            assert free == {UUID(case) for case in cases} - taken
            # commands of desks are carried out meanwhile; a lock that had to be waited for would be refused
            decided = [a_decision(case) for case in sorted(free)[:5]]
            async with worker.database.transaction() as desk:
                await rows(desk, "SELECT set_config('lock_timeout', '1s', true)")
                done = await SERVICE.handle(desk, decided, worker.clock.now())
            assert len(done.announced) == 2 * len(decided)  # the promise of each, and its statutory clock
        left = [await worker.ticker.tick(timer) for _ in range(3)]
        assert left == [True, timer is RECOUNTS, False], "each batch is a transaction of its own"


def a_decision(case: UUID) -> DecideCase:
    return DecideCase(case, (), at("2026-03-09T10:00"), False, (), Cause(system(CENTER)))


async def test_d16_no_replica_claims_what_another_has_claimed(town: StoppableCounty) -> None:
    async with town.running() as county:
        await many(county, 6, "2026-03-02")
    async with town.with_a_worker() as worker:
        worker.clock.set(at("2026-03-10T09:00"))
        async with worker.database.transaction() as one:
            first = await a_batch_of(worker, SIGNALS, one, 4)
            async with worker.database.transaction() as another:
                second = await a_batch_of(worker, SIGNALS, another, 10)
                async with worker.database.transaction() as third:
                    assert await a_batch_of(worker, SIGNALS, third, 10) == set()
        assert (len(first), len(second), first & second) == (4, 2, set())
        await worker.run_timer()
        assert await worker.outbox_events() == [], "no signal was left to send"


@pytest.mark.parametrize(
    "mishap", ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1 / 0"], ids=["connection lost", "refused"]
)
async def test_d19_d23_a_batch_that_fails_before_its_commit_keeps_no_lock_and_is_done_once(
    town: StoppableCounty, mishap: str
) -> None:
    mishaps = [mishap]

    async def handle(tx: Tx, commands: Sequence[Any], now: datetime) -> Work[Any, Any]:
        done = await SERVICE.handle(tx, commands, now)
        if mishaps:
            await rows(tx, mishaps.pop())
        return done

    async with town.running() as county:
        cases = await many(county, 10, "2026-03-02")
    async with town.with_a_worker(handle=handle) as worker:
        worker.clock.set(at("2026-03-10T09:00"))
        with suppress(Exception):  # its connection is gone: the next tick has another
            await worker.ticker.tick(SIGNALS)
        assert mishaps == []
        await worker.run_timer()
        red = [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)]
        assert sorted(red) == sorted(cases)
        assert await parked.listed(worker.database) == []


async def test_d8_d27_clocks_that_started_at_one_moment_signal_once_each_in_order_in_one_tick(
    town: StoppableCounty,
) -> None:
    """Each subject has a row and event numbers of its own: nothing is found by its time."""
    office = Office(org=CENTER, dept="civil")
    case, task = str(new_id()), {"access": access(holder=office), "kind": "review", "office": office}
    async with town.running() as county:
        await county.accepts(case)
        turns: list[Any] = [
            routing.TaskAssigned(**task, task_id=new_id(), seq=1),
            routing.TaskCompleted(**task, task_id=new_id(), seq=1, opinion="agree"),
            routing.TaskAssigned(**task, task_id=new_id(), seq=2),
            routing.TaskReturned(**task, task_id=new_id(), seq=2),
            routing.TaskAssigned(**task, task_id=new_id(), seq=1),
        ]
        await county.announce_all("routing", [(case, turn) for turn in turns])
        clocks = await county.clocks(case_id=case)
        known = [event.sequence for event in await county.announced()]
    assert sorted((clock["kind"], clock["stage"], clock["state"]) for clock in clocks if clock["kind"] == "step") == [
        ("step", "1", "running"),
        ("step", "1", "stopped"),
        ("step", "2", "stopped"),
    ]
    async with town.with_a_worker() as worker:
        worker.clock.set(at("2026-06-01T09:00"))
        assert not await worker.ticker.tick(SIGNALS)
        events = await worker.outbox_events()
        assert await parked.listed(worker.database) == []
    running = {clock["id"] for clock in clocks if clock["state"] == "running"}
    assert {(str(fact.clock_id), type(fact).__name__) for _, fact in signals_of(events)} == {
        (id, name) for id in running for name in ("ClockReminded", "ClockYellow", "ClockRed")
    }
    assert len(signals_of(events)) == 3 * len(running)
    assert [event.sequence for event in events] == list(range(len(known) + 1, len(known) + len(events) + 1))


async def test_d21_a_clock_that_ends_in_months_is_there_when_it_ends(town: StoppableCounty) -> None:
    far = an_item().model_copy(update={"promise": Period(value=3650, unit="hour"), "legal": None})
    accepted = {"access": access(), "case_no": "1", "item": far, "received_on": MORNING.date()}
    async with town.running() as county:
        case = str(new_id())
        await county.announces("intake", case, intake.CaseAccepted(**accepted, accepted_on=MORNING.date()))
        [clock] = await county.clocks(case_id=case)
    end = datetime.fromisoformat(clock["due_at"])
    assert (end - MORNING).days == 152
    async with town.with_a_worker() as worker:
        for month in range(3, 8):
            worker.clock.set(datetime(2026, month, 31 if month % 2 else 30, tzinfo=TZ))
            await worker.run_timer(RECOUNTS)
            await worker.run_timer()
            assert signals_of(await worker.outbox_events(), ClockRed) == []
        worker.clock.set(end + datetime.resolution)
        await worker.run_timer()
        assert [subject for subject, _ in signals_of(await worker.outbox_events(), ClockRed)] == [case]
