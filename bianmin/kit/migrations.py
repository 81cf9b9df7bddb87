"""Each service's schema history (Alembic), run as a step of its own and never at a worker's start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlmodel.sql.sqltypes import AutoString

from bianmin.kit.db import Database
from bianmin.kit.service import Service

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('bianmin migrate ' || :schema))"
_VERSION_TABLE = "alembic_version"


async def upgrade(service: Service, database: Database) -> None:
    """Bring the service's schema to the newest version. Two at once: the second waits and finds it done."""
    async with database.transaction() as tx:
        await tx.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{database.schema}"'))
    async with database.transaction() as tx:
        await tx.execute(text(_LOCK), {"schema": database.schema})
        await tx.run_sync(_run, service.migrations, "head")


async def pending(service: Service, database: Database) -> Sequence[str]:
    """Revisions that the schema has not had yet."""
    script = ScriptDirectory.from_config(_config(service.migrations))
    async with database.reading() as tx:
        known = (await tx.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": _VERSION_TABLE})).scalar_one()
        here = (await tx.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}"))).scalar() if known else None
    return [step.revision for step in script.iterate_revisions("head", here or "base") if step.revision != here]


def _run(connection: Connection, migrations: Path, target: str) -> None:
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def environment(metadata: MetaData) -> None:
    """What every service's `env.py` does: run on the connection it is given."""
    connection: Any = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_item=_render)
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """SQLModel's strings are plain strings: a revision needs no import for them."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False
