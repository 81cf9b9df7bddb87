"""The environment of the benches: a private PostgreSQL on disk, with fsync as in production; a database per bench."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from bench import county
from bench.county import CannotMeasure
from bench.http import Connection
from bench.proc import Meter
from bianmin.events.registry import topic_of
from bianmin.kit.auth import Tokens
from bianmin.kit.embedded import EmbeddedPostgres
from bianmin.kit.settings import Settings
from command.deployment import DATABASE, SERVICES, Deployment

ALL = tuple(service.name for service in SERVICES)
_QUIET = " AND ".join(f"NOT EXISTS (SELECT FROM {name}.outbox)" for name in ALL)
_BEHIND = """
SELECT sum(p.next_offset) > coalesce(sum(c.next_offset), 0)
FROM log.partition p LEFT JOIN log.claim c ON c.partition_id = p.id AND c.group_name = 'bianmin.' || $1
WHERE p.topic = ANY($2::text[])
"""
SESSION = {"plan_cache_mode": "force_custom_plan", "jit": "off", "timezone": "UTC"}
"""Session settings of the kit's own connections, for the SQL that is compared with the kit."""


_DISK = "/var/tmp"  # /tmp may be memory


class DidNotStart(CannotMeasure):
    """A process to be measured ended before it was ready."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server process."""

    port: int
    process: subprocess.Popen[bytes]

    async def ready(self) -> bool:
        """Return whether the process is ready for requests. Raises `DidNotStart`."""
        if self.process.poll() is not None:
            raise DidNotStart(f"进程已结束（{self.process.returncode}）")
        try:
            connection = await Connection.open(self.port)
        except OSError:
            return False
        try:
            status, _ = await connection.ask(b"GET /readyz HTTP/1.1\r\nHost: bench\r\n\r\n")
        finally:
            await connection.close()
        return status == 200

    def end(self) -> None:
        """Stop the process as Ctrl-C does; kill it after 30 seconds."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Environment:
    """A private PostgreSQL with a template database, and the options of the command line."""

    home: Path
    postgres: EmbeddedPostgres
    profile: Path | None = None
    clocks: int | None = None
    stored: int = 0
    share: float = 0.01
    _made: int = field(default=0)

    @property
    def postmaster(self) -> int:
        return postmaster_of(self.home / "postgres")

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.settings(self.postgres.url(DATABASE)).token_secret())

    def settings(self, url: str, **given: Any) -> Settings:
        return Settings.load({}, data=self.home, database_url=url, **given)

    def meter(self, server: int | None = None) -> Meter:
        """Return a meter for a server process (default: this process) and PostgreSQL."""
        return Meter(os.getpid() if server is None else server, self.postmaster)

    async def new_database(self) -> str:
        """Create a copy of the template database, which has a county in it; return its URL."""
        self._made += 1
        name = f"bench_{self._made}"
        async with connected(self.postgres.url("postgres")) as connection:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")
        return self.postgres.url(name)

    async def empty_database(self) -> str:
        """Create a database with schemas and topics but without data; return its URL."""
        self._made += 1
        name = f"bench_{self._made}"
        async with connected(self.postgres.url("postgres")) as connection:
            await connection.execute(f"CREATE DATABASE {name}")
        url = self.postgres.url(name)
        await self._migrate(url)
        return url

    async def _migrate(self, url: str) -> None:
        deployment = Deployment(self.settings(url))
        await deployment.migrate()
        await deployment.create_topics()

    @asynccontextmanager
    async def serving(self, url: str, *services: str, profile: Path | None = None) -> AsyncIterator[Served]:
        """Run a server process of these services (see `bench.server`)."""
        port = free_port()
        command = [sys.executable, "-m", "bench.server", url, str(self.home), str(port)]
        command += [str(profile or ""), *services]
        async with running_server(command, port, self.home / "server.log") as served:
            yield served

    async def make_template(self) -> None:
        """Create the template database and import the county into it."""
        url = self.postgres.url(DATABASE)
        async with connected(self.postgres.url("postgres")) as connection:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        await self._migrate(url)
        async with self.serving(url, *ALL) as served:
            await county.import_county(served.port, self.tokens)
            async with connected(url) as connection:
                await wait_until_settled(connection)


@asynccontextmanager
async def environment_in(
    directory: Path | None, profile: Path | None, clocks: int | None = None, stored: int = 0, share: float = 0.01
) -> AsyncIterator[Environment]:
    """Yield an environment in a new directory below `directory`, which is deleted at the end."""
    home = Path(tempfile.mkdtemp(prefix="bianmin-bench-", dir=directory or _DISK))
    os.chmod(home, 0o711)  # as root, PostgreSQL's account has to pass
    postgres = EmbeddedPostgres(home / "postgres")
    try:
        await asyncio.to_thread(postgres.start, own=True)
        environment = Environment(home, postgres, profile, clocks, stored, share)
        await environment.make_template()
        yield environment
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def running_server(command: Sequence[str], port: int, log: Path) -> AsyncIterator[Served]:
    """Run a server process without `BIANMIN_…` variables; yield it when it is ready and stop it at the end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BIANMIN_")}
    served = Served(port, await asyncio.to_thread(_process, command, log, environ))
    try:
        await wait_until(served.ready, every=0.1)
        yield served
    finally:
        await asyncio.to_thread(served.end)


def _process(command: Sequence[str], log: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, env=environ)


@asynccontextmanager
async def connected(url: str, **session: str) -> AsyncIterator[Any]:
    """Yield an asyncpg connection."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings=session)
    try:
        yield connection
    finally:
        await connection.close()


async def wait_until(condition: Callable[[], Awaitable[bool]], *, every: float = 0.05, within: float = 120) -> None:
    """Return when the condition holds. Raises `TimeoutError` after `within` seconds. Each check costs CPU time that is
    measured."""
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(every)


async def wait_until_settled(connection: Any) -> None:
    """Return when every event is published and processed. Checks twice, as processing can publish new events."""
    await wait_until(lambda: _quiet(connection))
    await wait_until(lambda: _quiet(connection))


async def _quiet(connection: Any) -> bool:
    if not await connection.fetchval(f"SELECT {_QUIET}"):
        return False
    for service in SERVICES:
        topics = [topic_of(source) for source in service.listens]
        if topics and await connection.fetchval(_BEHIND, service.name, topics):
            return False
    return True


def postmaster_of(postgres: Path) -> int:
    return int((postgres / "data" / "postmaster.pid").read_text().partition("\n")[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
