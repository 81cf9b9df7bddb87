"""The org tree in queries: division codes nest by prefix, and keys open rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, literal


def under(column: Any, org: str) -> ColumnElement[bool]:
    """Whether an org column lies in the subtree of `org`. Columns collate "C", so an index serves it."""
    condition: ColumnElement[bool] = column.like(f"{org}%")
    return condition


def opened_by(seen_by: Any, keys: Sequence[str]) -> ColumnElement[bool]:
    """Whether one of the keys opens a row, by its `seen_by` column (`access.seen_by`, `access.keys_of`)."""
    condition: ColumnElement[bool] = seen_by.bool_op("&&")(literal(list(keys), ARRAY(Text())))
    return condition
