"""Schema histories: a database that is newer than the program is refused."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bianmin.kit import migrations
from bianmin.kit.db import Database, run
from services.reporting.app import SERVICE


@pytest.fixture
async def database(migrated: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    database = Database(await migrated([SERVICE]), SERVICE.name)
    yield database
    await database.close()


@pytest.mark.parametrize("version_table", ["alembic_version", "kit_version"])
async def test_a_database_that_is_newer_than_the_program_is_refused(database: Database, version_table: str) -> None:
    async with database.transaction() as tx:
        await run(tx, f"UPDATE {version_table} SET version_num = '9999'")
    for look in (migrations.pending, migrations.upgrade):
        with pytest.raises(migrations.NewerThanProgram, match=r"reporting.*9999.*upgrade the program"):
            await look(SERVICE, database)
