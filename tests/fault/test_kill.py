"""A 201 means stored and delivered: with the process killed at named points and at random, nothing is lost,
doubled or out of order, as `bianmin reconcile` finds. With `scripts/test --long` more than 2,000 cases in all."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bianmin.kit.db import Database, run
from tests.brokers import delete_topics
from tests.fault.crashing_process import POINTS
from tests.fault.crashing_server import (
    CrashingServer,
    check_every_answered_case_is_stored,
    reconcile,
    register_many,
    start_with_county,
    wait_for_events,
)
from tests.rounds import rounds

CASES = rounds(120, 320)
"""Cases of one run; there is a run for each point."""
KILLS = 12
"""At most: on a busy machine the time between two kills may be too short for a single case."""


@pytest.mark.parametrize("point", POINTS)
async def test_d9_nothing_is_lost_doubled_or_out_of_order_when_killed(server: CrashingServer, point: str) -> None:
    someone = await start_with_county(server)
    for count in (1, 3):
        server.kill()
        crashes = server.crashes
        server.start(point, str(count))
        await server.ready()
        await register_many(server, someone, CASES // 2)
        async with asyncio.timeout(60):
            while server.alive() and server.crashes == crashes:
                await register_many(server, someone, 8)  # until it crashes at its point
        await server.ready()
        assert server.crashes > crashes
    await wait_for_events(server)
    await check_every_answered_case_is_stored(server, someone)
    reconcile(server, expect=0)


async def test_nothing_is_lost_doubled_or_out_of_order_when_killed_at_random(server: CrashingServer) -> None:
    await check_random_kills(server, rounds(400, 800))


@pytest.mark.kafka
async def test_nothing_is_lost_doubled_or_out_of_order_over_kafka(server: CrashingServer) -> None:
    server.kafka = os.environ.get("BIANMIN_TEST_KAFKA")
    if server.kafka is None:
        pytest.skip("BIANMIN_TEST_KAFKA names no broker")
    await delete_topics(server.kafka)
    await check_random_kills(server, rounds(300, 600))


async def check_random_kills(server: CrashingServer, cases: int) -> None:
    someone = await start_with_county(server)
    chance = random.Random(20261123)
    work = asyncio.create_task(register_many(server, someone, cases))
    for _ in range(KILLS):
        await asyncio.wait({work}, timeout=chance.uniform(0.05, 0.7))
        if work.done():
            break
        server.kill()
        await server.ready()
    await work
    await wait_for_events(server)
    assert server.crashes >= 5
    await check_every_answered_case_is_stored(server, someone)
    reconcile(server, expect=0)


async def test_a_planted_loss_is_found(server: CrashingServer) -> None:
    someone = await start_with_county(server)
    await register_many(server, someone, 5)
    await wait_for_events(server)
    server.kill()
    reconcile(server, expect=0)
    case = next(iter(server.answered))
    reporting, log = (Database(server.url, schema) for schema in ("reporting", "log"))
    async with reporting.transaction() as tx:
        await run(tx, "UPDATE inbox SET sequence = 1 WHERE subject = $1 AND source = '/bianmin/intake'", case)
    async with log.transaction() as tx:
        assert await run(tx, "DELETE FROM record WHERE key = $1", case)
    printed = reconcile(server, expect=1)
    assert '"kind": "lost"' in printed
    assert case in printed
    for database in (reporting, log):
        await database.close()


async def test_a_planted_double_is_found(server: CrashingServer) -> None:
    someone = await start_with_county(server)
    await register_many(server, someone, 5)
    await wait_for_events(server)
    server.kill()
    intake = Database(server.url, "intake")
    async with intake.transaction() as tx:
        await run(
            tx,
            "INSERT INTO timeline SELECT case_id, source, sequence + 1000, at, type, actor, org, data FROM timeline "
            "WHERE source <> '/bianmin/intake' LIMIT 1",
        )
    await intake.close()
    assert '"kind": "doubled"' in reconcile(server, expect=1)


def test_reconcile_exits_with_2_when_the_database_cannot_be_read(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BIANMIN_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        "BIANMIN_DATA": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "command.app", "reconcile"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 2
