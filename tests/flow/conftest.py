"""One county, wherever it runs."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from bianmin.kit.auth import Tokens
from bianmin.kit.embedded import EmbeddedPostgres
from bianmin.kit.ids import new_id
from command.deployment import SERVICES
from tests.brokers import delete_topics, noida_kafka
from tests.county import clients, import_county
from tests.databases import administer
from tests.flow.environments import County, Environment, FiveProcesses, five_processes, one_process
from tests.harness import migrate, running_harness


@pytest.fixture
async def county(prepared: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[County]:
    """A county in one process."""
    async with one_process(await prepared("template_county", _migrate_and_import), tmp_path) as county:
        yield county


async def _migrate_and_import(url: str, data: Path) -> None:
    await migrate(url, SERVICES)
    async with running_harness(url, SERVICES, data) as harness:
        await import_county(clients(harness.http, harness.tokens))
        await harness.settles()


ENVIRONMENTS = [
    "one process",
    "five processes over noida",
    pytest.param("five processes over kafka", marks=pytest.mark.kafka),
    pytest.param("gateway", marks=pytest.mark.gateway),
]


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def processes(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FiveProcesses | str | None]:
    """Five running processes for all tests of a module, or the URL of the gateway; None for one process."""
    match request.param:
        case "one process":
            yield None
        case "five processes over noida":
            # noida-db answers an empty fetch at once, so that idle consumers are busy: they end with the module
            data = tmp_path_factory.mktemp("processes")
            with noida_kafka(data / "kafka") as broker:
                yield from _five_processes(postgres, data, broker)
        case "five processes over kafka":
            if not (kafka := os.environ.get("BIANMIN_TEST_KAFKA")):
                pytest.skip("BIANMIN_TEST_KAFKA names no broker")
            asyncio.run(delete_topics(kafka))
            yield from _five_processes(postgres, tmp_path_factory.mktemp("processes"), kafka)
        case _:
            if not (gateway := os.environ.get("BIANMIN_TEST_GATEWAY")):
                pytest.skip("BIANMIN_TEST_GATEWAY names no gateway")
            yield gateway


def _five_processes(postgres: EmbeddedPostgres, data: Path, broker: str) -> Iterator[FiveProcesses]:
    database = f"processes_{new_id().hex}"
    asyncio.run(administer(postgres, f"CREATE DATABASE {database} TEMPLATE template0"))
    with five_processes(postgres.url(database), data, broker) as processes:
        yield processes
    asyncio.run(administer(postgres, f"DROP DATABASE {database} WITH (FORCE)"))


@pytest.fixture
async def anywhere(
    processes: FiveProcesses | str | None, prepared: Callable[..., Awaitable[str]], tmp_path: Path
) -> AsyncIterator[County]:
    """The same county in every environment. All but one process outlive a test: others left their cases there."""
    if processes is None:
        async with one_process(await prepared("template_county", _migrate_and_import), tmp_path) as county:
            yield county
    elif isinstance(processes, FiveProcesses):
        async with processes.environment() as environment:
            yield await _county_in(environment)
    else:
        secret = await asyncio.to_thread(Path(os.environ["BIANMIN_TEST_JWT_SECRET_FILE"]).read_text)
        async with httpx2.AsyncClient(base_url=processes, timeout=20) as http:
            services = [f"{processes}/services/{service.name}" for service in SERVICES]
            yield await _county_in(Environment(http, Tokens(secret.strip()), services))


async def _county_in(environment: Environment) -> County:
    someone = clients(environment.http, environment.tokens)
    await import_county(someone)
    await environment.wait_until_idle()
    return County(someone, environment.wait_until_idle)
