"""Base models of requests and answers, and their field types: strict, and storable in PostgreSQL."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError

from bianmin.events.parts import Code, OrgCode
from bianmin.kit.time_source import TZ


def _make_integers_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("type") == "int":
            schema["strict"] = True
        schema = list(schema.values())
    if isinstance(schema, list | tuple):
        for part in schema:
            _make_integers_strict(part)


class Body(BaseModel):
    """A request body. It refuses unknown fields, and `true`, `"5"` or `5.0` for an integer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # `strict` for the whole model would also refuse dates and ids, which JSON writes as texts
        schema = handler(source)
        _make_integers_strict(schema)
        return schema


class View(BaseModel):
    """An answer. Made of a state, never of a request."""

    model_config = ConfigDict(frozen=True)


# `fromisoformat` also takes weeks and ordinals (2026-W01-1, 20260101), which we refuse
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    f"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"
)


def read_day(value: Any) -> date:
    """Parse a day written as `2026-11-23`. Raises `PydanticCustomError`."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("day", "应为日期")


def read_moment(value: Any) -> datetime:
    """Parse a moment written as in RFC 3339, with or without seconds. Raises `PydanticCustomError`."""
    if isinstance(value, str) and _MOMENT.fullmatch(value.upper()):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value.upper())
            if _fits_all_zones(moment):
                return moment
    raise PydanticCustomError("moment", "应为带时区的时间")


def _fits_all_zones(moment: datetime) -> bool:
    """Whether the moment exists in UTC and in the county's zone: near the years 1 and 9999 it may not."""
    try:
        return bool(moment.astimezone(UTC) and moment.astimezone(TZ))
    except OverflowError:
        return False


Day = Annotated[date, BeforeValidator(read_day, json_schema_input_type=date)]
Moment = Annotated[datetime, BeforeValidator(read_moment, json_schema_input_type=datetime)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def holds_unstorable_text(value: Any) -> bool:
    """Whether a parsed JSON value holds a text that PostgreSQL cannot store: with a NUL or half a surrogate pair."""
    stack = [value]
    while stack:
        match stack.pop():
            case str() as text:
                if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
                    return True
            case dict() as members:
                stack += members.keys()
                stack += members.values()
            case list() as items:
                stack += items
    return False


__all__ = [
    "Body",
    "Code",
    "Day",
    "Moment",
    "OrgCode",
    "Short",
    "Text",
    "View",
    "holds_unstorable_text",
    "read_day",
    "read_moment",
]
