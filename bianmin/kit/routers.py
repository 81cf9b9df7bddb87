"""The routes of a service, and what they check of a request before its body is parsed.

Checked in this order: token (or rate limit), query names, role, declared size, Idempotency-Key, size, media type,
encoding. Afterwards: `Link` to the next page, `Location`, `Cache-Control`, `304` for what the client has already.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.types import Message, Scope

from bianmin.domain.actors import Actor
from bianmin.kit.bodies import holds_unstorable_text
from bianmin.kit.documents import decode, parse_json
from bianmin.kit.endpoints import ANONYMOUS, JSON, RequestContext, ViewResponse, check_roles, roles_of
from bianmin.kit.http import ANSWER_HEADERS
from bianmin.kit.idempotency import Key
from bianmin.kit.problems import MalformedRequest, SlowRequest, TooLarge, Unauthenticated, UnsupportedMedia
from bianmin.kit.query_names import check_query_names, query_names
from bianmin.kit.refusals import Invalid
from bianmin.kit.revalidation import next_page, not_modified, path_of

if TYPE_CHECKING:
    from bianmin.kit.runtime import ServiceRuntime

BODY_SECONDS = 60
"""How long the body of a request may take to come."""
CACHED: dict[str, Any] = {"x-cache-seconds": 60}
"""`openapi_extra` of a public route whose answers without a token may be kept for a minute."""
_Headers = Mapping[bytes, bytes]


def created_at(path: str) -> dict[str, Any]:
    """The `openapi_extra` of a POST whose 201 has another `Location` than its own address.

    `path` below `/api/v1`, with parameters of the path and fields of the answer: `/cases/{id}`.
    """
    return {"x-location": path}


class GuardedRoute(APIRoute):
    """A route that checks a request before its body is parsed. `_router` sets `service` and `public`.

    `json_body`: the model that describes the JSON of an endpoint which also takes files. `location`: where what the
    endpoint creates is found (`created_at`); None: at the address of the request.
    """

    prefix: ClassVar[str] = "/api/v1"
    service: ClassVar[str]
    public: ClassVar[bool]
    json_body: type[BaseModel] | None = None
    location: str | None = None

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler that FastAPI makes, behind the checks of this module."""
        handle = super().get_route_handler()
        if self.openapi_extra and "x-json-body" in self.openapi_extra:
            self.openapi_extra = {**self.openapi_extra}
            self.json_body = self.openapi_extra.pop("x-json-body")
        if self.openapi_extra and "x-location" in self.openapi_extra:
            self.openapi_extra = {**self.openapi_extra}
            self.location = self.openapi_extra.pop("x-location")
        media_types = (self.openapi_extra or {}).get("x-takes", [JSON])
        large = (self.openapi_extra or {}).get("x-large", False)
        cache_seconds = (self.openapi_extra or {}).get("x-cache-seconds")
        known_queries = query_names(self.dependant)
        roles = roles_of(self.dependant)

        async def check_and_handle(request: Request) -> Response:
            scope = request.scope
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                raise MalformedRequest("地址中含有 NUL 字符，请删去后重新提交。")
            runtime: ServiceRuntime = request.app.state.runtimes[self.service]
            headers = _first_of_each(scope["headers"])
            actor, limit_headers = await self._authenticate(runtime, request, headers)
            scope[ANSWER_HEADERS] = limit_headers
            if scope["query_string"]:
                check_query_names(scope["query_string"], known_queries)
            check_roles(actor, roles)
            key = None
            method = scope["method"]
            if method in ("POST", "PUT", "PATCH"):
                limit = runtime.settings.import_limit if large else runtime.settings.body_limit
                request = _with_size_limit(request, headers.get(b"content-length"), limit)
                name = _key_name(headers, actor) if method == "POST" else None
                body = await _read_body(request)
                if len(body) > limit:
                    raise _too_large(limit)
                if name is not None:
                    key = Key(actor.id, name, _fingerprint(actor, method, scope, body))
                _check_body(request, body, headers, media_types)
            request.state.context = RequestContext(runtime, actor, key, _trace(headers))
            response: Response = await handle(request)
            if cache_seconds is not None and actor is ANONYMOUS:
                response.headers["Cache-Control"] = f"public, max-age={cache_seconds}"
                response.headers["Vary"] = "Authorization"
            if isinstance(response, ViewResponse) and response.next_cursor is not None:
                response.headers["Link"] = f'<{next_page(scope, response.next_cursor)}>; rel="next"'
            if response.status_code == 201:
                response.headers["Location"] = self._location(request, bytes(response.body))
            return not_modified(headers, response) if method == "GET" else response

        return check_and_handle

    def _location(self, request: Request, body: bytes) -> str:
        """The address of what a request has created; from the body, so that a repeated answer has it, too."""
        if self.location is None:
            return path_of(request.scope)
        fields = {**from_json(body), **request.path_params}
        return f"{self.prefix}{self.location.format_map(fields)}"

    async def _authenticate(
        self, runtime: "ServiceRuntime", request: Request, headers: _Headers
    ) -> tuple[Actor, Mapping[str, str]]:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and token:
            try:
                actor = runtime.tokens.verify(token.decode("latin-1").strip()).actor
            except Unauthenticated as refusal:
                refusal.headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                raise
            if runtime.limits.are_for_everybody(self.path_format):
                return actor, await runtime.limits.check(request, self.path_format)
            return actor, {}
        if not self.public:
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        return ANONYMOUS, await runtime.limits.check(request, self.path_format)


