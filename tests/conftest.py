"""A PostgreSQL for all tests: one private server on memory, without fsync; each database a copy of a migrated one."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from bianmin.kit.embedded import EmbeddedPostgres
from bianmin.kit.service import Service
from tests.harness import migrate

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(os.environ.get("TMPDIR", "/tmp"))


def pytest_configure() -> None:
    """Started in a shell's background we are born deaf to Ctrl-C, and so is what the tests start and interrupt."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server; gone with the session."""
    home = _MEMORY / f"bianmin-test-{os.getpid()}"
    server = EmbeddedPostgres(home, fsync=False)
    server.start(own=True)
    yield server
    server.stop()
    shutil.rmtree(home, ignore_errors=True)


_numbers = count(1)


@pytest.fixture
async def new_database(postgres: EmbeddedPostgres) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Makes databases: `await new_database()` empty, `await new_database(template="…")` a copy. Gives the URL."""
    made: list[str] = []

    async def make(template: str = "template0") -> str:
        name = f"test_{next(_numbers)}"
        await administer(postgres, f'CREATE DATABASE {name} TEMPLATE "{template}"')
        made.append(name)
        return postgres.url(name)

    yield make
    for name in made:
        await administer(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Migrated databases by name, each made once: the others are copies of them (30 ms)."""
    return {}


@pytest.fixture
async def migrated(
    postgres: EmbeddedPostgres, templates: dict[str, str], new_database: Callable[..., Awaitable[str]]
) -> Callable[[Sequence[Service]], Awaitable[str]]:
    """Makes a database with the schemas of the given services and the event log."""

    async def make(services: Sequence[Service]) -> str:
        name = "template_" + "_".join(service.name for service in services)
        if name not in templates:
            await administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE template0')
            await migrate(postgres.url(name), services)
            templates[name] = name
        return await new_database(template=name)

    return make


async def administer(server: EmbeddedPostgres, statement: str) -> None:
    """Run one statement as the server's administrator."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        for patience in (*(True,) * 100, False):
            try:
                await connection.execute(statement)
                return
            except asyncpg.ObjectInUseError:  # a connection that was closed takes a moment to be gone
                if not patience:
                    raise
                await asyncio.sleep(0.05)
    finally:
        await connection.close()
