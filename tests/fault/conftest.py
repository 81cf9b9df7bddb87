from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from command.deployment import SERVICES
from tests.brokers import free_port
from tests.fault.crashing_server import CrashingServer


@pytest.fixture
async def server(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[CrashingServer]:
    server = CrashingServer(await migrated(SERVICES), tmp_path, free_port())
    yield server
    await server.clients.aclose()
    server.kill()