def staff_router(service: str) -> APIRouter:
    """A router whose endpoints need a token."""
    return _router(service, public=False)


def public_router(service: str) -> APIRouter:
    """A router whose endpoints need no token; without one a request counts against the rate limit."""
    return _router(service, public=True)


def _router(service: str, *, public: bool) -> APIRouter:
    guard = type("ServiceRoute", (GuardedRoute,), {"service": service, "public": public})
    return APIRouter(prefix=GuardedRoute.prefix, tags=[service], route_class=guard)


def _first_of_each(headers: Sequence[tuple[bytes, bytes]]) -> _Headers:
    """The headers by name; of several with one name the first. One pass costs less than a look-up for each."""
    return dict(reversed(headers))


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def _trace(headers: _Headers) -> str | None:
    """The W3C trace that the request belongs to, where it names one."""
    given = headers.get(b"traceparent")
    if given is None:
        return None
    text = given.decode("latin-1")
    return text if _TRACEPARENT.fullmatch(text) else None


_KEY_NAME = re.compile("[ -~]{1,200}")


def _key_name(headers: _Headers, actor: Actor) -> str:
    name = headers.get(b"idempotency-key", b"").decode("latin-1")
    if not name.strip():
        raise MalformedRequest(
            "缺少 Idempotency-Key 请求头：请为每一次提交生成一个唯一的值（如 UUID），重试时用同一个值。"
        )
    if not _KEY_NAME.fullmatch(name):
        raise MalformedRequest("Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符。")
    if actor is ANONYMOUS:
        _check_anonymous_key(name)
    return name


def _check_anonymous_key(name: str) -> None:
    """Check that a key without a client cannot be guessed: all who have no token share one space of keys.

    Raises MalformedRequest.
    """
    try:
        key = UUID(name)
    except ValueError:
        key = None
    if key is None or str(key) != name.lower() or key.version not in (4, 7):
        raise MalformedRequest("没有登录时，Idempotency-Key 应为随机的 UUID（第 4 或第 7 版），重试时用同一个值。")


def _fingerprint(actor: Actor, method: str, scope: Scope, body: bytes) -> bytes:
    """SHA-256 over method, path, query and body: what makes two requests with one key the same request.

    Also over the place and the roles of the actor: whoever was moved meanwhile is not given the old answer.
    """
    sent = f"{method} {scope['path']}?{scope['query_string'].decode('latin-1')}\n"
    place = f"{actor.org} {actor.dept or ''} {' '.join(sorted(actor.roles))}\n"
    digest = hashlib.sha256(sent.encode() + place.encode())
    digest.update(body)
    return digest.digest()


def _with_size_limit(request: Request, declared: bytes | None, limit: int) -> Request:
    """The request, with a body that is read as far as the limit (bytes). Raises `TooLarge`.

    A server lets no more in than is declared: only a body of unknown length is counted while it is read.
    """
    if declared is not None and declared.isdigit():
        if int(declared) > limit:
            raise _too_large(limit)
        return request
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)
        return message

    return Request(request.scope, counted)


async def _read_body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError:
        raise SlowRequest(f"请求内容在 {BODY_SECONDS} 秒内没有传完，请检查网络后重试。") from None


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"请求内容超过 {limit // 1024} KB，请分批提交。")


def _check_body(request: Request, body: bytes, headers: _Headers, media_types: list[str]) -> None:
    if not body:
        return
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise UnsupportedMedia("请不要压缩请求内容（去掉 Content-Encoding）。")
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    json_like = media == JSON or media.endswith("+json")
    if media not in media_types and not (json_like and JSON in media_types):
        raise UnsupportedMedia(f"请用 Content-Type: {' 或 '.join(media_types)} 提交。")
    if b"\0" in body:
        raise MalformedRequest("请求体含有 NUL 字符，请删去后重新提交。")
    if json_like and len(media_types) == 1:  # an endpoint that also takes files parses them itself
        value = request._json = parse_json(decode(body))  # which is what FastAPI asks the request for
        if _SUSPICIOUS.search(body) and holds_unstorable_text(value):
            raise Invalid("内容含有无法保存的字符（如 \\u0000），请删去后重新提交。")


# an escaped NUL, or half of a surrogate pair
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


__all__ = ["CACHED", "public_router", "staff_router"]
