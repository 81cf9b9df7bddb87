"""Lists a page at a time: keyset cursors, opaque, signed and bound to the filters they were made for."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, tuple_

from bianmin.kit.problems import Malformed

Limit = Annotated[int, Query(ge=1, le=200, description="每页条数，最多 200")]
Cursor = Annotated[str | None, Query(max_length=1000, description="上一页答复中的 next_cursor，原样带回")]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Keyset:
    """How a list is walked: its order, and how the values of that order are read back from a cursor."""

    columns: Sequence[Any]
    types: Sequence[Callable[[str], Any]]
    descending: bool = False

    def after(self, values: Sequence[Any]) -> ColumnElement[bool]:
        here, last = tuple_(*self.columns), tuple_(*values)
        return here < last if self.descending else here > last

    def apply(self, query: Select[Any], values: Sequence[Any] | None, limit: int) -> Select[Any]:
        """The page behind `values`, and one row more, to know whether there is a next page."""
        if values is not None:
            query = query.where(self.after(values))
        order = [column.desc() if self.descending else column.asc() for column in self.columns]
        return query.order_by(*order).limit(limit + 1)


class Cursors:
    """Makes and reads cursors. `sign` is a keyed digest, so that nobody writes their own."""

    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        self._sign = sign

    def write(self, values: Sequence[Any], filters: Sequence[Any]) -> str:
        payload = json.dumps([_text(value) for value in values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._seal(payload, filters) + payload).decode().rstrip("=")

    def read(self, cursor: str | None, filters: Sequence[Any], keyset: Keyset) -> list[Any] | None:
        if cursor is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            seal, payload = raw[:8], raw[8:]
            if not hmac.compare_digest(seal, self._seal(payload, filters)):
                raise ValueError
            values = json.loads(payload)
            return [read(value) for read, value in zip(keyset.types, values, strict=True)]
        except (ValueError, TypeError, binascii.Error) as error:
            raise Malformed("cursor 无效，或不是按同样的查询条件得到的；请从第一页重新查询。") from error

    def _seal(self, payload: bytes, filters: Sequence[Any]) -> bytes:
        bound = json.dumps([_text(each) for each in filters], separators=(",", ":")).encode()
        return self._sign(bound + b"\0" + payload)[:8]


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)
