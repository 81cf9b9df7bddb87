"""The five services, and what has to be open before they can run: a database, an event log."""

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


def load_settings(**given: Any) -> Settings:
    """The settings of this process, those of all five services included. Raises `SettingsError`."""
    return Settings.load(kinds=[service.settings for service in SERVICES], **given)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Settings that name a database that answers; whether that is the private one."""

    settings: Settings
    private: bool

    @asynccontextmanager
    async def log(self) -> AsyncIterator[Log]:
        """The event log: Kafka where brokers are named, else tables in PostgreSQL. Closed at the end."""
        async with AsyncExitStack() as stack:
            if servers := self.settings.kafka_servers():
                event_log: Log = KafkaLog(",".join(servers))
            else:
                database = log_database(self.settings.log_database(), pool=8)
                stack.push_async_callback(database.close)
                event_log = PostgresLog(database)
            stack.push_async_callback(event_log.close)
            yield event_log

    @asynccontextmanager
    async def databases(self, services: Iterable[Service] = SERVICES) -> AsyncIterator[dict[str, Database]]:
        """A connection pool for each service, closed at the end."""
        opened = {each.name: Database(self.settings.database_of(each.name), each.name) for each in services}
        try:
            yield opened
        finally:
            for database in opened.values():
                await database.close()

    async def refuse_newer(self, services: Sequence[Service]) -> None:
        """Raise `NewerThanProgram` where the schema of a service has revisions that this program does not know.

        Whatever else is wrong with a database does not stop the start: `/readyz` reports it until it is mended.
        """
        async with self.databases(services) as databases:
            for service in services:
                try:
                    await migrations.pending(service, databases[service.name])
                except migrations.NewerThanProgram:
                    raise
                except Exception:
                    return

    async def migrate(self, services: Sequence[Service] = SERVICES) -> None:
        """Bring the services' schemas up to date. Raises `NewerThanProgram`."""
        async with self.databases(services) as databases:
            for service in services:
                await migrations.upgrade(service, databases[service.name])

    async def make_topics(self) -> None:
        """Make the topics (and, in PostgreSQL, the log's tables) that are not there."""
        async with self.log() as event_log:
            await event_log.ensure([topic_of(service.name) for service in SERVICES], self.settings.partitions)


@asynccontextmanager
async def opened(settings: Settings, *, own: bool = False) -> AsyncIterator[Deployment]:
    """A house whose database answers. Without a database URL it is the private PostgreSQL under the data directory:
    started if need be, and left running for others at the end unless it is ours to `own`."""
    if settings.database_url is not None:
        yield Deployment(settings, private=False)
        return
    server = EmbeddedPostgres(settings.data / "postgres")
    await asyncio.to_thread(server.start, own=own)
    try:
        await create_database(server)
        yield Deployment(settings.model_copy(update={"database_url": server.url(DATABASE)}), private=True)
    finally:
        await asyncio.to_thread(server.stop)


async def create_database(server: EmbeddedPostgres) -> None:
    """Make our database on the private server, where it is not there yet."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    except asyncpg.DuplicateDatabaseError:
        pass  # another process came first
    finally:
        await connection.close()
