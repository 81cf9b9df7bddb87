"""A PostgreSQL for all tests: one private server on memory, without fsync; each database a copy of a migrated one."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from bianmin.kit.embedded import EmbeddedPostgres
from bianmin.kit.service import Service
from tests.databases import administer
from tests.harness import migrate

_MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(os.environ.get("TMPDIR", "/tmp"))


def pytest_configure() -> None:
    """A shell that starts the tests in its background has them ignore SIGINT, and their children too: restore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


SLOWEST_FIRST = ("tests/fault/", "tests/flow/", "tests/unit/deadlines/", "tests/contract/")
"""So that neither of two processes is left with a long test at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the folders with the slowest tests first; the order within a folder stays."""

    def rank(item: pytest.Item) -> int:
        ranks = (n for n, folder in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(folder))
        return next(ranks, len(SLOWEST_FIRST))

    items.sort(key=rank)


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


@pytest.fixture(scope="session")
def _directories(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A directory that PostgreSQL's account can pass through, as pytest's own is not; kept after a failure."""
    directory = Path(tempfile.mkdtemp(prefix="bianmin-tests-"))
    directory.chmod(0o711)
    yield directory
    if not request.session.testsfailed:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def tmp_path(_directories: Path, request: pytest.FixtureRequest) -> Path:
    """A directory of the test."""
    name = re.sub(r"\W", "_", request.node.name)[:40]
    directory = _directories / f"{name}-{next(_numbers)}"
    directory.mkdir()
    return directory


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
def templates() -> set[str]:
    """Names of the databases that are there to be copied (30 ms each)."""
    return set()


@pytest.fixture
async def prepared(
    postgres: EmbeddedPostgres,
    templates: set[str],
    new_database: Callable[..., Awaitable[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[str, Path], Awaitable[None]]], Awaitable[str]]:
    """Makes copies of a database: `await prepared(name, prepare)`. Gives the URL of the copy.

    The first time in the session `prepare(url, data)` fills the database `name`; `data` is an empty directory.
    """

    async def make(name: str, prepare: Callable[[str, Path], Awaitable[None]]) -> str:
        if name not in templates:
            await administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE template0')
            await prepare(postgres.url(name), tmp_path_factory.mktemp("template"))
            templates.add(name)
        return await new_database(template=name)

    return make


@pytest.fixture
async def migrated(
    prepared: Callable[[str, Callable[[str, Path], Awaitable[None]]], Awaitable[str]],
) -> Callable[[Sequence[Service]], Awaitable[str]]:
    """Makes databases with the schemas of the given services and the event log: `await migrated(services)`."""

    async def make(services: Sequence[Service]) -> str:
        name = "template_" + "_".join(service.name for service in services)
        return await prepared(name, lambda url, data: migrate(url, services))

    return make
