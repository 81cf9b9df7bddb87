"""Deadlines' tables: what the migrations make, and which indexes serve when there are many rows."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from bianmin.domain.actors import Actor
from bianmin.kit.db import Database, Tx, rows, run
from bianmin.kit.ids import new_id
from services.deadlines.app import SERVICE
from services.deadlines.store.queries import clocks
from services.deadlines.store.queries.clocks import ClockFilters
from services.deadlines.store.recounts import LIST_SUBJECTS
from services.deadlines.store.signals import DUE
from services.deadlines.store.tables import DeadlinesTables
from tests.service.deadlines_county import at


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    database = Database(await migrated([SERVICE]), "deadlines")
    yield database
    await database.close()


MANY = """
WITH matter AS (
    INSERT INTO subject (id, kind, reach, seen_by, phase, cycle, standstills, cards, sequence)
    SELECT gen_random_uuid(), 'case',
        jsonb_build_object('org', o.org, 'accepting_org', o.org, 'dept', 'civil', 'holders', '[]'::jsonb),
        ARRAY['52', left(o.org, 4), left(o.org, 6), o.org], 'accepted', 1, 0, 0, 1
    FROM generate_series(1, 100000) AS n,
        LATERAL (SELECT '52011' || (n % 10) || lpad((n % 997)::text, 3, '0')) AS o(org)
    RETURNING id, reach->>'org' AS org
)
INSERT INTO clock (id, subject_id, kind, cycle, org, dept, unit, budget, extended_by, started_on, started_at,
    due_on, due_at, yellow_at, calendar_version, provisional, told, lamp, state, next_fire_at, version)
SELECT gen_random_uuid(), id, 'promise', 1, org, 'civil', 'workday', 5, 0, day, day, day, day, day, 'CN', false, '',
    CASE WHEN n % 20 = 0 THEN 'red' ELSE 'green' END, CASE WHEN n % 3 = 0 THEN 'running' ELSE 'stopped' END,
    CASE WHEN n % 3 = 0 THEN day END, 1
FROM (SELECT id, org, row_number() OVER () AS n FROM matter) AS m,
    LATERAL (SELECT timestamptz '2026-04-01' + n * interval '1 minute') AS d(day)
"""


@pytest.fixture
async def grown(database: Database) -> AsyncIterator[Tx]:
    """Tables with 100,000 clocks in them."""
    async with database.reading() as tx:
        await run(tx, MANY)
        await run(tx, "VACUUM ANALYZE subject")
        await run(tx, "VACUUM ANALYZE clock")
        yield tx


async def test_d20_the_timer_reads_what_is_due_and_nothing_else(grown: Tx) -> None:
    due = DUE.replace("$1", "timestamptz '2026-04-05'").replace("$2", "500")
    plan = await explained(grown, due)
    assert "Index Scan using ix_clock_next_fire_at" in plan
    assert "Index Cond: (next_fire_at <=" in plan
    assert "Seq Scan on clock" not in plan
    assert "Seq Scan on subject" not in plan
    assert "Sort" not in plan, "the index gives the oldest first"
    [(found,)] = await rows(grown, f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {due}")
    looked_at = {node["Index Name"]: node for node in nodes(found[0]["Plan"]) if "Index Name" in node}
    clocks = looked_at["ix_clock_next_fire_at"]
    assert (clocks["Actual Rows"], clocks.get("Rows Removed by Filter", 0)) == (500, 0)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def test_d14_subjects_to_recalculate_are_listed_without_a_check_per_row(grown: Tx) -> None:
    """Signals wait for the list: a check for each of its rows would take several times as long as the list itself."""
    plan = await explained(grown, "ANALYZE " + LIST_SUBJECTS, date(2026, 4, 1), date(2026, 12, 31), "CN", new_id())
    assert "Insert on recount_subject" in plan
    assert "Trigger" not in plan


async def test_lists_use_indexes_whether_few_or_many_rows_are_visible(grown: Tx) -> None:
    for org in ("52", "520111", "520111101"):
        for wanted in (
            ClockFilters(),
            ClockFilters(state="running"),
            ClockFilters(state="paused"),
            ClockFilters(lamp="red"),
            ClockFilters(lamp="red", state="running"),
            ClockFilters(due_before=at("2026-06-01T00:00")),
            ClockFilters(org="520111"),
            ClockFilters(updated_since=at("2026-03-01T00:00")),
        ):
            listing = clocks.listing(Actor("s", org, frozenset({"supervisor"})), wanted)
            page = clocks.order(wanted).apply(listing, None, 50)
            dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
            sql = page.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            assert "Seq Scan" not in await explained(grown, str(sql)), (org, wanted)


async def explained(tx: Tx, statement: str, *arguments: Any) -> str:
    return "\n".join(line for (line,) in await rows(tx, f"EXPLAIN {statement}", *arguments))


async def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    assert await differences(database) == []


async def differences(database: Database) -> list[Any]:
    def compare(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), DeadlinesTables.metadata))

    async with database.transaction() as tx:
        return await tx.run_sync(compare)
