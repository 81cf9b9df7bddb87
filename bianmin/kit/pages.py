"""Lists a page at a time. A cursor is opaque, signed, and valid only with the filters that it was made for."""

import base64
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, RowMapping, Select, tuple_

from bianmin.kit.db import Tx
from bianmin.kit.problems import MalformedRequest

Limit = Annotated[int, Query(ge=1, le=200, description="每页条数，最多 200")]
Cursor = Annotated[str | None, Query(max_length=1000, description="上一页答复中的 next_cursor，原样带回")]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` is null on the last."""

    items: Annotated[list[T], Field(description="本页的内容；没有的为空列表")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="下一页的 cursor，原样带回，其他查询条件不变；最后一页为 null",
            examples=["q3Jk0xT1b2VbIjIwMjYtMTEtMjQiXQ"],
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Keyset:
    """The order of a list: its columns, and for each the function that parses its value from a cursor.

    The columns together must be unique, or a page may skip rows.
    """

    columns: Sequence[Any]
    types: Sequence[Callable[[str], Any]]
    descending: bool = False

    def after(self, values: Sequence[Any]) -> ColumnElement[bool]:
        """The condition that a row comes after the one with these values."""
        here, last = tuple_(*self.columns), tuple_(*values)
        return here < last if self.descending else here > last

    def apply(self, query: Select[Any], values: Sequence[Any] | None, limit: int) -> Select[Any]:
        """The query of the page after `values`, with one row more, which shows whether there is a next page."""
        if values is not None:
            query = query.where(self.after(values))
        order = [column.desc() if self.descending else column.asc() for column in self.columns]
        return query.order_by(*order).limit(limit + 1)


class Cursors:
    """Writes and reads cursors. `sign` is a keyed digest, so that clients cannot make cursors of their own."""

    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        self._sign = sign

    def write(self, values: Sequence[Any], filters: Sequence[Any]) -> str:
        """The cursor of the page after the row with these values."""
        payload = json.dumps([_text(value) for value in values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(payload, filters) + payload).decode().rstrip("=")

    def read(self, cursor: str | None, filters: Sequence[Any], keyset: Keyset) -> list[Any] | None:
        """The values in a cursor; None without one. Raises `MalformedRequest` where it was made for other filters."""
        if cursor is None:
            return None
        try:
            return self._parse(cursor, filters, keyset)
        except (ValueError, TypeError) as error:
            raise MalformedRequest("cursor 无效，或不是按同样的查询条件得到的；请从第一页重新查询。") from error

    def _parse(self, cursor: str, filters: Sequence[Any], keyset: Keyset) -> list[Any]:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        signature, payload = raw[:8], raw[8:]
        if not hmac.compare_digest(signature, self._signature(payload, filters)):
            raise ValueError("signature")
        values = json.loads(payload)
        return [parse(value) for parse, value in zip(keyset.types, values, strict=True)]

    def _signature(self, payload: bytes, filters: Sequence[Any]) -> bytes:
        filtered = json.dumps([_text(each) for each in filters], separators=(",", ":")).encode()
        return self._sign(filtered + b"\0" + payload)[:8]


async def read_page(
    tx: Tx,
    query: Select[Any],
    keyset: Keyset,
    filters: Sequence[Any],
    cursors: Cursors,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[RowMapping], str | None]:
    """The rows of the page after `cursor`, and the cursor of the next page, None on the last.

    `filters`: the values that a cursor is valid with. Raises `MalformedRequest` for a cursor of other filters.
    """
    after = cursors.read(cursor, filters, keyset)
    found = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    page = found[:limit]
    if len(found) == len(page):
        return page, None
    return page, cursors.write([page[-1][column.name] for column in keyset.columns], filters)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)
