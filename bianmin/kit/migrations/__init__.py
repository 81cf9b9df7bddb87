"""Schema histories (Alembic): one of the kit's tables, one of each service's own. Run as a step, never by a worker.

Both stand in the service's schema, each with a version table of its own. `env.py` and `script.py.mako` beside this file
serve all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from bianmin.kit.db import Database, Tx
from bianmin.kit.service import Service

_HERE = Path(__file__).parent
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('bianmin migrate ' || :schema))"


class NewerThanProgram(Exception):
    """The database has revisions that this program does not know. The text is for the operator."""

    def __init__(self, schema: str, revision: str) -> None:
        super().__init__(
            f"数据库 {schema} 的结构（版本 {revision}）比本程序新：请升级程序后再启动，不要用旧程序打开。"
            f"(the database of {schema} is newer than this program: upgrade the program)"
        )


class NotMigrated(Exception):
    """The database lacks revisions that this program needs. The text is for the operator."""

    def __init__(self, schema: str) -> None:
        super().__init__(
            f"数据库 {schema} 的结构还没有建好，或比本程序旧：请先运行 bianmin migrate。(run `bianmin migrate` first)"
        )


@dataclass(frozen=True, slots=True)
class _History:
    """A directory of revisions, and the table that says how far a schema has followed it."""

    revisions: Path
    version_table: str

    def config(self, connection: Connection | None = None) -> Config:
        config = Config(attributes={"connection": connection, "version_table": self.version_table})
        config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
        config.set_main_option("version_locations", str(self.revisions).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        return config

    async def current(self, tx: Tx) -> str | None:
        """The newest revision that the schema has; None before the first."""
        named = {"name": self.version_table}
        if (await tx.execute(text("SELECT to_regclass(:name)"), named)).scalar() is None:
            return None
        version: str | None = (await tx.execute(text(f"SELECT version_num FROM {self.version_table}"))).scalar()
        return version

    def after(self, current: str | None, schema: str) -> list[str]:
        """The revisions behind `current`, the newest first. Raises `NewerThanProgram`."""
        script = ScriptDirectory.from_config(self.config())
        if current is not None:
            try:
                script.get_revision(current)
            except CommandError:  # Alembic has no narrower error for a revision that it cannot find
                raise NewerThanProgram(schema, current) from None
        steps = script.iterate_revisions("head", current or "base")
        return [step.revision for step in steps if step.revision != current]

    def run(self, connection: Connection) -> None:
        command.upgrade(self.config(connection), "head")


def _histories(service: Service) -> Iterator[_History]:
    """The kit's history before the service's own."""
    yield _History(_HERE / "versions", "kit_version")
    yield _History(service.migrations / "versions", "alembic_version")


async def upgrade(service: Service, database: Database) -> None:
    """Bring the service's schema to the newest version, the kit's tables first. Raises `NewerThanProgram`.

    Of two processes that do this at once the second waits and finds it done.
    """
    async with database.transaction() as tx:
        await tx.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{database.schema}"'))
    async with database.transaction() as tx:
        await tx.execute(text(_LOCK), {"schema": database.schema})
        for history in _histories(service):
            if history.after(await history.current(tx), database.schema):
                await tx.run_sync(history.run)


async def pending(service: Service, database: Database) -> Sequence[str]:
    """Revisions that the schema does not have yet. Raises `NewerThanProgram`."""
    found: list[str] = []
    async with database.reading() as tx:
        for history in _histories(service):
            found += history.after(await history.current(tx), database.schema)
    return found
