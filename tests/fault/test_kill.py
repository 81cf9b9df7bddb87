"""A 201 means stored and delivered: with the process killed at named points and at random, nothing is lost,
doubled or out of order, as `bianmin reconcile` finds. In all more than 2,000 cases."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bianmin.kit.db import Database, run
from tests.brokers import forget
from tests.fault.child import POINTS
from tests.fault.crashing_server import Mortal, all_answered_are_there, furnish, quiet, reconcile, register_many

CASES = 320
"""A run; six runs make more than 2,000 cases with those of the random kills."""
KILLS = 12
"""At most, at random: on a busy machine a life between two kills may be too short for a single case."""


@pytest.mark.parametrize("point", POINTS)
async def test_d9_nothing_is_lost_doubled_or_out_of_order_when_killed(mortal: Mortal, point: str) -> None:
    someone = await furnish(mortal)
    for count in (1, 3):
        mortal.kill()
        deaths = mortal.deaths
        mortal.start(point, str(count))
        await mortal.ready()
        await register_many(mortal, someone, CASES // 2)
        async with asyncio.timeout(60):
            while mortal.alive() and mortal.deaths == deaths:
                await register_many(mortal, someone, 8)  # until it dies of its fate
        await mortal.ready()
        assert mortal.deaths > deaths
    await quiet(mortal)
    await all_answered_are_there(mortal, someone)
    reconcile(mortal, expect=0)


async def test_nothing_is_lost_doubled_or_out_of_order_when_killed_at_random(mortal: Mortal) -> None:
    await killed_at_random(mortal, 800)


@pytest.mark.kafka
async def test_nor_over_kafka(mortal: Mortal) -> None:
    mortal.kafka = os.environ.get("BIANMIN_TEST_KAFKA")
    if mortal.kafka is None:
        pytest.skip("BIANMIN_TEST_KAFKA names no broker")
    await forget(mortal.kafka)
    await killed_at_random(mortal, 600)


async def killed_at_random(mortal: Mortal, cases: int) -> None:
    someone = await furnish(mortal)
    chance = random.Random(20261123)
    work = asyncio.create_task(register_many(mortal, someone, cases))
    for _ in range(KILLS):
        await asyncio.wait({work}, timeout=chance.uniform(0.05, 0.7))
        if work.done():
            break
        mortal.kill()
        await mortal.ready()
    await work
    await quiet(mortal)
    assert mortal.deaths >= 5
    await all_answered_are_there(mortal, someone)
    reconcile(mortal, expect=0)


async def test_a_planted_loss_is_found(mortal: Mortal) -> None:
    someone = await furnish(mortal)
    await register_many(mortal, someone, 5)
    await quiet(mortal)
    mortal.kill()
    reconcile(mortal, expect=0)
    case = next(iter(mortal.answered))
    reporting, log = (Database(mortal.url, schema) for schema in ("reporting", "log"))
    async with reporting.transaction() as tx:
        await run(tx, "UPDATE inbox SET sequence = 1 WHERE subject = $1 AND source = '/bianmin/intake'", case)
    async with log.transaction() as tx:
        assert await run(tx, "DELETE FROM record WHERE key = $1", case)
    told = reconcile(mortal, expect=1)
    assert '"kind": "lost"' in told
    assert case in told
    for database in (reporting, log):
        await database.close()


async def test_a_planted_double_is_found(mortal: Mortal) -> None:
    someone = await furnish(mortal)
    await register_many(mortal, someone, 5)
    await quiet(mortal)
    mortal.kill()
    intake = Database(mortal.url, "intake")
    async with intake.transaction() as tx:
        await run(
            tx,
            "INSERT INTO timeline SELECT case_id, source, sequence + 1000, at, type, actor, org, data FROM timeline "
            "WHERE source <> '/bianmin/intake' LIMIT 1",
        )
    await intake.close()
    assert '"kind": "doubled"' in reconcile(mortal, expect=1)


def test_a_house_that_cannot_be_looked_at_is_said_to_be_so(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BIANMIN_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        "BIANMIN_DATA": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "command.app", "reconcile"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 2
