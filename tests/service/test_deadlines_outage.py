"""Nobody looked at the clocks for an hour; and there is one among them that nobody can read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bianmin.events import intake, routing
from bianmin.events.deadlines import ClockRed, ClockReminded, ClockYellow
from bianmin.events.envelope import Event, parse_event
from bianmin.events.parts import Period
from bianmin.kit import parked
from bianmin.kit.clock import Clock
from bianmin.kit.db import Database, rows, run
from bianmin.kit.ids import new_id
from bianmin.kit.timers import Ticker
from services.deadlines.app import SERVICE
from tests.house import a_house
from tests.service.deadlines_county import County, access, an_item, at, day

SIGNALS = SERVICE.timers[0]
BEFORE, AFTER = at("2026-03-03T09:00"), at("2026-03-03T10:00")


@dataclass
class Town:
    """A county of which the service can be stopped, and started an hour later."""

    url: str
    data: Path
    now: datetime = BEFORE

    @asynccontextmanager
    async def running(self) -> AsyncIterator[County]:
        """All of it, before there is any clock: it begins with the time of the machine."""
        async with a_house(self.url, [SERVICE], self.data) as house:
            house.app.state.clock.set(self.now)
            yield County(house)

    @asynccontextmanager
    async def with_a_worker(self, size: int = 500) -> AsyncIterator[tuple[Ticker, Database]]:
        """Timers alone: what they tell stays in the outbox, in the order in which they told it."""
        database, clock = Database(self.url, SERVICE.name), Clock()
        clock.set(self.now)
        yield (
            Ticker(SERVICE.name, database, SERVICE.handle, SERVICE.timers, clock, announced=lambda: None, size=size),
            database,
        )
        await database.close()


@pytest.fixture
async def town(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> Town:
    return Town(await migrated([SERVICE]), tmp_path)


async def a_case_due_at(county: County, clock: str) -> str:
    """Promised in ten hours, which are over then."""
    case, begun = str(new_id()), f"2026-03-02T{(int(clock[:2]) + 14) % 24:02}{clock[2:]}"
    item = an_item().model_copy(update={"promise": Period(value=10, unit="hour")})
    told = intake.CaseAccepted(
        access=access(), case_no="1", item=item, received_on=day(begun[:10]), accepted_on=day(begun[:10])
    )
    await county.tells("intake", case, told, time=begun)
    return case


async def all_told(county: County) -> None:
    """Return when there is nothing left to tell by now: the reminders of these cases lie before it."""
    room = county.house.room("deadlines")
    async with asyncio.timeout(30):
        while True:
            async with room.database.reading() as tx:
                query = "SELECT count(*) FROM clock WHERE next_fire_at <= $1"
                if (await rows(tx, query, room.clock.now()))[0][0] == 0:
                    return
            await asyncio.sleep(0.02)


async def it_looks(worker: Ticker) -> None:
    while await worker.tick(SIGNALS):
        pass


async def told(database: Database) -> list[Event]:
    """What waits to be published, in its order."""
    async with database.reading() as tx:
        return [parse_event(payload) for (payload,) in await rows(tx, "SELECT payload FROM outbox ORDER BY id")]


def of_signals(events: list[Event], *kinds: type) -> list[tuple[str, Any]]:
    wanted = kinds or (ClockReminded, ClockYellow, ClockRed)
    return [(event.subject, event.data) for event in events if isinstance(event.data, wanted)]


async def test_after_an_hour_of_nobody_what_is_due_fires_once_the_oldest_first_and_what_stands_still_does_not(
    town: Town,
) -> None:
    async with town.running() as county:
        late = {clock: await a_case_due_at(county, clock) for clock in ("09:50", "09:10", "09:30", "09:20")}
        still, early = await a_case_due_at(county, "09:15"), await a_case_due_at(county, "11:30")
        procedure = routing.ProcedureStarted(
            access=access(), procedure_id=new_id(), kind="hearing", started_on=day("2026-03-03"), expected_days=5
        )
        await county.tells("routing", still, procedure, time="2026-03-03T08:50")
        await all_told(county)
        known = of_signals(await county.announced())
    town.now = AFTER
    async with town.with_a_worker(size=2) as (worker, database):
        await it_looks(worker)
        found = of_signals(await told(database))
        await it_looks(worker)
        assert of_signals(await told(database)) == found
    reds = [(subject, fact) for subject, fact in found if isinstance(fact, ClockRed)]
    assert [subject for subject, _ in reds] == [late[clock] for clock in sorted(late)]
    for clock, (_, fact) in zip(sorted(late), reds, strict=True):
        assert fact.due_at == at(f"2026-03-03T{clock}")
        assert fact.due_at < AFTER <= fact.detected_at
    everything = known + found
    assert len(everything) == len({(fact.clock_id, fact.cycle, type(fact)) for _, fact in everything})
    assert {early, still}.isdisjoint(subject for subject, _ in found)


@pytest.mark.parametrize(
    ("spoiling", "mending"),
    [
        # nobody knows what that is
        (
            "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1 AND unit = 'hour'",
            "UPDATE clock SET unit = 'hour' WHERE subject_id = $1 AND unit = 'fortnight'",
        ),
        # nobody knows whose it is
        (
            "UPDATE subject SET reach = reach - 'accepting_org' WHERE id = $1",
            "UPDATE subject SET reach = jsonb_set(reach, '{accepting_org}', '\"520111101\"') WHERE id = $1",
        ),
        # no event can tell of it
        (
            "UPDATE clock SET kind = 'vow' WHERE subject_id = $1 AND unit = 'hour'",
            "UPDATE clock SET kind = 'promise' WHERE subject_id = $1 AND kind = 'vow'",
        ),
    ],
    ids=["unit", "reach", "kind"],
)
async def test_a_clock_that_nobody_can_read_stops_nobody_else_and_is_set_aside_for_a_person(
    town: Town, spoiling: str, mending: str
) -> None:
    async with town.running() as county:
        bad, *good = [await a_case_due_at(county, f"09:{minute}") for minute in range(10, 20)]
        await all_told(county)
        async with county.house.room("deadlines").database.transaction() as tx:
            await run(tx, spoiling, bad)
    town.now = AFTER
    async with town.with_a_worker() as (worker, database):
        await it_looks(worker)
        assert [subject for subject, _ in of_signals(await told(database), ClockRed)] == good
        [held] = await parked.listed(database)
        assert (held.source, held.subject, held.state) == ("timer:signals", bad, "parked")
        assert held.reason in ("ValueError", "TypeError", "ValidationError")
        await it_looks(worker)
        assert [one.attempts for one in await parked.listed(database)] == [held.attempts], "left alone for a minute"
        async with database.transaction() as tx:  # somebody mends it
            await run(tx, mending, bad)
        await parked.replay(database, [held.id])
        await it_looks(worker)
        assert [subject for subject, _ in of_signals(await told(database), ClockRed)] == [*good, bad]
        assert await parked.listed(database) == []
