"""Many closed cases for a bench: the rows of one that was really handled, copied with new ids."""

from typing import Any

from bench.environment import ALL, connected

BATCH = 100_000
_COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name, c.data_type,
    EXISTS (
        SELECT FROM information_schema.table_constraints k JOIN information_schema.key_column_usage u
            USING (constraint_schema, constraint_name)
        WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name AND u.column_name = c.column_name
            AND k.constraint_type IN ('PRIMARY KEY', 'UNIQUE')
    ) AS in_key
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = ANY($1::text[]) AND t.table_type = 'BASE TABLE' AND c.is_identity = 'NO'
    AND c.is_generated = 'NEVER'
ORDER BY c.table_schema, c.table_name, c.ordinal_position
"""


async def multiply(url: str, count: int) -> None:
    """Copy the latest closed case of the database `count` times, in the tables of every service."""
    async with connected(url) as connection:
        case_id = await connection.fetchval(
            "SELECT id FROM intake.cases WHERE status = 'closed' ORDER BY id DESC LIMIT 1"
        )
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET session_replication_role = replica")  # tables are filled in any order
        tables: dict[tuple[str, str], list[Any]] = {}
        for schema, table, *column in await connection.fetch(_COLUMNS, list(ALL)):
            tables.setdefault((schema, table), []).append(column)
        for (schema, table), columns in tables.items():
            await _copy(connection, f"{schema}.{table}", columns, case_id, count)
        await connection.execute("VACUUM ANALYZE")


async def _copy(connection: Any, table: str, columns: list[Any], case_id: Any, count: int) -> None:
    about = [
        name
        for name, kind, _ in columns
        if kind in ("uuid", "text", "character varying")
        and await connection.fetchval(f'SELECT EXISTS (SELECT FROM {table} WHERE "{name}"::text = $1)', str(case_id))
    ]
    if not about:
        return
    # a new id for each copy, the same in all tables: the case's own with its last digits counted up
    new = f"(left('{case_id}', 24) || lpad(to_hex(n), 12, '0'))"
    values = []
    for name, kind, in_key in columns:
        if name in about:
            values.append(f"{new}::{kind}")
        elif in_key and kind == "uuid":
            values.append("gen_random_uuid()")
        elif name == "case_no":
            values.append("case_no || '-' || n")
        else:
            values.append(f'"{name}"')
    names = ", ".join(f'"{name}"' for name, *_ in columns)
    where = f"\"{about[0]}\"::text = '{case_id}'"
    for first in range(1, count + 1, BATCH):
        await connection.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} AS original, "
            f"generate_series({first}, {min(first + BATCH - 1, count)}) AS n WHERE {where}"
        )
