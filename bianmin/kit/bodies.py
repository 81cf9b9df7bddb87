"""Base models of requests and answers, and their field types: strict, and storable in PostgreSQL."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import CoreSchema, PydanticCustomError

from bianmin.domain import identifiers
from bianmin.domain.divisions import check_division_code
from bianmin.domain.identifiers import BadCode
from bianmin.domain.text import UnfitText, clean_name, clean_text
from bianmin.events import parts
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


_BLANK_FOR_PLUS = re.compile("(?<=[0-9.]) (?=[0-9]{2}:[0-9]{2}$)")
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
    """Parse a moment written as in RFC 3339, with or without seconds. Raises `PydanticCustomError`.

    A blank before the offset is the `+` that an address does not keep: `updated_at` may be pasted into one.
    """
    text = _BLANK_FOR_PLUS.sub("+", value.upper()) if isinstance(value, str) else ""
    if _MOMENT.fullmatch(text):
        with suppress(ValueError):
            moment = datetime.fromisoformat(text)
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
STORED: Final = object()
"""The context of validation of what was stored: an older program took texts that are refused today."""


def _cleaned(clean: Callable[[str], str]) -> BeforeValidator:
    def read(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str) or info.context is STORED:
            return value
        try:
            return clean(value)
        except UnfitText as error:
            raise PydanticCustomError("unfit_text", "{detail}", {"detail": str(error)}) from None

    return BeforeValidator(read)


def _checked(check: Callable[[str], object]) -> BeforeValidator:
    def read(value: Any) -> Any:
        if isinstance(value, str):
            try:
                check(value)
            except BadCode as error:
                raise PydanticCustomError("code", "{detail}", {"detail": str(error).rstrip("。")}) from None
        return value

    return BeforeValidator(read)


AS_NAME, AS_TEXT = _cleaned(clean_name), _cleaned(clean_text)
"""They bring a name, or a longer text with line breaks, into its one form, and refuse what nobody can see.

They stand last in an `Annotated`, so that its limits hold for the result.
"""
Short = Annotated[str, StringConstraints(min_length=1, max_length=100), AS_NAME]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AS_NAME]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), AS_TEXT]
Address = Annotated[str, StringConstraints(max_length=200), AS_NAME]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(identifiers.phone), AS_NAME]
Code = Annotated[parts.Code, AS_NAME]
OrgCode = Annotated[parts.OrgCode, _checked(check_division_code)]


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
    "AS_NAME",
    "AS_TEXT",
    "STORED",
    "Address",
    "Body",
    "Code",
    "Day",
    "Line",
    "Moment",
    "OrgCode",
    "Phone",
    "Short",
    "Text",
    "View",
    "holds_unstorable_text",
    "read_day",
    "read_moment",
]
