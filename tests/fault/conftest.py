from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from command.deployment import SERVICES
from tests.brokers import free_port
from tests.fault.crashing_server import Mortal


@pytest.fixture
async def mortal(migrated: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Mortal]:
    mortal = Mortal(await migrated(SERVICES), tmp_path, free_port())
    yield mortal
    await mortal.clients.aclose()
    mortal.kill()
