"""Services running in one process on a database, for tests over HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from asyncpg.connection import LoggedQuery
from fastapi import FastAPI
from sqlalchemy import event

from bianmin.domain.actors import Actor
from bianmin.events.registry import SERVICES, topic_of
from bianmin.kit import migrations
from bianmin.kit.auth import Tokens
from bianmin.kit.db import Database
from bianmin.kit.log import Log
from bianmin.kit.log.postgres import PostgresLog, log_database
from bianmin.kit.process import process
from bianmin.kit.runtime import ServiceRuntime
from bianmin.kit.service import Service
from bianmin.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with a token (or without one)."""

    http: httpx2.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.get(f"/api/v1{path}", params=query or None, headers=self.headers)

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> httpx2.Response:
        headers = {**self.headers, "Idempotency-Key": key or str(uuid4()), **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return await self.http.post(f"/api/v1{path}", headers=headers, **options)

    async def put(self, path: str, body: Any, *, etag: str | None = None, **query: Any) -> httpx2.Response:
        """`body`: JSON, or the bytes of an iCalendar file."""
        headers = {**self.headers, **({"If-Match": etag} if etag else {})}
        if isinstance(body, bytes):
            headers["Content-Type"] = "text/calendar"
            return await self.http.put(f"/api/v1{path}", content=body, headers=headers, params=query or None)
        return await self.http.put(f"/api/v1{path}", json=body, headers=headers, params=query or None)

    async def delete(self, path: str, *, etag: str | None = None, **query: Any) -> httpx2.Response:
        headers = {**self.headers, **({"If-Match": etag} if etag else {})}
        return await self.http.delete(f"/api/v1{path}", headers=headers, params=query or None)


@dataclass(frozen=True, slots=True)
class Harness:
    app: FastAPI
    http: httpx2.AsyncClient
    tokens: Tokens
    log: Log

    def runtime(self, service: str) -> ServiceRuntime:
        runtime: ServiceRuntime = self.app.state.runtimes[service]
        return runtime

    def as_(self, role: str, org: str, dept: str | None = None, *, sub: str | None = None) -> Client:
        """A client of somebody in this role."""
        name = sub or "-".join([role, org, *([dept] if dept else [])])
        token = self.tokens.issue(Actor(name, org, frozenset({role}), dept), name, seconds=3600)
        return Client(self.http, {"Authorization": f"Bearer {token}"})

    @property
    def nobody(self) -> Client:
        return Client(self.http, {})

    async def settles(self) -> None:
        """Return when every event that was announced has reached everybody who listens."""
        await settled([self.runtime(name) for name in self.app.state.runtimes])


async def settled(runtimes: Sequence[ServiceRuntime]) -> None:
    async def quiet() -> bool:
        for runtime in runtimes:
            if (await runtime.relay.backlog())[0]:
                return False
        return not any([await runtime.subscriber.lag() for runtime in runtimes if runtime.service.listens])

    async with asyncio.timeout(30):
        # twice: an event that was just taken in may have announced another
        while not (await quiet() and await quiet()):
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running_harness(
    url: str, services: Sequence[Service], data: Path, *, event_log: Log | None = None, **settings: Any
) -> AsyncIterator[Harness]:
    """Run services on a migrated database, over the given event log or one in that database."""
    given = Settings.load({}, data=data, database_url=url, public_rate="100000/minute", **settings)
    async with a_log(url) as embedded_log:
        log = event_log or embedded_log
        app = process(services, given, log)
        http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://test", headers={"X-Request-Id": "test"}
        )
        async with app.router.lifespan_context(app), http:
            yield Harness(app, http, Tokens(given.token_secret()), log)


@asynccontextmanager
async def a_log(url: str) -> AsyncIterator[PostgresLog]:
    """The event log in a database, with nothing left open."""
    database = log_database(url)
    log = PostgresLog(database)
    try:
        yield log
    finally:
        await log.close()
        await database.close()


async def migrate(url: str, services: Sequence[Service]) -> None:
    """Schemas and topics of the services, and the topics of those they listen to."""
    for service in services:
        database = Database(url, service.name)
        await migrations.upgrade(service, database)
        await database.close()
    async with a_log(url) as log:
        await log.ensure([topic_of(name) for name in SERVICES], 3)


_OF_THE_DRIVER = re.compile(r"^(BEGIN|COMMIT|ROLLBACK)\b|\btypeinfo|setting\('jit'\)|set_config\('jit'")
"""What frames a transaction, and what a new connection asks about the types of arrays."""


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent to a database meanwhile."""
    sent: list[str] = []

    def note(query: LoggedQuery) -> None:
        if not _OF_THE_DRIVER.search(query.query):
            sent.append(query.query)

    def through_sqlalchemy(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    def out(connection: Any, record: Any, proxy: Any) -> None:
        connection.driver_connection.add_query_logger(note)

    def back(connection: Any, record: Any) -> None:
        if connection is not None:
            connection.driver_connection.remove_query_logger(note)

    pool = database.engine.sync_engine.pool
    listeners: Sequence[tuple[Any, str, Callable[..., None]]] = [
        (database.engine.sync_engine, "before_cursor_execute", through_sqlalchemy),
        (pool, "checkout", out),
        (pool, "checkin", back),
    ]
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    try:
        yield sent
    finally:
        for target, name, listener in listeners:
            event.remove(target, name, listener)
