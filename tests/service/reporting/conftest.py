"""The reporting service alone, on a database of its own: events in through the inbox, figures out over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bianmin.domain.actors import Actor
from bianmin.events.envelope import Event
from bianmin.kit.inbox import Tally
from bianmin.kit.runtime import ServiceRuntime
from bianmin.kit.service import Service
from services.reporting.app import SERVICE
from tests.harness import Harness, running_harness


def an_actor(org: str, role: str = "supervisor", dept: str | None = None, sub: str = "S-viewer") -> Actor:
    return Actor(sub, org, frozenset({role}), dept)


@dataclass(frozen=True, slots=True)
class Reporting:
    """The reporting service: events go in, reports come out."""

    harness: Harness

    @property
    def runtime(self) -> ServiceRuntime:
        return self.harness.runtime(SERVICE.name)

    async def takes(self, *events: Event) -> Tally:
        """Take in one batch of events."""
        async with self.runtime.database.transaction() as tx:
            return await self.runtime.inbox.take(tx, events, self.runtime.clock.now())

    async def takes_in_batches(self, events: Sequence[Event], size: int) -> None:
        for start in range(0, len(events), size):
            await self.takes(*events[start : start + size])

    async def answers(self, who: Actor | None, **asked: Any) -> httpx2.Response:
        client = self.harness.nobody
        if who is not None:
            (role,) = who.roles
            client = self.harness.as_(role, who.org, who.dept, sub=who.id)
        return await client.get("/reports/performance", **{name.rstrip("_"): str(each) for name, each in asked.items()})

    async def reports(self, who: Actor, **asked: Any) -> dict[str, Any]:
        answer = await self.answers(who, **asked)
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def rows(self, table: str) -> list[Any]:
        """Return the rows of a table, in a fixed order."""
        async with self.runtime.database.reading() as tx:
            found = await tx.exec_driver_sql(f"SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text")
            return list(found.scalars())


Open = Callable[[], Awaitable[Reporting]]


@pytest.fixture
async def open_reporting(
    migrated: Callable[[Sequence[Service]], Awaitable[str]], tmp_path: Path
) -> AsyncIterator[Open]:
    """Opens the service on an empty database; it is closed after the test."""
    async with AsyncExitStack() as opened:

        async def open_one() -> Reporting:
            harness = running_harness(await migrated([SERVICE]), [SERVICE], tmp_path)
            return Reporting(await opened.enter_async_context(harness))

        yield open_one


@pytest.fixture
async def reporting(open_reporting: Open) -> Reporting:
    return await open_reporting()


def by_key(report: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
    return {line[key]: line for line in report["items"]}


def in_turn(*chains: Iterable[Event]) -> list[Event]:
    return [event for chain in chains for event in chain]
