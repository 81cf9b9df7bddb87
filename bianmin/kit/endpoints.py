"""The HTTP entrance: what is checked before an endpoint runs, and how an endpoint answers.

Checked in this order: token (or rate limit), declared size, Idempotency-Key, size, media type, encoding.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.types import Message, Scope

from bianmin.domain.actors import Actor, Role
from bianmin.domain.labels_zh import ROLES
from bianmin.kit.bodies import holds_unstorable_text
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Command
from bianmin.kit.idempotency import Answer, Key
from bianmin.kit.loader import K, LoadMany, V
from bianmin.kit.problems import (
    MalformedRequest,
    PreconditionRequired,
    Stale,
    TooLarge,
    Unauthenticated,
    UnsupportedMedia,
    status_of,
)
from bianmin.kit.refusals import Forbidden, Invalid
from bianmin.kit.settings import ServiceSettings

if TYPE_CHECKING:
    from bianmin.kit.runtime import ServiceRuntime

ANONYMOUS = Actor(id="anonymous", org="", roles=frozenset())
"""The actor of a request without a token."""
_JSON = "application/json"
_Headers = Mapping[bytes, bytes]
S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request at one service: who sends it, and the ways to answer it.

    `key`: the Idempotency-Key of a POST. `trace`: the W3C trace that the request belongs to.
    """

    runtime: "ServiceRuntime"
    actor: Actor
    key: Key | None
    trace: str | None

    @property
    def cause(self) -> Cause:
        """The cause to put into the commands of this request."""
        return Cause(self.actor, trace=self.trace)

    @property
    def now(self) -> datetime:
        """The business time, in the county's zone."""
        return self.runtime.clock.now()

    @property
    def today(self) -> date:
        """The business day, in the county's zone."""
        return self.runtime.clock.today()

    def settings(self, kind: type[S]) -> S:
        """The service's own settings, of the model that its `Service` names."""
        return self.runtime.settings.of(kind)

    @property
    def signed_in(self) -> bool:
        """Whether the request has a token."""
        return self.actor is not ANONYMOUS

    async def submit(
        self, command: Command, view: Callable[[Any], BaseModel], status: int | Callable[[Any], int] = 200
    ) -> Response:
        """Carry out a command in the next batch; answer, after the commit, with a view of the state it left.

        Raises the command's `Refusal`, or `DatabaseAway`. `status` may depend on that state.
        """

        def answer(state: Any) -> Answer:
            code = status if isinstance(status, int) else status(state)
            return Answer(code, to_json(view(state)), etag_of(getattr(state, "version", None)))

        return _response(await self.runtime.batcher.submit(command, answer, self.key))

    async def load(self, load_many: LoadMany[K, V], key: K) -> V | None:
        """Return what `load_many` finds under the key, or None; concurrent requests share its statements."""
        return await self.runtime.load(load_many, key)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A connection for selects only."""
        async with self.runtime.database.reading() as tx:
            yield tx


def respond(view: BaseModel, version: int | None = None, status: int = 200) -> Response:
    """The answer that holds a view, with the ETag of its version."""
    return _response(Answer(status, to_json(view), etag_of(version)))


def _response(answer: Answer) -> Response:
    headers = {} if answer.etag is None else {"ETag": answer.etag}
    return Response(answer.body, answer.status, headers, media_type=_JSON)


def etag_of(version: int | None) -> str | None:
    """The ETag of a version: `"3"`; None for None."""
    return None if version is None else f'"{version}"'


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="读取时答复的 ETag；修改、撤销已有内容必填（缺少为 428，已变动为 412）"),
]


def check_if_match(given: str | None, version: int | None) -> None:
    """Refuse to replace a resource whose present version the client has not seen; called before the body is parsed.

    Raises `PreconditionRequired` (428) and `Stale` (412). `version` None: the resource does not exist yet.
    """
    if version is None:
        if given is not None:
            raise Stale("它还不存在（或已被删除），请去掉 If-Match 再提交。")
        return
    if given is None:
        raise PreconditionRequired("修改已有内容时请带上 If-Match（先读取，用答复里的 ETag）。")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    if "*" not in tags and etag_of(version) not in tags:
        raise Stale("内容已被他人修改；请重新读取，核对后再提交。")


def context_for(*roles: Role) -> Any:
    """The dependency that gives an endpoint its `RequestContext`.

    It raises `Forbidden` (403) for actors in none of the roles; without roles it is open to all.
    """

    async def context_of(request: Request) -> RequestContext:
        context: RequestContext = request.state.context
        if roles and not context.actor.may(*roles):
            raise Forbidden(f"此操作需要以下角色之一：{'、'.join(ROLES[role] for role in roles)}。")
        return context

    return Depends(context_of)


class _GuardedRoute(APIRoute):
    """A route that checks a request before its body is parsed. `_router` sets `service` and `public`."""

    service: ClassVar[str]
    public: ClassVar[bool]

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler that FastAPI makes, behind the checks of this module."""
        handle = super().get_route_handler()
        media_types = (self.openapi_extra or {}).get("x-takes", [_JSON])
        large = (self.openapi_extra or {}).get("x-large", False)

        async def check_and_handle(request: Request) -> Response:
            scope = request.scope
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                raise MalformedRequest("地址中含有 NUL 字符，请删去后重新提交。")
            runtime: ServiceRuntime = request.app.state.runtimes[self.service]
            headers = _first_of_each(scope["headers"])
            actor = await self._authenticate(runtime, request, headers)
            key = None
            method = scope["method"]
            if method in ("POST", "PUT", "PATCH"):
                limit = runtime.settings.import_limit if large else runtime.settings.body_limit
                request = _with_size_limit(request, headers.get(b"content-length"), limit)
                name = _key_name(headers) if method == "POST" else None
                body = await request.body()
                if len(body) > limit:
                    raise _too_large(limit)
                if name is not None:
                    key = Key(actor.id, name, _fingerprint(method, scope, body))
                _check_body(body, headers, media_types)
            request.state.context = RequestContext(runtime, actor, key, _trace(headers))
            return await handle(request)

        return check_and_handle

    async def _authenticate(self, runtime: "ServiceRuntime", request: Request, headers: _Headers) -> Actor:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and token:
            return runtime.tokens.verify(token.decode("latin-1").strip()).actor
        if not self.public:
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        await runtime.limits.check(request, self.path_format)
        return ANONYMOUS


