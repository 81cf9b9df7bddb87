"""A PostgreSQL for all tests: one private server on memory, without fsync; each database a copy of a migrated one."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from bianmin.kit.embedded import EmbeddedPostgres

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(os.environ.get("TMPDIR", "/tmp"))


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


async def administer(server: EmbeddedPostgres, statement: str) -> None:
    """Run one statement as the server's administrator."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


