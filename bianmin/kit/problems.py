"""Errors as RFC 9457 problem+json: the one table from refusals to HTTP. No input and no stack trace leaves here."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bianmin.kit.batch import DatabaseAway
from bianmin.kit.db import is_away
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound, Refusal

log = structlog.get_logger(__name__)


class HttpRefusal(Refusal):
    """A refusal that only HTTP has: it names its status and headers."""

    status: ClassVar[int]
    headers: Mapping[str, str] = {}


class MalformedRequest(HttpRefusal):
    """400: the request cannot be parsed."""

    slug, title, status = "malformed", "请求无法解析", 400


class Unauthenticated(HttpRefusal):
    """401: there is no valid token."""

    slug, title, status = "unauthenticated", "需要登录", 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class Stale(Conflict):
    """412: somebody else has changed the resource since the client read it."""

    slug, title = "stale", "内容已被他人修改"


class TooLarge(HttpRefusal):
    """413: the body exceeds the limit."""

    slug, title, status = "too-large", "请求内容过大", 413


class UnsupportedMedia(HttpRefusal):
    """415: the endpoint does not take this media type."""

    slug, title, status = "unsupported-media-type", "不支持的内容类型", 415


class PreconditionRequired(HttpRefusal):
    """428: a change of something that exists needs If-Match."""

    slug, title, status = "precondition-required", "缺少 If-Match", 428


class TooMany(HttpRefusal):
    """429: the rate limit is used up. `retry_after` in seconds."""

    slug, title, status = "too-many-requests", "请求过于频繁", 429

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(retry_after)}


class Unavailable(HttpRefusal):
    """503: the database cannot be reached; nothing was stored."""

    slug, title, status = "unavailable", "暂时无法办理", 503
    headers: Mapping[str, str] = {"Retry-After": "2"}


_STATUS: Sequence[tuple[type[Refusal], int]] = (
    (Stale, 412),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Invalid, 422),
)


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """The HTTP status of a refusal or of its class."""
    kind = refusal if isinstance(refusal, type) else type(refusal)
    if issubclass(kind, HttpRefusal):
        return kind.status
    return next(status for base, status in _STATUS if issubclass(kind, base))


def problem(refusal: Refusal, instance: str | None = None) -> Response:
    """The problem+json response of a refusal. `instance`: the path of the request."""
    status = status_of(refusal)
    body: dict[str, Any] = {
        "type": f"urn:bianmin:problem:{refusal.slug}",
        "title": refusal.title,
        "status": status,
        "detail": refusal.detail,
    }
    if instance is not None:
        body["instance"] = instance
    if refusal.errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in refusal.errors]
    headers = refusal.headers if isinstance(refusal, HttpRefusal) else None
    return Response(to_json(body), status, headers, media_type="application/problem+json")


def refuses(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint in the OpenAPI document: these refusals, and those that every endpoint has."""
    found: dict[int | str, dict[str, Any]] = {}
    common: tuple[type[Refusal], ...] = (Unauthenticated, Invalid, Unavailable)
    for kind in kinds + common:
        entry = found.setdefault(status_of(kind), {"description": kind.title, "content": _PROBLEM_CONTENT})
        if kind.title not in entry["description"]:
            entry["description"] += f"；{kind.title}"
    return found


_PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:bianmin:problem:materials-missing"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return problem(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem(refusal_of(error), request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _http_problem(error, request.url.path)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_middleware(_Guard)


class _Guard:
    """Answers what no handler answered: 503 where the database is away, 500 for an unexpected error.

    Not an exception handler: Starlette raises the error again after those, and the server would print it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            await self._answer(error, scope["path"])(scope, receive, send)

    @staticmethod
    def _answer(error: Exception, path: str) -> Response:
        if isinstance(error, DatabaseAway) or is_away(error):
            log.warning("request.database_away", error=type(error).__name__)
            detail = "数据库暂时无法连接，本次没有保存任何内容；请稍后用同一个 Idempotency-Key 重试。"
            return problem(Unavailable(detail), path)
        log.error("request.failed", exc_info=error, error=type(error).__name__)
        detail = "系统出错，已记录；请稍后重试，仍不行请联系管理员。"
        return _plain_problem(500, "internal", "系统内部错误", detail, path)


def refusal_of(error: RequestValidationError) -> Refusal:
    """The refusal that lists pydantic's errors in Chinese, without the values, at most 50 of them."""
    found = error.errors()
    if any(error["type"] == "json_invalid" for error in found):
        return MalformedRequest("请求体不是正确的 JSON；请检查引号、逗号和编码（UTF-8）。")
    # a parameter that the endpoint and its dependency both declare is reported twice
    errors = list(dict.fromkeys(describe_error(each) for each in found))[:50]
    return Invalid("填报内容有误，请按 errors 逐项更正后重新提交。", errors=errors)


def describe_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors as a JSON pointer, pydantic's code and a Chinese message."""
    return FieldError(pointer_of(error["loc"]), error["type"], _message_of(error))


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


_HTTP = {
    400: ("malformed", "请求无法解析", "请求体无法解析；请检查编码和内容类型。"),
    404: ("not-found", "没有找到", "没有这个地址；可查看 /docs 的接口清单。"),
    405: ("method-not-allowed", "不支持这个方法", "这个地址不支持该请求方法；可用的方法见 Allow。"),
    413: ("too-large", "请求内容过大", "请求内容过大，请分批提交。"),
}


def _http_problem(error: HTTPException, instance: str) -> Response:
    slug, title, detail = _HTTP.get(error.status_code, ("http-error", "请求未能完成", "请求未能完成。"))
    response = _plain_problem(error.status_code, slug, title, detail, instance)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _plain_problem(status: int, slug: str, title: str, detail: str, instance: str) -> Response:
    body = {
        "type": f"urn:bianmin:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return Response(to_json(body), status, media_type="application/problem+json")