def staff_router(service: str) -> APIRouter:
    """A router whose endpoints need a token."""
    return _router(service, public=False)


def public_router(service: str) -> APIRouter:
    """A router whose endpoints need no token; without one a request counts against the rate limit."""
    return _router(service, public=True)


def _router(service: str, *, public: bool) -> APIRouter:
    guard = type("GuardedRoute", (_GuardedRoute,), {"service": service, "public": public})
    return APIRouter(prefix="/api/v1", tags=[service], route_class=guard)


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


def _key_name(headers: _Headers) -> str:
    name = headers.get(b"idempotency-key", b"").decode("latin-1")
    if not name.strip():
        raise MalformedRequest(
            "缺少 Idempotency-Key 请求头：请为每一次提交生成一个唯一的值（如 UUID），重试时用同一个值。"
        )
    if len(name) > 200 or not name.isprintable() or not name.isascii():
        raise MalformedRequest("Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符。")
    return name


def _fingerprint(method: str, scope: Scope, body: bytes) -> bytes:
    """SHA-256 over method, path, query and body: what makes two requests with one key the same request."""
    digest = hashlib.sha256(f"{method} {scope['path']}?{scope['query_string'].decode('latin-1')}\n".encode())
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


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"请求内容超过 {limit // 1024} KB，请分批提交。")


def _check_body(body: bytes, headers: _Headers, media_types: list[str]) -> None:
    if not body:
        return
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    json_like = media == _JSON or media.endswith("+json")
    if media not in media_types and not (json_like and _JSON in media_types):
        raise UnsupportedMedia(f"请用 Content-Type: {' 或 '.join(media_types)} 提交。")
    if b"\0" in body:
        raise MalformedRequest("请求体含有 NUL 字符，请删去后重新提交。")
    if json_like:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedRequest("请求体不是 UTF-8 编码。") from error
        if _SUSPICIOUS.search(body) and _holds_unstorable_text(body):
            raise Invalid("内容含有无法保存的字符（如 \\u0000），请删去后重新提交。")


# an escaped NUL, or half of a surrogate pair
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def _holds_unstorable_text(body: bytes) -> bool:
    try:
        return holds_unstorable_text(json.loads(body))
    except (ValueError, RecursionError):
        return False  # no JSON: refused when it is parsed


__all__ = [
    "IfMatch",
    "RequestContext",
    "check_if_match",
    "context_for",
    "etag_of",
    "public_router",
    "respond",
    "staff_router",
    "status_of",
]
