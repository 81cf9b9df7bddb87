"""One county, wherever it runs."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from bianmin.kit import parked
from bianmin.kit.auth import Tokens
from command.deployment import SERVICES
from tests.brokers import forget, noida_kafka
from tests.county import a_county
from tests.flow.environments import Ground, five_processes
from tests.harness import Client, Harness, running_harness, settled


@dataclass(frozen=True)
class County:
    """People of the county, and a way to wait until what they did has reached everybody."""

    someone: Callable[..., Client]
    settles: Callable[[], Awaitable[None]]
    harness: Harness | None = None

    @property
    def nobody(self) -> Client:
        return Client(self.someone("window", "52").http, {})


@asynccontextmanager
async def one_process(url: str, data: Path) -> AsyncIterator[County]:
    """All services in one process, with the log in PostgreSQL. Whatever was done, in the end nothing is set aside."""
    async with running_harness(url, SERVICES, data) as harness:
        runtimes = [harness.runtime(service.name) for service in SERVICES]
        yield County(
            await a_county(harness.http, harness.tokens, lambda: settled(runtimes)), lambda: settled(runtimes), harness
        )
        await settled(runtimes)
        held = [(runtime.service.name, one) for runtime in runtimes for one in await parked.listed(runtime.database)]
        assert held == []


@pytest.fixture
async def county(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    async with one_process(await migrated(SERVICES), tmp_path) as county:
        yield county


async def _on(ground: Ground) -> County:
    return County(await a_county(ground.http, ground.tokens, ground.settles), ground.settles)


GROUNDS = [
    "one process",
    "five processes over noida",
    pytest.param("five processes over kafka", marks=pytest.mark.kafka),
    pytest.param("gateway", marks=pytest.mark.gateway),
]


@pytest.fixture(params=GROUNDS)
async def anywhere(
    request: pytest.FixtureRequest,
    new_database: Callable[..., Awaitable[str]],
    migrated: Callable[..., Awaitable[str]],
    tmp_path: Path,
) -> AsyncIterator[County]:
    """The same county on every ground."""
    match request.param:
        case "one process":
            async with one_process(await migrated(SERVICES), tmp_path) as county:
                yield county
        case "five processes over noida":
            with noida_kafka(tmp_path / "kafka") as kafka:
                async with five_processes(await new_database(), tmp_path, kafka) as ground:
                    yield await _on(ground)
        case "five processes over kafka":
            if not (broker := os.environ.get("BIANMIN_TEST_KAFKA")):
                pytest.skip("BIANMIN_TEST_KAFKA names no broker")
            await forget(broker)
            async with five_processes(await new_database(), tmp_path, broker) as ground:
                yield await _on(ground)
        case _:
            if not (gateway := os.environ.get("BIANMIN_TEST_GATEWAY")):
                pytest.skip("BIANMIN_TEST_GATEWAY names no gateway")
            secret = await asyncio.to_thread(Path(os.environ["BIANMIN_TEST_JWT_SECRET_FILE"]).read_text)
            async with httpx2.AsyncClient(base_url=gateway, timeout=20) as http:
                services = [f"{gateway}/services/{service.name}" for service in SERVICES]
                yield await _on(Ground(http, Tokens(secret.strip()), services))
