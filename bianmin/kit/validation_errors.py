"""What pydantic finds wrong with a request, in Chinese: where and why, without what the client wrote."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from bianmin.kit.refusals import FieldError

_MOST_ERRORS = 50


def describe_errors(found: Iterable[Mapping[str, Any]], body: Any = None) -> Sequence[FieldError]:
    """At most 50 of pydantic's errors, each once, as `describe_error` gives them. `body`: what the client wrote."""
    # a parameter that the endpoint and its dependency both declare is reported twice
    listed = list(dict.fromkeys(describe_error(each, body) for each in found))
    return _without_other_branches(listed)[:_MOST_ERRORS]


def describe_error(error: Mapping[str, Any], body: Any = None) -> FieldError:
    """One of pydantic's errors as a JSON pointer, pydantic's code and a Chinese message."""
    location = _as_written(error["loc"], body, missing=error["type"] == "missing")
    return FieldError(pointer_of(location), error["type"], _message_of(error))


def _as_written(location: Sequence[str | int], body: Any, *, missing: bool) -> Sequence[str | int]:
    """The location without the steps that pydantic adds for the branches of a union, and that nobody wrote.

    A field that is missing is its last step.
    """
    where, *path = location or ("body",)
    if where != "body":
        return location[:2]
    if body is None:
        return location
    steps: list[str | int] = []
    for n, step in enumerate(path):
        if _has(body, step):
            body = body[step]
        elif not (missing and n == len(path) - 1):
            continue
        steps.append(step)
    return (where, *steps)


def _has(value: Any, step: str | int) -> bool:
    match value:
        case Mapping():
            return step in value
        case list() | tuple():
            return isinstance(step, int) and step < len(value)
    return False


def _without_other_branches(listed: Sequence[FieldError]) -> list[FieldError]:
    """The errors, where a value was tried as several types, of the branch that it was meant for, or one for all."""
    kept: list[FieldError] = []
    for pointer, found in groupby(listed, key=lambda error: error.pointer):
        errors = list(found)
        types = [error for error in errors if error.code.endswith(_OF_TYPES)]
        if len(errors) > 1 and len(types) == len(errors):
            wanted = "，或".join(dict.fromkeys(error.detail for error in errors))
            errors = [FieldError(pointer, errors[0].code, wanted)]
        elif types and len(errors) > 1:
            errors = [error for error in errors if error not in types]
        kept += errors
    return kept


_OF_TYPES = ("_type", "_parsing")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,39}")


def pointer_of(location: Sequence[str | int]) -> str:
    """A JSON pointer into the body, or `query:name`. A name that the client made up is replaced by `…`."""
    where, *path = location or ("body",)
    steps = [str(step) if isinstance(step, int) or _NAME.fullmatch(step) else "…" for step in path]
    if where == "body":
        return "".join(f"/{step}" for step in steps)
    return f"{where}:" + "/".join(steps)


_MESSAGES = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段；请删去或核对拼写",
    "string_too_short": "不能少于 {min_length} 个字",
    "string_too_long": "不能超过 {max_length} 个字",
    "string_pattern_mismatch": "格式不符",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "bool_type": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "应为 {expected}",
    "enum": "应为 {expected}",
    "uuid_parsing": "应为 UUID",
    "uuid_type": "应为 UUID",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "unfit_text": "{detail}",
    "code": "{detail}",
    "day": "应为日期，如 2026-11-23",
    "moment": "应为带时区的时间，如 2026-11-23T09:30:00+08:00",
}


def _message_of(error: Mapping[str, Any]) -> str:
    """The Chinese message of an error. The texts of `value_error` are our own validators': Chinese, without values."""
    if error["type"] in ("value_error", "assertion_error"):
        raised = error.get("ctx", {}).get("error")
        return str(raised) if isinstance(raised, ValueError) else "内容不对"
    pattern = _MESSAGES.get(error["type"])
    if pattern is None:
        return "内容或格式不对"
    context = {key: value for key, value in error.get("ctx", {}).items() if isinstance(value, int | float | str)}
    if "expected" in context:
        context["expected"] = _choices(str(context["expected"]))
    try:
        return pattern.format(**context)
    except KeyError:
        return "内容或格式不对"


def _choices(expected: str) -> str:
    """The Chinese form of pydantic's list of choices, `'green', 'yellow' or 'red'`."""
    listed = re.findall(r"'([^']*)'", expected) or re.split(r", | or ", expected)
    return listed[0] if len(listed) == 1 else f"{'、'.join(listed)} 之一"
