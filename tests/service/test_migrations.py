"""Schema histories: an older database opens with its data, a newer one is refused."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bianmin.kit import migrations
from bianmin.kit.db import Database, rows, run
from services.reporting.app import SERVICE


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    database = Database(await migrated([SERVICE]), SERVICE.name)
    yield database
    await database.close()


async def test_a_database_from_before_the_kit_had_a_history_opens_with_its_data(database: Database) -> None:
    async with database.transaction() as tx:
        await run(tx, "DROP TABLE kit_version")
        await run(
            tx, "INSERT INTO outbox (aggregatetype, aggregateid, type, payload) VALUES ('intake', 'a', 't', '\\x00')"
        )
    assert await migrations.pending(SERVICE, database)
    await migrations.upgrade(SERVICE, database)
    assert await migrations.pending(SERVICE, database) == []
    async with database.reading() as tx:
        assert [row["aggregateid"] for row in await rows(tx, "SELECT aggregateid FROM outbox")] == ["a"]


@pytest.mark.parametrize("version_table", ["alembic_version", "kit_version"])
async def test_a_database_that_is_newer_than_the_program_is_refused(database: Database, version_table: str) -> None:
    async with database.transaction() as tx:
        await run(tx, f"UPDATE {version_table} SET version_num = '9999'")
    for look in (migrations.pending, migrations.upgrade):
        with pytest.raises(migrations.NewerThanProgram, match=r"reporting.*9999.*upgrade the program"):
            await look(SERVICE, database)
