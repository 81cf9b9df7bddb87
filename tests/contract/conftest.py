import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.brokers import noida_kafka
from tests.contract.log_topic import KAFKA, LogTopic

REAL_KAFKA = os.environ.get("BIANMIN_TEST_KAFKA")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expels_dead_members: needs a broker that notices when a member died silently")


@pytest.fixture(scope="session")
def noida(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with noida_kafka(tmp_path_factory.mktemp("noida")) as bootstrap:
        yield bootstrap


@pytest.fixture(
    params=[
        "postgres",
        "noida",
        pytest.param(
            "kafka",
            marks=[
                pytest.mark.kafka,
                pytest.mark.skipif(REAL_KAFKA is None, reason="BIANMIN_TEST_KAFKA names no broker"),
            ],
        ),
    ]
)
async def topic(request: pytest.FixtureRequest, new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[LogTopic]:
    """The log under test: in PostgreSQL, on the pip-only broker, on a real Apache Kafka."""
    if request.param == "postgres":
        address = await new_database()
    elif request.param == "noida":
        address = KAFKA + request.getfixturevalue("noida")
    else:
        address = KAFKA + str(REAL_KAFKA)
    if request.param == "noida" and request.node.get_closest_marker("expels_dead_members"):
        pytest.skip("noida-db never expels a member that died without leaving")
    async with AsyncExitStack() as opened:
        yield LogTopic(address, opened)
