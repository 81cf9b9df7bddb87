"""Errors as RFC 9457 problem+json: the one table from refusals to HTTP. No input and no stack trace leaves here."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars

from bianmin.kit.batch import DatabaseAway
from bianmin.kit.db import is_away, is_transient
from bianmin.kit.http import allowed_methods
from bianmin.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from bianmin.kit.validation_errors import describe_errors

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


class MethodNotAllowed(HttpRefusal):
    """405: the address has no such method; `Allow` names those it has."""

    slug, title, status = "method-not-allowed", "不支持这个方法", 405


class SlowRequest(HttpRefusal):
    """408: the body did not come in time."""

    slug, title, status = "request-timeout", "请求传送超时", 408


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

    def __init__(self, detail: str, *, retry_after: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = {**(headers or {}), "Retry-After": str(retry_after)}


class InternalError(HttpRefusal):
    """500: the system has made a mistake, which its log describes under the request id."""

    slug, title, status = "internal", "系统内部错误", 500


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
    """Return the HTTP status of a refusal or of its class."""
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
    if request_id := get_contextvars().get("request_id"):
        body["request_id"] = request_id
    if refusal.errors:
        body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in refusal.errors]
    headers = refusal.headers if isinstance(refusal, HttpRefusal) else None
    return Response(to_json(body), status, headers, media_type="application/problem+json")


def refuses(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint in the OpenAPI document: these refusals, and those that every endpoint has."""
    found: dict[int | str, dict[str, Any]] = {}
    common: tuple[type[Refusal], ...] = (
        MalformedRequest,
        Unauthenticated,
        MethodNotAllowed,
        Invalid,
        InternalError,
        Unavailable,
    )
    for kind in kinds + common:
        status = status_of(kind)
        entry = found.setdefault(status, {"description": kind.title, "content": _PROBLEM_CONTENT})
        if kind.title not in entry["description"]:
            entry["description"] += f"；{kind.title}"
    return found


_PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return problem(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem(_refusal_of(error), request.url.path)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            allowed = {"Allow": allowed_methods(request)}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=allowed)
            error = HTTPException(405, headers=allowed)
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
        if isinstance(error, DatabaseAway) or is_away(error) or is_transient(error):
            log.warning("request.database_away", error=type(error).__name__)
            detail = "数据库繁忙或暂时无法连接，本次没有保存任何内容；请稍后用同一个 Idempotency-Key 重试。"
            return problem(Unavailable(detail), path)
        log.error("request.failed", exc_info=error, error=type(error).__name__)
        detail = "系统出错，已记录；请稍后重试，仍不行请联系管理员。"
        return problem(InternalError(detail), path)


def _refusal_of(error: RequestValidationError) -> Refusal:
    found = error.errors()
    if any(error["type"] == "json_invalid" for error in found):
        return MalformedRequest("请求体不是正确的 JSON；请检查引号、逗号和编码（UTF-8）。")
    return Invalid("填报内容有误，请按 errors 逐项更正后重新提交。", errors=describe_errors(found, error.body))


_HTTP: Mapping[int, Refusal] = {
    400: MalformedRequest("请求体无法解析；请检查编码和内容类型。"),
    404: NotFound("没有这个地址；可查看 /docs 的接口清单。"),
    405: MethodNotAllowed("这个地址不支持该请求方法；可用的方法见 Allow。"),
    413: TooLarge("请求内容过大，请分批提交。"),
}


def _http_problem(error: HTTPException, instance: str) -> Response:
    """The problem of an error that the framework raised; one that it does not raise today is a mistake of ours."""
    response = problem(_HTTP.get(error.status_code) or InternalError("请求未能完成，请联系管理员。"), instance)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response
