"""Many rows at once: written with one `INSERT … SELECT FROM unnest` a table, several tables in one statement; loaded by
arrays of values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ARRAY, JSON, Column, ColumnElement, Select, String, Table, any_, bindparam, literal
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlmodel import SQLModel

from bianmin.kit.db import Tx, rows, run

Row = Mapping[Any, Any]
"""A row: values by column name."""
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Write:
    """Many rows for one table, as one piece of a statement."""

    kind: str
    table: Table
    columns: tuple[str, ...]
    values: list[list[Any]]
    tail: str

    def sql(self, first: int) -> str:
        """Return the statement; its parameters are numbered from `first`."""
        return _sql(self.kind, self.table, self.columns, self.tail, first)


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a `table=True` model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert(table: type[SQLModel], new: Sequence[Row], tail: str = "") -> Write | None:
    """Return an insert of all rows in their order; None without a row. `tail` follows the SELECT (`ON CONFLICT …`)."""
    return _write("insert", table, new, tail)


def update(
    table: type[SQLModel], changed: Sequence[Row], *, by: Sequence[str] = ("id",), also: str | None = None
) -> Write | None:
    """Return an update of the rows found by the columns `by`, which sets the other columns; None without a row.

    `also`: one more assignment for all rows.
    """
    return _write("update", table, changed, ",".join(by) + (f";{also}" if also else ""))


async def write(tx: Tx, *writes: Write | None) -> None:
    """Run all writes in one statement. Their tables must differ: a statement can change a row only once."""
    present = [each for each in writes if each is not None]
    if not present:
        return
    parts: list[str] = []
    arguments: list[Any] = []
    for each in present:
        parts.append(each.sql(len(arguments) + 1))
        arguments.extend(each.values)
    *before, last = parts
    statement = last
    if before:
        statement = "WITH " + ", ".join(f"w{n} AS ({part})" for n, part in enumerate(before)) + " " + last
    await run(tx, statement, *arguments)


def _write(kind: str, table: type[SQLModel], given: Sequence[Row], tail: str) -> Write | None:
    if not given:
        return None
    real = table_of(table)
    columns = tuple(given[0])
    values = [_column(real.c[name], [row[name] for row in given]) for name in columns]
    return Write(kind, real, columns, values, tail)


def _column(column: Column[Any], values: list[Any]) -> list[Any]:
    if isinstance(column.type, JSON | ARRAY):
        return [None if value is None else _json(value) for value in values]
    return values


def _json(value: Any) -> str:
    return to_json(value).decode()


@lru_cache(maxsize=512)
def _sql(kind: str, table: Table, columns: tuple[str, ...], tail: str, first: int) -> str:
    carried = ", ".join(f"${first + n}::{_carrier(table.c[name])}[]" for n, name in enumerate(columns))
    names = ", ".join(columns)
    source = f"unnest({carried}) AS v({names})"
    if kind == "insert":
        landed = ", ".join(_landed(table.c[name]) for name in columns)
        ordered = f"unnest({carried}) WITH ORDINALITY AS v({names}, _nth)"
        return f"INSERT INTO {table.name} ({names}) SELECT {landed} FROM {ordered} ORDER BY _nth {tail}"
    named, _, also = tail.partition(";")
    keys = named.split(",")
    changes = ", ".join(
        [f"{name} = {_landed(table.c[name])}" for name in columns if name not in keys] + [also][: bool(also)]
    )
    found = " AND ".join(f"t.{name} = v.{name}" for name in keys)
    return f"UPDATE {table.name} AS t SET {changes} FROM {source} WHERE {found}"


def _carrier(column: Column[Any]) -> str:
    """The element type in which a column travels: what cannot be an array element itself goes as text."""
    if isinstance(column.type, JSON | ARRAY | String):
        return "text"
    return column.type.compile(_DIALECT)


def _landed(column: Column[Any]) -> str:
    if isinstance(column.type, JSON):
        return f"v.{column.name}::jsonb"
    if isinstance(column.type, ARRAY):
        item = column.type.item_type
        element = "text" if isinstance(item, String) else item.compile(_DIALECT)
        return f"ARRAY(SELECT jsonb_array_elements_text(v.{column.name}::jsonb))::{element}[]"
    return f"v.{column.name}"


class Load:
    """A SELECT of many rows by arrays of values (`named`), compiled once and sent to the driver as text."""

    def __init__(self, query: Select[Any]) -> None:
        compiled = query.compile(dialect=_DIALECT)
        self._sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()

    async def __call__(self, tx: Tx, **values: Iterable[Any]) -> Sequence[Row]:
        """Return the rows for these values; each array is given by its name."""
        found: Sequence[Row] = await rows(tx, self._sql, *(list(values[name]) for name in self._names))
        return found


def named(name: str, column: Any) -> Any:
    """Return a parameter of this name, an array of the column's type: `column == any_(named(…))`."""
    return bindparam(name, type_=ARRAY(column.type))


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Return `column = ANY(values)`: one statement for any number of values, so that it is prepared once."""
    condition: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(column.type)))
    return condition
