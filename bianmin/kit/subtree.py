"""SQL conditions over the org tree: division codes nest by prefix, and keys open rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, literal


def under(column: Any, org: str) -> ColumnElement[bool]:
    """Return the condition that a column of org codes lies in the subtree of `org`.

    An index serves it, because these columns collate "C".
    """
    condition: ColumnElement[bool] = column.like(f"{org}%")
    return condition


def opened_by(seen_by: Any, keys: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that the column `seen_by` of a row (`access.seen_by`) holds one of the keys of an actor."""
    condition: ColumnElement[bool] = seen_by.bool_op("&&")(literal(list(keys), ARRAY(Text())))
    return condition
