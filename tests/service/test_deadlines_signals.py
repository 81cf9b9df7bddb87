"""Signals with a moved business clock: each is sent once, by any number of replicas, never early or after the stop."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bianmin.domain.actors import system
from bianmin.events import routing
from bianmin.events.deadlines import ClockRed, ClockStarted, ClockStopped, ClockYellow
from bianmin.events.envelope import Event
from bianmin.kit import outbox
from bianmin.kit.db import rows
from bianmin.kit.decide import Cause
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.handlers.timers import claim_signals
from tests.harness import running_harness
from tests.service.deadlines_county import (
    CENTER,
    COUNTY,
    County,
    access,
    an_acceptance,
    at,
    day,
    number_due,
    running_deadlines,
    set_clock,
)

ALL_THREE = ["ClockReminded", "ClockYellow", "ClockRed"]
MANY = 1200  # more than the 500 that one tick takes


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with running_deadlines(await migrated([SERVICE]), tmp_path) as county:
        yield county


async def signals(county: County, kind: str = "promise") -> list[str]:
    """Return the names of the events about clocks of one kind, in order."""
    events: list[Any] = [event.data for event in await county.announced()]
    names = [type(fact).__name__ for fact in events if fact.kind == kind]
    return [name for name in names if name.startswith("Clock")]


async def of_the_decision(county: County, case: str) -> list[dict[str, Any]]:
    """Return the promised and the statutory clock of a case, without the clocks of orders by yellow cards."""
    return [clock for clock in await county.clocks(case_id=case) if clock["kind"] != "card"]


async def test_the_lamp_turns_yellow_and_red_on_its_own_day_and_once(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    seen = []
    for moment in (
        "2026-03-08T23:59:50",
        "2026-03-09T00:00:01",
        "2026-03-09T23:59:50",
        "2026-03-10T00:00:01",
        "2026-03-20T09:00",
    ):
        await set_clock(county.harness, moment)
        promise, statutory = await of_the_decision(county, case)
        seen.append(promise["lamp"])
        assert statutory["lamp"] == "green"
    assert seen == ["green", "yellow", "yellow", "red", "red"]
    assert await signals(county) == ["ClockStarted", *ALL_THREE]
    assert await signals(county, "statutory") == ["ClockStarted"]


async def test_a_signal_has_its_due_moment_the_moment_of_detection_and_the_org_that_answers(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-12T14:00")
    _, _, reminder, yellow, red, card, order = await county.announced()
    assert (card.type, order.type) == ("cn.bianmin.card.issued.v1", "cn.bianmin.clock.started.v1")
    for event in (reminder, yellow, red):
        assert (event.subject, event.region, event.actor) == (case, CENTER, "system")
        fact: Any = event.data
        assert fact.due_at == at("2026-03-10T00:00")
        assert at("2026-03-12T14:00") <= fact.detected_at < at("2026-03-12T14:05")
        assert (fact.org, fact.dept) == (CENTER, "civil")
    assert [event.sequence for event in await county.announced()] == [1, 2, 3, 4, 5, 6, 7]


async def test_d17_the_lateness_of_signals_is_measured_in_seconds_minutes_and_beyond(county: County) -> None:
    for on in ("2026-03-02", "2026-03-03"):
        await county.a_running_case(on)
    # left to the service's own timer: two timers that find a signal at one moment both count it as late
    for moment in ("2026-03-09T00:05", "2026-03-10T03:00"):  # yellow at midnight; yellow and red at midnight
        county.harness.app.state.clock.set(at(moment))
        async with asyncio.timeout(60):
            while await number_due(county.harness):
                pass
    metrics = (await county.harness.http.get("/metrics")).text
    counted = dict(re.findall(r'timer_lateness_seconds_bucket\{le="([^"]+)",service="deadlines"\} (\S+)', metrics))
    up_to = {name: float(counted[name]) for name in ("1.0", "10.0", "60.0", "600.0", "+Inf")}
    assert up_to == {"1.0": 0, "10.0": 0, "60.0": 0, "600.0": 1, "+Inf": 3}


async def test_timers_run_at_once_when_the_business_clock_is_moved(county: County) -> None:
    await county.a_running_case("2026-03-02")
    admin = county.harness.as_("admin", "52")
    assert (await admin.put("/dev/clock", {"now": "2026-03-12T10:00:00+08:00"})).status_code == 200
    async with asyncio.timeout(30):
        while await signals(county) != ["ClockStarted", *ALL_THREE]:
            pass


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00+14:00", "1949-10-01T15:00:00+08:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_out_of_range_is_not_set(county: County, now: str) -> None:
    admin = county.harness.as_("admin", "52")
    assert (await admin.put("/dev/clock", {"now": now})).status_code == 422
    assert (await admin.put("/dev/clock", {"now": "2026-03-12T10:00:00+08:00"})).status_code == 200
    assert (await county.harness.nobody.put("/dev/clock", {"now": 1})).status_code == 401


async def test_a_decision_that_arrives_after_midnight_counts_on_the_day_it_was_made(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    granted = routing.CaseGranted(access=access(), decided_on=day("2026-03-09"))
    await county.announces("routing", case, granted, time="2026-03-10T00:00:01")
    promise, _ = await of_the_decision(county, case)
    assert (promise["state"], promise["late"], promise["lamp"]) == ("stopped", False, "yellow")


async def test_no_signal_fires_after_the_stop(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-09T10:00")
    await county.grants(case, "2026-03-09T11:00")
    await set_clock(county.harness, "2027-03-09T10:00")
    assert await signals(county) == ["ClockStarted", "ClockReminded", "ClockYellow", "ClockStopped"]
    assert await signals(county, "statutory") == ["ClockStarted", "ClockStopped"]


async def test_a_business_clock_set_back_revokes_no_signal_and_repeats_none(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-12T10:00")
    await set_clock(county.harness, "2026-03-05T10:00")
    await set_clock(county.harness, "2026-03-13T10:00")
    assert await signals(county) == ["ClockStarted", *ALL_THREE]
    promise, _ = await of_the_decision(county, case)
    assert promise["lamp"] == "red"


async def test_a_case_of_a_desk_that_was_offline_signals_from_its_business_date(county: County) -> None:
    await set_clock(county.harness, "2026-03-20T09:00")
    await county.a_running_case("2026-03-02")
    await set_clock(county.harness, "2026-03-20T09:01")
    assert await signals(county) == ["ClockStarted", *ALL_THREE]


async def test_a_complaint_signals_at_the_org_that_handles_it(county: County) -> None:
    await county.lodges("2026-03-02")
    await set_clock(county.harness, "2026-03-18T09:00")
    found = await signals(county, "complaint")
    # the window in which it could be returned closes without a word
    assert found == ["ClockStarted", "ClockStarted", "ClockStopped", *ALL_THREE]
    assert {event.region for event in await county.announced()} == {COUNTY}


async def test_d1_d4_a_thousand_due_clocks_are_signalled_once_each_by_three_replicas(
    migrated: Callable[..., Awaitable[str]], tmp_path: Path
) -> None:
    url = await migrated([SERVICE])
    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(running_harness(url, [SERVICE], tmp_path)) for _ in range(3)]
        for replica in replicas:
            replica.app.state.clock.set(at("2026-03-02T09:00"))
        county = County(replicas[0])
        days = [f"2026-03-{2 + n % 3:02}" for n in range(MANY)]
        await county.announce_all("intake", [(str(new_id()), an_acceptance(on)) for on in days])
        await asyncio.gather(*(set_clock(replica, "2026-03-30T12:00") for replica in replicas))
        events = await county.announced()
    started = [event.data for event in events if isinstance(event.data, ClockStarted) and event.data.kind != "card"]
    due = {clock.clock_id: clock.due_at for clock in started}
    assert len(due) == 2 * MANY
    late = {clock for clock, at_ in due.items() if at_ < at("2026-03-30T12:00")}
    assert len(late) == MANY
    assert Counter(clock_of(event) for event in events if isinstance(event.data, ClockRed)) == dict.fromkeys(late, 1)
    assert set(Counter(clock_of(event) for event in events if isinstance(event.data, ClockYellow)).values()) == {1}
    by_subject: dict[str, list[int]] = {}
    for event in events:
        by_subject.setdefault(event.subject, []).append(event.sequence)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_subject.values())


def clock_of(event: Event) -> Any:
    data: Any = event.data
    return data.clock_id


async def test_d18_a_timer_takes_the_oldest_first(county: County) -> None:
    days = ["2026-03-04", "2026-03-02", "2026-03-03"]
    await county.announce_all("intake", [(str(new_id()), an_acceptance(on)) for on in days])
    async with county.harness.runtime("deadlines").database.transaction() as tx:
        claimed = await claim_signals(tx, at("2026-03-20T00:00"), 2)
        theirs = [(await rows(tx, "SELECT started_on FROM clock WHERE id = $1", one.clock_id))[0][0] for one in claimed]
    assert [str(started_on) for started_on in theirs] == ["2026-03-02", "2026-03-03"]
    assert {one.by.actor.org for one in claimed} == {CENTER}


async def test_d6_a_decision_that_waits_for_a_signal_is_made_on_the_state_after_it(county: County) -> None:
    """And a timer passes over what a decision holds."""
    case = await county.a_running_case("2026-03-02")
    runtime = county.harness.runtime("deadlines")
    now = at("2026-03-12T10:00")
    async with runtime.database.transaction() as first:
        signalled = await SERVICE.handle(first, await claim_signals(first, now, 10), now)
        decided = asyncio.create_task(county.grants(case, "2026-03-12T11:00"))
        await waiting_for_a_lock(runtime.database)
        async with runtime.database.transaction() as second:
            assert await claim_signals(second, now, 10) == []
        await outbox.append(first, signalled.announced, source="deadlines", at=now)
    await decided
    assert await signals(county) == ["ClockStarted", *ALL_THREE, "ClockStopped"]
    events = [event.sequence for event in await county.announced()]
    assert events == list(range(1, len(events) + 1))
    promise, _ = await of_the_decision(county, case)
    shown = await county.harness.as_("window", CENTER).get(f"/clocks/{promise['id']}")
    assert (promise["state"], promise["lamp"], shown.headers["etag"]) == ("stopped", "red", '"3"')


async def test_c6_no_signal_fires_in_a_pause_not_even_by_a_command_from_before_it(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    now = at("2026-03-12T10:00")
    ordered = [
        FireSignals(UUID(case), UUID(clock["id"]), at("2026-03-10T00:00"), now, Cause(system(CENTER)))
        for clock in await of_the_decision(county, case)
    ]
    await county.announces("routing", case, a_hearing("2026-03-04"))
    async with county.harness.runtime("deadlines").database.transaction() as tx:
        assert (await SERVICE.handle(tx, ordered, now)).announced == []
    await set_clock(county.harness, "2026-04-30T10:00")
    for kind in ("promise", "statutory"):
        assert await signals(county, kind) == ["ClockStarted", "ClockPaused"]
    assert {clock["lamp"] for clock in await of_the_decision(county, case) if clock["kind"] != "procedure"} == {"green"}


def a_hearing(on: str) -> routing.ProcedureStarted:
    return routing.ProcedureStarted(
        access=access(), procedure_id=new_id(), kind="hearing", started_on=day(on), expected_days=5
    )


async def waiting_for_a_lock(database: Any) -> None:
    """Return when a transaction of the service waits for a row."""
    async with asyncio.timeout(30), database.reading() as tx:
        while not await rows(tx, "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"):
            pass


async def test_the_stop_event_says_whether_the_clock_was_late_or_early(county: County) -> None:
    case = await county.a_running_case("2026-03-02")
    await county.grants(case, "2026-03-09T18:00")
    stopped = [event.data for event in await county.announced() if isinstance(event.data, ClockStopped)]
    assert [(fact.kind, fact.lamp, fact.late, fact.early) for fact in stopped] == [
        ("promise", "yellow", False, False),
        ("statutory", "green", False, True),
    ]
    assert {fact.stopped_at for fact in stopped} == {datetime.fromisoformat("2026-03-09T18:00:00+08:00")}
