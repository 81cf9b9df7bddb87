"""Routes are loaded under a lock. A transaction that waited for the lock sees what the other transaction wrote."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from bianmin.domain.access import Holder
from bianmin.kit.db import Database, Tx, rows
from bianmin.kit.ids import new_id
from services.routing.app import SERVICE
from services.routing.domain.route import Route
from services.routing.domain.task import Task
from services.routing.store import routes
from tests.harness import statements
from tests.service.routing_county import CENTER, COUNTY, NOW, STATION, an_item


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    database = Database(await migrated([SERVICE]), "routing")
    yield database
    await database.close()


def a_route() -> Route:
    case_id = new_id()
    review = Task(new_id(), case_id, 1, 1, "review", Holder(CENTER, "civil"), status="assigned")
    decision = Task(new_id(), case_id, 2, 2, "decide", Holder(COUNTY, "civil"))
    tasks = (review, decision)
    return Route(case_id, "N-1", an_item(), STATION, CENTER, "civil", tasks, sequence=2, version=1)


async def stored(database: Database) -> Route:
    route = a_route()
    async with database.transaction() as tx:
        await routes.save(tx, {}, {route.case_id: route})
    return route


def with_one_task_more(route: Route) -> Route:
    first, *rest = route.tasks
    done = replace(first, status="done", assignee="S-1", received_at=NOW, done_at=NOW, opinion="agree", note=b"x")
    added = Task(new_id(), route.case_id, 3, 2, "decide", Holder(COUNTY, "civil"), status="assigned")
    return replace(route, tasks=(done, *rest, added), version=route.version + 1)


async def test_a_saved_route_is_loaded_and_read_unchanged(database: Database) -> None:
    route = await stored(database)
    changed = with_one_task_more(route)
    async with database.transaction() as tx:
        before = await routes.load(tx, [route.case_id], [])
        assert before == {route.case_id: route}
        await routes.save(tx, before, {route.case_id: changed})
    async with database.reading() as tx:
        assert await routes.read(tx, [route.case_id, new_id()]) == {route.case_id: changed}
    assert changed.tasks[0].done_at == datetime.fromisoformat("2026-03-02T09:00:00+08:00")


@pytest.mark.parametrize(("by_task", "number"), [(True, 2), (False, 1)])
async def test_a_route_is_loaded_in_few_statements(database: Database, by_task: bool, number: int) -> None:
    route = await stored(database)
    with statements(database) as sent:
        async with database.transaction() as tx:
            ids: tuple[list[UUID], list[UUID]] = ([], [route.tasks[1].id]) if by_task else ([route.case_id], [])
            assert await routes.load(tx, *ids) == {route.case_id: route}
    assert len([each for each in sent if each.startswith("SELECT")]) == number, sent


async def test_a_load_that_waited_for_a_lock_sees_the_tasks_written_meanwhile(database: Database) -> None:
    route, other = await stored(database), await stored(database)
    changed = with_one_task_more(route)
    loaded: dict[UUID, Route] = {}

    async def load_after_the_lock() -> None:
        async with database.transaction() as tx:
            loaded.update(await routes.load(tx, [other.case_id], [route.tasks[0].id]))

    async with database.transaction() as tx:
        before = await routes.load(tx, [route.case_id], [])
        waiting = asyncio.create_task(load_after_the_lock())
        async with database.reading() as watching:
            while not await is_waiting_for_a_lock(watching):
                await asyncio.sleep(0.01)
        await routes.save(tx, before, {route.case_id: changed})
    await waiting
    assert loaded == {route.case_id: changed, other.case_id: other}


async def is_waiting_for_a_lock(tx: Tx) -> bool:
    found = await rows(tx, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    return bool(found)
