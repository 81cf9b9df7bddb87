import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.brokers import noida_kafka, private_postgres
from tests.contract.grounds import KAFKA, Ground

REAL_KAFKA = os.environ.get("BIANMIN_TEST_KAFKA")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expels_the_dead: needs a broker that notices when a member died silently")


# to be replaced by the fixture of tests/conftest.py, of the same kind
@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with private_postgres() as url:
        yield url


@pytest.fixture
async def fresh_database(postgres: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes an empty database, gone after the test, and gives its URL."""
    url = make_url(postgres)
    made: list[str] = []

    async def make() -> str:
        name = f"test_{os.urandom(6).hex()}"
        await run(f"CREATE DATABASE {name}")
        made.append(name)
        return url.set(database=name).render_as_string(hide_password=False)

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(user=url.username, host=url.query["host"], database=url.database)
        await connection.execute(statement)
        await connection.close()

    yield make
    for name in made:
        await run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def noida(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with noida_kafka(tmp_path_factory.mktemp("noida")) as bootstrap:
        yield bootstrap


@pytest.fixture(
    params=[
        "postgres",
        "noida",
        pytest.param(
            "kafka", marks=pytest.mark.skipif(REAL_KAFKA is None, reason="BIANMIN_TEST_KAFKA names no broker")
        ),
    ]
)
async def ground(request: pytest.FixtureRequest, fresh_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Ground]:
    """The log under test: in PostgreSQL, on the pip-only broker, on a real Apache Kafka."""
    if request.param == "postgres":
        address = await fresh_database()
    elif request.param == "noida":
        address = KAFKA + request.getfixturevalue("noida")
    else:
        address = KAFKA + str(REAL_KAFKA)
    if request.param == "noida" and request.node.get_closest_marker("expels_the_dead"):
        pytest.skip("noida-db never expels a member that died without leaving")
    async with AsyncExitStack() as opened:
        yield Ground(address, opened)
