"""Rows of one table and the states they stand for: both ways, compiled once."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlmodel import SQLModel

from bianmin.kit.sets import Row, table_of

S = TypeVar("S")


class Codec(Generic[S]):
    """Turns rows of `table` into frozen dataclasses `state`, and back.

    A column is the attribute (or property) of the state with its name; `paths` names another one, such as
    `{"item_code": "item.code"}`. Columns in `unmapped` are never written from the state (`changed_at`). Fields
    that the row lacks, or stores in another form, are passed to `load` as keyword arguments.
    """

    def __init__(
        self,
        table: type[SQLModel],
        state: type[S],
        *,
        paths: Mapping[str, str] = MappingProxyType({}),
        unmapped: Collection[str] = (),
    ) -> None:
        names = [column.name for column in table_of(table).columns if column.name not in unmapped]
        self._paths = {name: paths.get(name, name) for name in names}
        self._read = TypeAdapter(state)
        self._fields = frozenset(field.name for field in fields(state))  # type: ignore[arg-type]
        self._written: dict[frozenset[str], tuple[tuple[str, ...], Any]] = {}

    def load(self, row: Row, **given: Any) -> S:
        """Return the state a row stands for. Raises pydantic's `ValidationError` when the row has another shape."""
        values = {name: value for name, value in row.items() if name in self._fields}
        values.update(given)
        return self._read.validate_python(values)

    def row(self, state: S, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the row of a state, by column; `without` the columns that an update leaves as they are."""
        if without not in self._written:
            names = tuple(name for name in self._paths if name not in without)
            self._written[without] = names, attrgetter(*(self._paths[name] for name in names))
        names, read = self._written[without]
        values = read(state)
        return dict(zip(names, values if len(names) > 1 else (values,), strict=True))
