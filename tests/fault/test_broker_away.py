"""Five processes whose broker is taken away under load, again and again: everything drains by itself."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.brokers import Broker, KafkaBroker, NoidaBroker, delete_topics, free_port
from tests.county import STATION, a_registration, clients, import_county
from tests.flow.environments import five_processes
from tests.harness import Client
from tests.rounds import rounds

NOIDA_OUTAGES = rounds([4.0], [15.0, 15.0])
"""Seconds."""
KAFKA_OUTAGES = rounds([15.0], [15.0, 15.0, 30.0, 15.0, 120.0, 100.0, 15.0])
"""Seconds. The longest are longer than every time limit of the log in Kafka."""
CASES_PER_SECOND = 15


@pytest.fixture(params=["noida", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    if request.param == "noida":
        noida = NoidaBroker(tmp_path / "kafka", free_port())
        noida.start()
        yield noida
        noida.kill()
        return
    if not {"BIANMIN_TEST_KAFKA", "BIANMIN_TEST_KAFKA_START", "BIANMIN_TEST_KAFKA_KILL"} <= os.environ.keys():
        pytest.skip("no Kafka that a test may kill")
    kafka = KafkaBroker()
    kafka.start()
    asyncio.run(delete_topics(kafka.bootstrap))
    yield kafka
    kafka.start()


async def test_g0_after_every_outage_of_the_broker_all_services_go_on_by_themselves(
    broker: Broker, new_database: Callable[[], Awaitable[str]], tmp_path: Path
) -> None:
    outages = NOIDA_OUTAGES if isinstance(broker, NoidaBroker) else KAFKA_OUTAGES
    url = await new_database()
    with contextlib.ExitStack() as running:
        processes = await asyncio.to_thread(running.enter_context, five_processes(url, tmp_path, broker.bootstrap))
        async with processes.environment() as environment:
            someone = clients(environment.http, environment.tokens)
            await import_county(someone)
            await environment.wait_until_idle()
            for seconds in outages:
                async with registering(someone("window", STATION)):
                    await asyncio.sleep(1)
                    await asyncio.to_thread(broker.kill)
                    await asyncio.sleep(seconds)
                    await asyncio.to_thread(broker.start)
                    await asyncio.sleep(1)
                await environment.wait_until_idle()
    assert restarted(tmp_path) == []


def restarted(data: Path) -> list[str]:
    """Return the names of the logs in which a process says that it has to be started again."""
    return [log.name for log in data.glob("*.log") if "process.ends" in log.read_text()]


@contextlib.asynccontextmanager
async def registering(window: Client) -> AsyncIterator[None]:
    """Have cases registered all the time; every request has to be answered with 201."""

    async def register() -> None:
        while True:
            assert (await window.post("/cases", a_registration())).status_code == 201
            await asyncio.sleep(1 / CASES_PER_SECOND)

    task = asyncio.create_task(register())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
