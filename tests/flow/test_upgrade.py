"""A database of an older program, with cases and events under way, opens with this one; a newer one is refused.

`tests/data/database_of_release_0_1.sql.gz` was dumped from the program of release 0.1: cases in every stage, a special
procedure, an anonymous complaint; events in the log that deadlines, routing and reporting had not taken in, events in
intake's outbox that were not published, and a parked timer command among the held events.
`tests/data/database_of_first_program.sql.gz` was dumped from a program before that, which timed nothing before the
acceptance: cases registered, registered long ago, given notice, withdrawn, accepted, closed.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bianmin.events.registry import SERVICES as ALL_SERVICES
from bianmin.events.registry import topic_of
from bianmin.kit import migrations, parked
from bianmin.kit.db import Database, rows, run
from bianmin.kit.log import Record
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.postgres import log_database
from bianmin.kit.reconcile import reconcile
from bianmin.kit.time_source import TZ
from command.deployment import SERVICES
from tests.brokers import noida_kafka
from tests.county import CENTER, COUNTY, STATION, a_registration
from tests.harness import Harness, migrate, running_harness, settled

DATA = Path(__file__).parents[1] / "data"
RELEASE_0_1, FIRST_PROGRAM = "database_of_release_0_1.sql.gz", "database_of_first_program.sql.gz"
KEYS = {
    "data_key": "an-old-data-key-of-thirty-two-bytes!!",
    "jwt_secret": "an-old-jwt-secret-of-thirty-two-bytes",
}
NOON = datetime(2026, 12, 1, 12, tzinfo=TZ)
CLOSED = "01a22f04-f541-7465-aafd-6907e5c1106d"
RUNNING = "01a22f04-f585-701f-a1a3-4ac73401395c"
NOTICED = "01a22f04-f82d-7723-9898-b9f8e38c39c6"
REGISTERED = "01a22f04-f850-77fc-9540-f69a2be85102"
LOGGED = "01a22f05-00d0-77b0-938a-2e5ad5dfaf1c"
WAITING = "01a22f05-0610-73e7-92b6-d6e81f9a59dc"
FOLLOW_CODE = "P2RXQTFPSGNFPVYJU6"


async def ok(awaited: Awaitable[Any], status: int = 200) -> Any:
    answer = await awaited
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def old_database(new_database: Callable[..., Awaitable[str]]) -> str:
    """The database as the program of release 0.1 left it."""
    return await restored(await new_database(), RELEASE_0_1)


async def restored(url: str, dump: str) -> str:
    """Fill an empty database with a dump; return its URL."""
    script = gzip.decompress((DATA / dump).read_bytes()).decode()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        # lines with a backslash are for psql
        await connection.execute("\n".join(line for line in script.splitlines() if not line.startswith("\\")))
    finally:
        await connection.close()
    return url


@pytest.fixture(params=["postgres", "kafka"])
async def upgraded(request: pytest.FixtureRequest, old_database: str, tmp_path: Path) -> AsyncIterator[Harness]:
    """The services of this program on the old database, over both logs, at noon of the day it was left."""
    async with opened(old_database, request.param, tmp_path) as harness:
        yield harness


@asynccontextmanager
async def opened(url: str, kind_of_log: str, directory: Path) -> AsyncIterator[Harness]:
    """Migrate an old database and run the services on it, at noon of the day it was left."""
    async with AsyncExitStack() as stack:
        log = None
        if kind_of_log == "kafka":
            log = KafkaLog(stack.enter_context(noida_kafka(directory / "kafka")))
            stack.push_async_callback(log.close)
            await _publish_old_records(url, log)
        await migrate(url, SERVICES)
        harness = await stack.enter_async_context(running_harness(url, SERVICES, directory, event_log=log, **KEYS))
        harness.app.state.clock.set(NOON)
        yield harness


async def _publish_old_records(url: str, log: KafkaLog) -> None:
    """Put into Kafka what the old program had published there."""
    await log.ensure([topic_of(name) for name in ALL_SERVICES], 3)
    database = log_database(url)
    async with database.reading() as tx:
        found = await rows(
            tx,
            'SELECT topic, key, value FROM record JOIN partition ON id = partition_id ORDER BY partition_id, "offset"',
        )
    await database.close()
    producer = await log.producer("release 0.1")
    await producer.append([Record(topic, key, value) for topic, key, value in found])
    await producer.close()


async def test_what_was_under_way_goes_on_after_the_upgrade(upgraded: Harness) -> None:
    runtimes = [upgraded.runtime(service.name) for service in SERVICES]
    await settled(runtimes)
    window, center = upgraded.as_("window", STATION), upgraded.as_("window", CENTER)
    clerk = upgraded.as_("department", CENTER, "civil")

    cases = {id: await ok(center.get(f"/cases/{id}")) for id in (CLOSED, RUNNING, NOTICED, REGISTERED, LOGGED, WAITING)}
    assert [case["status"] for case in cases.values()] == [
        "closed",
        "paused",
        "supplement_requested",
        "registered",
        "accepted",
        "accepted",
    ]
    assert {clock["kind"] for clock in cases[LOGGED]["clocks"]} == {"completeness", "promise", "statutory"}

    for case_id in (LOGGED, WAITING):
        route = await ok(center.get(f"/cases/{case_id}/route"))
        task = f"/tasks/{route['steps'][0]['id']}"
        await ok(clerk.post(f"{task}/receive"))
        await ok(clerk.post(f"{task}/complete", {"opinion": "grant"}))
        await ok(window.post(f"/cases/{case_id}/deliver", {"method": "in_person", "signed_by": "张小三"}))
    await ok(window.post(f"/cases/{NOTICED}/materials", {"materials": [{"no": 1, "form": "original"}]}))
    await ok(center.post(f"/cases/{NOTICED}/accept"))
    procedures = (await ok(center.get(f"/cases/{RUNNING}")))["procedures"]
    await ok(clerk.post(f"/cases/{RUNNING}/procedures/{procedures[0]['id']}/end"))
    fresh = await ok(window.post("/cases", a_registration()), 201)
    await settled(runtimes)

    statuses = {id: (await ok(center.get(f"/cases/{id}")))["status"] for id in (LOGGED, WAITING, NOTICED, RUNNING)}
    assert statuses == {LOGGED: "closed", WAITING: "closed", NOTICED: "accepted", RUNNING: "in_progress"}
    assert (await ok(upgraded.nobody.get("/complaints/follow", code=FOLLOW_CODE)))["status"] == "lodged"
    day, month = "2026-12-01", "2026-12-31"
    figures = await ok(upgraded.as_("supervisor", COUNTY).get("/reports/performance", **{"from": day, "to": month}))
    assert (figures["items"][0]["accepted"], figures["items"][0]["closed"]) == (5, 3)
    assert fresh["case_no"].split("-")[0] == STATION


async def test_nothing_is_lost_or_doubled_by_the_upgrade(upgraded: Harness) -> None:
    runtimes = {service.name: upgraded.runtime(service.name) for service in SERVICES}
    await settled(list(runtimes.values()))
    report = await reconcile(SERVICES, {name: each.database for name, each in runtimes.items()}, upgraded.log)
    assert report.differences == []


FIRST = {
    "registered": "01a22fc6-9716-73ae-8163-bcb39fc66975",
    "overdue": "01a22fc6-9781-7373-af8f-0a74ee6f3beb",
    "noticed": "01a22fc6-97cc-75ce-b3c0-465b0ebad2cc",
    "withdrawn": "01a22fc6-9860-768c-b216-aa1a71a8b0e9",
    "accepted": "01a22fc6-992d-7188-b266-40623d33cd5e",
    "closed": "01a22fc6-99fc-70c3-beb8-892400fd21f4",
}


@pytest.mark.parametrize("kind_of_log", ["postgres", "kafka"])
async def test_g31_cases_that_an_older_program_did_not_time_get_their_clocks(
    new_database: Callable[..., Awaitable[str]], tmp_path: Path, kind_of_log: str
) -> None:
    url = await restored(await new_database(), FIRST_PROGRAM)
    async with opened(url, kind_of_log, tmp_path) as harness:
        runtimes = [harness.runtime(service.name) for service in SERVICES]
        center, window = harness.as_("window", CENTER), harness.as_("window", STATION)

        async def state_of(name: str) -> tuple[str, list[str]]:
            case = await ok(center.get(f"/cases/{FIRST[name]}"))
            return case["status"], sorted(clock["kind"] for clock in case["clocks"] if clock["kind"] != "card")

        async with asyncio.timeout(60):
            while (await state_of("overdue"))[0] != "accepted" or not (await state_of("noticed"))[1]:
                await asyncio.sleep(0.05)
        await settled(runtimes)
        assert {name: await state_of(name) for name in FIRST} == {
            "registered": ("registered", ["completeness"]),
            "overdue": ("accepted", ["completeness", "promise", "statutory"]),
            "noticed": ("supplement_requested", ["completeness"]),
            "withdrawn": ("withdrawn", []),
            "accepted": ("accepted", ["promise"]),
            "closed": ("closed", ["promise"]),
        }
        registered, overdue = [await ok(center.get(f"/cases/{FIRST[name]}")) for name in ("registered", "overdue")]
        assert (registered["lamp"], registered["clocks"][0]["due_on"]) == ("green", "2026-12-08")
        assert (overdue["lamp"], overdue["deemed"], overdue["accepted_on"]) == ("red", True, overdue["received_on"])
        await ok(window.post(f"/cases/{FIRST['noticed']}/materials", {"materials": [{"no": 1, "form": "original"}]}))
        await ok(center.post(f"/cases/{FIRST['noticed']}/accept"))
        await settled(runtimes)
        assert (await state_of("noticed"))[1] == ["completeness", "completeness", "promise", "statutory"]
        assert await parked.listed(harness.runtime("deadlines").database) == []
        databases = {each.service.name: each.database for each in runtimes}
        assert (await reconcile(SERVICES, databases, harness.log)).differences == []


async def test_a_timer_command_parked_by_the_old_program_moves_to_its_own_table(old_database: str) -> None:
    await migrate(old_database, SERVICES)
    database = Database(old_database, "deadlines")
    try:
        [entry] = await parked.listed(database)
        assert (entry.source, entry.subject, entry.reason) == ("timer:signals", REGISTERED, "ValueError")
        async with database.reading() as tx:
            assert await rows(tx, "SELECT FROM held WHERE source LIKE 'timer:%'") == []
    finally:
        await database.close()


async def test_a_database_newer_than_the_program_is_refused_in_one_line(old_database: str) -> None:
    await migrate(old_database, SERVICES)
    database = Database(old_database, "intake")
    try:
        async with database.transaction() as tx:
            await run(tx, "UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(migrations.NewerThanProgram):
            await migrations.upgrade(SERVICES[0], database)
        with pytest.raises(migrations.NewerThanProgram):
            await migrations.pending(SERVICES[0], database)
    finally:
        await database.close()


async def test_g20_g10_staff_and_agents_of_old_rows_are_announced_by_the_upgrade(
    old_database: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(old_database.replace("+asyncpg", ""))
    await connection.execute("UPDATE intake.cases SET agent_id = 'agent-7' WHERE id = $1", UUID(RUNNING))
    await connection.execute(
        "INSERT INTO routing.staff (id, org, dept, name, roles, version) VALUES ($1, $2, NULL, '张三', $3, 1)",
        "inv-7",
        COUNTY,
        ["investigator"],
    )
    await connection.close()
    await migrate(old_database, SERVICES)
    async with running_harness(old_database, SERVICES, tmp_path, event_log=None, **KEYS) as harness:
        runtimes = {service.name: harness.runtime(service.name) for service in SERVICES}
        await settled(list(runtimes.values()))
        async with runtimes["complaints"].database.reading() as tx:
            assert await rows(tx, "SELECT case_id::text FROM party WHERE staff = 'agent-7'") == [(RUNNING,)]
            assert await rows(tx, "SELECT org, roles FROM staff WHERE id = 'inv-7'") == [(COUNTY, ["investigator"])]
        report = await reconcile(SERVICES, {name: each.database for name, each in runtimes.items()}, harness.log)
        assert report.differences == []
