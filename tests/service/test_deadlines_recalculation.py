"""Running clocks after a calendar was published: recalculated once, whole, and beside other work."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bianmin.events import complaints, routing
from bianmin.events.deadlines import ClockRescheduled
from bianmin.kit import parked
from bianmin.kit.db import Database, rows, run
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.clocks.counting import count_ends
from services.deadlines.store import rulebook, subjects
from tests.harness import Client, Harness
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    FESTIVAL,
    OTHER_STATION,
    RECOUNTS,
    County,
    a_year,
    access,
    an_acceptance,
    at,
    recount_all,
    running_deadlines,
)


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    orgs = ((COUNTY, "county"), ("520112", "county"))
    async with running_deadlines(await migrated([SERVICE]), tmp_path, *orgs) as county:
        yield county


@pytest.fixture
def admin(county: County) -> Client:
    return county.harness.as_("admin", "52")


NEXT = {"date": "2031-01-01", "kind": "off", "name": "元旦"}


async def test_b12_a_clock_that_cannot_be_calculated_waits_for_the_year_to_be_published(
    county: County, admin: Client
) -> None:
    county.harness.app.state.clock.set(at("2030-12-20T09:00"))
    case = await county.a_running_case("2030-12-20")
    await county.grants(case, "2030-12-23T10:00")
    assert await county.clocks(case_id=case) == []
    database = county.harness.runtime("deadlines").database
    assert await still(database) == ("parked", "YearMissing", 0)
    assert 'parked_events{service="deadlines"} 1.0' in (await county.harness.http.get("/metrics")).text
    # what does not help is tried, and waits again
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    async with asyncio.timeout(30):
        while (await still(database)) != ("parked", "YearMissing", 1):
            await asyncio.sleep(0.02)
    assert (await admin.put("/calendars/CN/years/2031", a_year(NEXT))).status_code == 201
    async with asyncio.timeout(30):
        while await parked.listed(database, behind=True):
            await asyncio.sleep(0.02)
    clocks = await county.clocks(case_id=case)
    assert [clock["due_on"] for clock in clocks] == ["2030-12-27", "2031-01-20"]


async def test_b12_a_parked_recount_succeeds_when_the_year_is_published(county: County, admin: Client) -> None:
    """A longer period of the hotline reaches into a year that nobody knows: it keeps its date until somebody does."""
    county.harness.app.state.clock.set(at("2030-12-06T09:00"))
    event = complaints.ComplaintLodged(
        handler_org=COUNTY,
        accused_org=CENTER,
        complaint_no="TS1",
        kind="complaint",
        channel="hotline",
        anonymous=True,
        lodged_on=date(2030, 12, 6),
    )
    await county.announces("complaints", complaint := str(new_id()), event)
    policy = {"kind": "hotline", "unit": "workday", "budget": 30}
    assert (await admin.put(f"/policies/{COUNTY}", {"policies": [policy]})).status_code == 201
    runtime = county.harness.runtime("deadlines")
    async with asyncio.timeout(30):
        while not (listed := await parked.listed(runtime.database)):
            await runtime.ticker.tick(RECOUNTS)
    [held] = listed
    assert (held.source, held.subject, held.reason) == ("timer:recounts", complaint, "YearMissing")
    assert await due_of_the_hotline(county, complaint) == "2030-12-13"
    assert (await admin.put("/calendars/CN/years/2031", a_year(NEXT))).status_code == 201
    await recount_all(county.harness)
    assert await due_of_the_hotline(county, complaint) == "2031-01-20"
    assert await parked.listed(runtime.database) == []


async def still(database: Database) -> tuple[str, str, int]:
    """What has become of the event that is first in its chain."""
    [held] = [each for each in await parked.listed(database) if each.state != "waiting"]
    return held.state, held.reason, held.attempts


async def due_of_the_hotline(county: County, complaint: str) -> str:
    found = await county.clocks(case_id=complaint, kind="hotline")
    [clock] = [each for each in found if each["stage"] != "return"]
    due_on: str = clock["due_on"]
    return due_on


async def test_a_clock_in_time_is_not_late_by_a_new_calendar_alone(county: County, admin: Client) -> None:
    """A day of rest becomes a day of work, and the last day of the period lies in the past: there is a day of grace."""
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    case = await county.a_running_case("2026-03-02")
    county.harness.app.state.clock.set(at("2026-03-10T09:00"))
    year = await admin.get(f"/calendars/{COUNTY}/years/2026")
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(), etag=year.headers["etag"])).status_code == 200
    await recount_all(county.harness)
    promise, statutory = await county.clocks(case_id=case)
    assert (promise["due_on"], promise["lamp"], statutory["due_on"]) == ("2026-03-10", "yellow", "2026-03-30")


async def test_d13_a_revision_moves_exactly_the_clocks_that_a_full_recalculation_would_move(
    county: County, admin: Client
) -> None:
    chance = random.Random(2020)
    starts = [date(2026, 1, 1) + timedelta(days=chance.randrange(200)) for _ in range(300)]
    orgs = [chance.choice(("520111101201", OTHER_STATION, "520112101201")) for _ in starts]
    county.harness.app.state.clock.set(at("2026-01-01T09:00"))
    cases = [str(new_id()) for _ in starts]
    acceptances = [an_acceptance(str(start), org) for start, org in zip(starts, orgs, strict=True)]
    await county.announce_all("intake", list(zip(cases, acceptances, strict=True)))
    for case in cases[::3]:
        await county.grants(case, "2026-08-01T10:00")
    still = {case: starts[n] + timedelta(days=1) for n, case in enumerate(cases) if n % 6 == 1}
    procedures = {case: {"access": access(), "procedure_id": new_id(), "kind": "hearing"} for case in still}
    begun = [routing.ProcedureStarted(**procedures[case], started_on=on, expected_days=9) for case, on in still.items()]
    await county.announce_all("routing", list(zip(still, begun, strict=True)))
    # as in January 2020: three days more off, two make-up days taken back
    revised = {day["date"]: day for day in (await admin.get("/calendars/CN/years/2026")).json()["days"]}
    for text in ("2026-02-24", "2026-02-25", "2026-05-06"):
        revised[text] = {"date": text, "kind": "off", "name": "延长"}
    for text in ("2026-02-28", "2026-05-09"):
        del revised[text]
    year = await admin.get("/calendars/CN/years/2026")
    before = await all_clocks(county.harness)
    body = {**year.json(), "days": list(revised.values()), "source": "延长春节假期的通知"}
    assert (await admin.put("/calendars/CN/years/2026", body, etag=year.headers["etag"])).status_code == 200
    await recount_all(county.harness)
    after = await all_clocks(county.harness)
    named = tuple(NamedDay(date.fromisoformat(d["date"]), DayKind(d["kind"]), d["name"]) for d in revised.values())
    changed = CalendarYear("CN", 2026, YearStatus.OFFICIAL, "延长春节假期的通知", named)
    calendars = Calendars(shipped()).with_year(changed)
    expected = {clock.id: clock.end for subject in before.values() for clock in count_ends(calendars, subject.clocks)}
    was = {clock.id: clock for subject in before.values() for clock in subject.clocks}
    now = {clock.id: clock for subject in after.values() for clock in subject.clocks}
    assert {id: clock.end for id, clock in now.items()} == expected
    unmoved = {id for id, clock in was.items() if clock.end == expected[id] and clock.yellow_at == now[id].yellow_at}
    assert 50 < len(unmoved) < len(was) - 50
    assert all(now[id].version == was[id].version for id in unmoved if now[id].reminder_at == was[id].reminder_at)
    moves = [event.data for event in await county.announced() if isinstance(event.data, ClockRescheduled)]
    assert sorted(str(one.clock_id) for one in moves) == sorted(
        str(id) for id, clock in was.items() if clock.end != expected[id]
    )
    # what stood still has no end to move: it gets the one it would have anyway when it goes on
    assert sum(clock.end is None for clock in now.values()) > 50
    later = [on + timedelta(days=6) for on in still.values()]
    ended = [
        routing.ProcedureEnded(**procedures[case], started_on=on, ended_on=end)
        for (case, on), end in zip(still.items(), later, strict=True)
    ]
    await county.announce_all("routing", list(zip(still, ended, strict=True)))
    gone_on = await all_clocks(county.harness)
    clocks = [clock for subject in gone_on.values() for clock in subject.clocks]
    counted = [clock for subject in gone_on.values() for clock in count_ends(calendars, subject.clocks)]
    assert [clock.end for clock in clocks] == [clock.end for clock in counted]
    assert all(clock.end is not None for clock in clocks)


async def all_clocks(harness: Harness) -> dict[Any, Any]:
    async with harness.runtime("deadlines").database.reading() as tx:
        ids = [row[0] for row in await rows(tx, "SELECT id FROM subject")]
        return await subjects.load(tx, ids, locked=False)


async def test_a_subject_that_cannot_be_recalculated_stays_on_the_list_until_it_is_repaired(
    county: County, admin: Client
) -> None:
    bad, good = [await county.a_running_case("2026-03-02") for _ in range(2)]
    runtime = county.harness.runtime("deadlines")
    async with runtime.database.transaction() as tx:
        await run(tx, "UPDATE clock SET unit = 'fortnight' WHERE subject_id = $1 AND kind = 'promise'", bad)
    assert (await admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL))).status_code == 201
    async with asyncio.timeout(30):
        while (recount := await the_latest(admin))["left"] != 1:
            await runtime.ticker.tick(RECOUNTS)
    assert (recount["state"], recount["total"]) == ("running", 2)
    assert [clock["due_on"] for clock in await county.clocks(case_id=good)] == ["2026-03-10", "2026-03-31"]
    [held] = await parked.listed(runtime.database)
    assert (held.source, held.subject, held.state) == ("timer:recounts", bad, "parked")
    await runtime.ticker.tick(RECOUNTS)
    assert [one.attempts for one in await parked.listed(runtime.database)] == [held.attempts], "left alone for a minute"
    async with runtime.database.transaction() as tx:
        await run(tx, "UPDATE clock SET unit = 'workday' WHERE subject_id = $1 AND kind = 'promise'", bad)
    await parked.replay(runtime.database, [held.id])
    await recount_all(county.harness)
    assert [clock["due_on"] for clock in await county.clocks(case_id=bad)] == ["2026-03-10", "2026-03-31"]
    assert (await the_latest(admin))["state"] == "done"


async def the_latest(admin: Client) -> dict[str, Any]:
    """How far the latest recount has come."""
    found: dict[str, Any] = (await admin.get("/calendars/recounts")).json()["items"][0]
    return found


async def test_a_batch_behind_a_publisher_waits_and_calculates_by_the_new_calendar(
    county: County, admin: Client
) -> None:
    """However many count at the same time: a publisher that waits for them is the next."""
    database = county.harness.runtime("deadlines").database
    async with database.transaction() as before, database.transaction() as after:
        await rulebook.in_force(before, locked=True)
        published = asyncio.create_task(admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL)))
        await waiting_for_locks(database, 1)
        asked = asyncio.create_task(rulebook.in_force(after, locked=True))
        await waiting_for_locks(database, 2)
        await run(before, "COMMIT AND CHAIN")
        assert (await published).status_code == 201
        assert not (await asked).calendar_of(COUNTY).is_workday(date(2026, 3, 5))


async def test_a_publisher_and_a_batch_that_wait_for_each_other_both_finish(county: County, admin: Client) -> None:
    """A timer locks subjects before the rulebook; a publisher that holds the rulebook may wait for a subject."""
    case = UUID(await county.a_running_case("2026-03-02"))
    database = county.harness.runtime("deadlines").database
    async with database.transaction() as counting:
        await rulebook.in_force(counting, locked=True)
        async with database.transaction() as timer:
            await subjects.load(timer, [case])
            published = asyncio.create_task(admin.put(f"/calendars/{COUNTY}/years/2026", a_year(*FESTIVAL)))
            await waiting_for_locks(database, 1)
            wanted = asyncio.create_task(subjects.load(counting, [case]))
            await waiting_for_locks(database, 2)
            assert (await rulebook.in_force(timer, locked=True)).calendar_of(COUNTY).is_workday(date(2026, 3, 5))
        assert case in await wanted
    assert (await published).status_code == 201


async def waiting_for_locks(database: Database, number: int) -> None:
    """Return when so many transactions wait for somebody."""
    query = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(30), database.reading() as tx:
        while (await rows(tx, query))[0][0] != number:
            pass
