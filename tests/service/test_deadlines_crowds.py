"""When much is due at once: what a look costs, who takes what, and that nobody else has to wait."""

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
from tests.service.deadlines_town import Town, Worker, of_signals

MORNING = at("2026-03-02T09:00")


@pytest.fixture
async def town(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> Town:
    return Town(await migrated([SERVICE]), tmp_path, MORNING)


async def many(county: County, number: int, on: str) -> list[str]:
    """Cases accepted on one day: promised for the fifth working day after it."""
    cases = [str(new_id()) for _ in range(number)]
    await county.tell_all("intake", [(case, an_acceptance(on)) for case in cases])
    return cases


async def test_d3_a_look_costs_the_same_however_much_is_due_and_however_much_was_due_before(town: Town) -> None:
    async with town.running() as county:
        for _ in range(20):
            await county.lodges("2026-02-10")  # overdue for weeks, and told already
        await many(county, 1, "2026-03-02")  # yellow with the 9th, red with the 10th
        await many(county, 20, "2026-03-04")  # two days later
    async with town.with_a_worker() as worker:

        async def statements_of_a_look(moment: str) -> int:
            worker.clock.set(at(moment))
            with statements(worker.database) as sent:
                assert not await worker.ticker.tick(SIGNALS)
            return len(sent)

        await worker.looks()
        one_yellow, nothing, one_red, many_yellow, many_red = [
            await statements_of_a_look(f"2026-03-{moment}:01")
            for moment in ("09T00:00", "09T00:01", "10T00:00", "11T00:00", "12T00:00")
        ]
        told = of_signals(await worker.told())
    assert nothing == 1
    assert one_yellow == many_yellow
    assert one_red == many_red
    assert len([fact for _, fact in told if isinstance(fact, ClockYellow)]) == 21
    assert len([fact for _, fact in told if isinstance(fact, ClockRed)]) == 21


async def a_batch_of(worker: Worker, timer: Timer, tx: Tx, limit: int) -> set[UUID]:
    """What a replica does in one transaction, up to its commit."""
    now = worker.clock.now()
    taken = await timer.claim(tx, now, limit)
    await SERVICE.handle(tx, taken, now)
    return {each.subject_id for each in taken}


@pytest.mark.parametrize("timer", [SIGNALS, RECOUNTS], ids=["09:00 on Monday", "a calendar was published"])
async def test_d14_d15_a_batch_holds_up_nobody_but_its_own_matters(town: Town, timer: Timer) -> None:
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
            # what is done at the desks meanwhile is done; a lock that had to be waited for would be refused
            decided = [a_decision(case) for case in sorted(free)[:5]]
            async with worker.database.transaction() as desk:
                await rows(desk, "SELECT set_config('lock_timeout', '1s', true)")
                done = await SERVICE.handle(desk, decided, worker.clock.now())
            assert len(done.announced) == 2 * len(decided)  # the promise of each, and its statutory clock
        left = [await worker.ticker.tick(timer) for _ in range(3)]
        assert left == [True, timer is RECOUNTS, False], "each batch is a transaction of its own"


def a_decision(case: UUID) -> DecideCase:
    return DecideCase(case, (), at("2026-03-09T10:00"), False, (), Cause(system(CENTER)))


async def test_d16_what_one_replica_has_taken_no_other_takes_again(town: Town) -> None:
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
        await worker.looks()
        assert await worker.told() == [], "nothing was left to tell"


@pytest.mark.parametrize(
    "mishap", ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1 / 0"], ids=["connection lost", "refused"]
)
async def test_d19_d23_what_failed_after_it_was_done_is_not_held_for_ever_and_is_done_once(
    town: Town, mishap: str
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
        with suppress(Exception):  # its connection is gone: the next look has another
            await worker.ticker.tick(SIGNALS)
        assert mishaps == []
        await worker.looks()
        red = [subject for subject, _ in of_signals(await worker.told(), ClockRed)]
        assert sorted(red) == sorted(cases)
        assert await parked.listed(worker.database) == []


async def test_d8_d27_what_happened_at_one_moment_and_is_due_in_one_look_is_told_once_in_its_order(town: Town) -> None:
    """A matter is a row of its own, and what is told of it has numbers of its own: nothing is found by its time."""
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
        await county.tell_all("routing", [(case, turn) for turn in turns])
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
        told = await worker.told()
        assert await parked.listed(worker.database) == []
    running = {clock["id"] for clock in clocks if clock["state"] == "running"}
    assert {(str(fact.clock_id), type(fact).__name__) for _, fact in of_signals(told)} == {
        (id, name) for id in running for name in ("ClockReminded", "ClockYellow", "ClockRed")
    }
    assert len(of_signals(told)) == 3 * len(running)
    assert [event.sequence for event in told] == list(range(len(known) + 1, len(known) + len(told) + 1))


async def test_d21_a_clock_that_ends_in_months_is_there_when_it_ends(town: Town) -> None:
    far = an_item().model_copy(update={"promise": Period(value=3650, unit="hour"), "legal": None})
    accepted = {"access": access(), "case_no": "1", "item": far, "received_on": MORNING.date()}
    async with town.running() as county:
        case = str(new_id())
        await county.tells("intake", case, intake.CaseAccepted(**accepted, accepted_on=MORNING.date()))
        [clock] = await county.clocks(case_id=case)
    end = datetime.fromisoformat(clock["due_at"])
    assert (end - MORNING).days == 152
    async with town.with_a_worker() as worker:
        for month in range(3, 8):
            worker.clock.set(datetime(2026, month, 31 if month % 2 else 30, tzinfo=TZ))
            await worker.looks(RECOUNTS)
            await worker.looks()
            assert of_signals(await worker.told(), ClockRed) == []
        worker.clock.set(end + datetime.resolution)
        await worker.looks()
        assert [subject for subject, _ in of_signals(await worker.told(), ClockRed)] == [case]
