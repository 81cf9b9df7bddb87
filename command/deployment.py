"""The five services, and the databases and event log that they need."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from bianmin.events.registry import topic_of
from bianmin.kit import migrations
from bianmin.kit.db import Database
from bianmin.kit.embedded import EmbeddedPostgres
from bianmin.kit.log import Log
from bianmin.kit.log.kafka import KafkaLog
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.service import Service
from bianmin.kit.settings import Settings
from services.complaints.app import SERVICE as COMPLAINTS
from services.deadlines.app import SERVICE as DEADLINES
from services.intake.app import SERVICE as INTAKE
from services.reporting.app import SERVICE as REPORTING
from services.routing.app import SERVICE as ROUTING

SERVICES: Sequence[Service] = (INTAKE, ROUTING, DEADLINES, COMPLAINTS, REPORTING)
DATABASE = "bianmin"
"""Name of the database on the private PostgreSQL."""


def load_settings(**given: Any) -> Settings:
    """Return the settings of this process, those of all five services included. Raises `SettingsError`."""
    return Settings.load(kinds=[service.settings for service in SERVICES], **given)


def services_named(name: str | None) -> Sequence[Service]:
    """Return the service with this name in a list, or all five for None."""
    return [service for service in SERVICES if name in (None, service.name)]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the services of one installation store their data. The database server is running.

    `server`: the private PostgreSQL under the data directory, where the data is there.
    """

    settings: Settings
    server: EmbeddedPostgres | None = None

    def fault(self) -> str | None:
        """Return why the private PostgreSQL cannot be used any more; None while it can.

        A killed one is started again.
        """
        return None if self.server is None else self.server.fault()

    @asynccontextmanager
    async def log(self) -> AsyncIterator[Log]:
        """Open the event log: Kafka if the settings name brokers, else tables in PostgreSQL. Closed at the end."""
        async with AsyncExitStack() as stack:
            if servers := self.settings.kafka_servers():
                event_log: Log = KafkaLog(",".join(servers), compression=self.settings.log_compression)
            else:
                database = log_database(self.settings.log_database(), pool=8)
                stack.push_async_callback(database.close)
                event_log = PostgresLog(database)
            stack.push_async_callback(event_log.close)
            yield event_log

    @asynccontextmanager
    async def databases(self, services: Iterable[Service] = SERVICES) -> AsyncIterator[dict[str, Database]]:
        """Open a connection pool for each service, by service name. Closed at the end."""
        pools = {each.name: Database(self.settings.database_of(each.name), each.name) for each in services}
        try:
            yield pools
        finally:
            for database in pools.values():
                await database.close()

    async def refuse_newer(self, services: Sequence[Service]) -> None:
        """Check that the program knows all revisions of the schemas. Raises `NewerThanProgram` where it does not.

        No other problem with a database stops the start: `/readyz` reports it until it is solved.
        """
        async with self.databases(services) as databases:
            for service in services:
                try:
                    await migrations.pending(service, databases[service.name])
                except migrations.NewerThanProgram:
                    raise
                except Exception:
                    continue

    async def require_schemas(self, services: Sequence[Service] = SERVICES) -> None:
        """Check that the schemas are those of this program. Raises `NewerThanProgram`, `NotMigrated`."""
        async with self.databases(services) as databases:
            for service in services:
                if await migrations.pending(service, databases[service.name]):
                    raise migrations.NotMigrated(service.name)

    async def migrate(self, services: Sequence[Service] = SERVICES) -> None:
        """Upgrade the schemas of the services to the newest version. Raises `NewerThanProgram`."""
        async with self.databases(services) as databases:
            for service in services:
                await migrations.upgrade(service, databases[service.name])

    async def create_topics(self) -> None:
        """Create the missing topics and, in PostgreSQL, the missing tables of the log."""
        async with self.log() as event_log:
            await event_log.ensure([topic_of(service.name) for service in SERVICES], self.settings.partitions)


@asynccontextmanager
async def open_deployment(settings: Settings, *, own: bool = False) -> AsyncIterator[Deployment]:
    """Yield the deployment that the settings describe.

    Without a database URL the private PostgreSQL under the data directory is started if it is not running. At the end
    it is stopped if `own` is set; otherwise it keeps running while other processes use it. Raises `EmbeddedError` when
    it cannot start.
    """
    if settings.database_url is not None:
        yield Deployment(settings)
        return
    server = EmbeddedPostgres(settings.data / "postgres")
    await asyncio.to_thread(server.start, own=own)
    try:
        await create_database(server)
        yield Deployment(settings.model_copy(update={"database_url": server.url(DATABASE)}), server)
    finally:
        await asyncio.to_thread(server.stop)


async def create_database(server: EmbeddedPostgres) -> None:
    """Create the database of Bianmin on the private PostgreSQL if it does not exist."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    except asyncpg.DuplicateDatabaseError:
        pass  # another process has just created it
    finally:
        await connection.close()
