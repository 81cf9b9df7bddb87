"""Tables of routing: the migrations create them, and lists use indexes when there are many rows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from bianmin.domain.actors import Actor
from bianmin.kit.db import Database, Tx, rows, run
from services.routing.app import SERVICE
from services.routing.store.queries.extensions import OLDEST_FIRST, ExtensionFilter, extensions_visible_to
from services.routing.store.queries.tasks import TaskFilter, tasks_visible_to
from services.routing.store.tables import RoutingTables
from tests.service.routing_county import NOW

DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    database = Database(await migrated([SERVICE]), "routing")
    yield database
    await database.close()


async def test_the_migrations_create_the_tables_of_the_code(database: Database) -> None:
    def compare(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), RoutingTables.metadata))

    async with database.transaction() as tx:
        assert await tx.run_sync(compare) == []


# mode report_up: a tenth of the reviews are assigned, half of the decisions are done
MANY = """
WITH new_route AS (
    INSERT INTO route (case_id, case_no, item, org, accepting_org, dept, seen_by, status, cycle, past,
        procedures, extensions, mediations, filings, sequence, version)
    SELECT gen_random_uuid(), n::text, '{}', org, org, 'civil',
        ARRAY['52', '52/civil', left(org, 4), left(org, 4) || '/civil', left(org, 6), left(org, 6) || '/civil',
            org, org || '/civil'], 'open', 1, '[]', 0, 0, 0, 0, 2, 1
    FROM generate_series(1, 50000) AS n,
        LATERAL (SELECT '52011' || (n % 10) || lpad((n % 997)::text, 3, '0')) AS o(org)
    RETURNING case_id, org, case_no::int AS n
)
INSERT INTO task (id, case_id, place, seq, kind, office_org, office_dept, status, assignee, cycle, recused,
    changed_at)
SELECT gen_random_uuid(), case_id, seq, seq, CASE seq WHEN 1 THEN 'review' ELSE 'decide' END,
    CASE seq WHEN 1 THEN org ELSE left(org, 6) END, 'civil',
    CASE WHEN seq = 1 AND n % 10 = 0 THEN 'assigned' WHEN seq = 2 AND n % 2 = 0 THEN 'planned' ELSE 'done' END,
    CASE WHEN n % 2 = 1 THEN 'S-' || (n % 4000) END, 1, '[]', timestamptz '2026-01-01' + n * interval '1 minute'
FROM new_route, generate_series(1, 2) AS seq
"""


EXTENDED = """
INSERT INTO extension (id, case_id, cycle, office_org, office_dept, days, unit, reason, requested_on, requested_by,
    status)
SELECT gen_random_uuid(), case_id, 1, left(org, 6), 'civil', 10, 'workday', 'sealed', date '2026-03-02', 'S-1',
    CASE WHEN case_no::int % 100 = 0 THEN 'requested' ELSE 'approved' END
FROM route, generate_series(1, 4)
"""


@pytest.fixture
async def grown(database: Database) -> AsyncIterator[Tx]:
    """Tables with 100,000 tasks and 200,000 extensions."""
    async with database.reading() as tx:
        await run(tx, MANY)
        await run(tx, EXTENDED)
        await run(tx, "VACUUM ANALYZE extension")
        await run(tx, "VACUUM ANALYZE route")
        await run(tx, "VACUUM ANALYZE task")
        yield tx


ACTORS = (
    Actor("s", "52", frozenset({"supervisor"})),
    Actor("s", "520111", frozenset({"department"}), "civil"),
    Actor("s", "520111101", frozenset({"window"}), "civil"),
    Actor("s", "520111101", frozenset({"window"}), "land"),
)


async def plan_of(grown: Tx, page: Any) -> str:
    sql = page.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return "\n".join(line for (line,) in await rows(grown, f"EXPLAIN {sql}"))


async def test_task_lists_use_indexes_whether_few_or_many_tasks_are_visible(grown: Tx) -> None:
    for actor in ACTORS:
        for given in (
            {},
            {"status": "assigned"},
            {"org": actor.org, "status": "assigned"},
            {"org": actor.org},
            {"assignee": "S-17"},
            {"updated_since": NOW},
        ):
            filters = TaskFilter(**given)
            page = filters.order.apply(tasks_visible_to(actor, filters), None, 50)
            plan = await plan_of(grown, page)
            assert "Seq Scan" not in plan, (actor.org, given, plan)


async def test_extension_lists_use_indexes_whether_few_or_many_are_visible(grown: Tx) -> None:
    for actor in ACTORS:
        for filters in (
            ExtensionFilter(None, None),
            ExtensionFilter(None, "requested"),
            ExtensionFilter("520111", "requested"),
            ExtensionFilter("520111", "approved"),
        ):
            query = extensions_visible_to(actor, filters)
            plan = await plan_of(grown, OLDEST_FIRST.apply(query, None, 50))
            assert "Seq Scan" not in plan, (actor.org, filters, plan)
