"""The HTTP door: who comes in, with which key, and how a command or a look is answered.

What has to be known before the body is judged is judged here, in this order: token, Idempotency-Key, size, encoding.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.types import Message, Receive

from bianmin.domain.actors import Actor, Role
from bianmin.kit.bodies import unwritable
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Command
from bianmin.kit.idempotency import Answer, Key
from bianmin.kit.loader import K, LoadMany, V
from bianmin.kit.problems import (
    Malformed,
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

NOBODY = Actor(id="anonymous", org="", roles=frozenset())
_JSON = "application/json"
S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request at one service: who asks, and the ways to answer."""

    runtime: "ServiceRuntime"
    actor: Actor
    key: Key | None
    trace: str | None

    @property
    def cause(self) -> Cause:
        return Cause(self.actor, trace=self.trace)

    @property
    def now(self) -> datetime:
        return self.runtime.clock.now()

    @property
    def today(self) -> date:
        return self.runtime.clock.today()

    def settings(self, kind: type[S]) -> S:
        """The service's own settings, of the model that its `Service` names."""
        return self.runtime.settings.of(kind)

    @property
    def signed_in(self) -> bool:
        return self.actor is not NOBODY

    async def submit(
        self, command: Command, view: Callable[[Any], BaseModel], status: int | Callable[[Any], int] = 200
    ) -> Response:
        """Carry out a command in the next batch and answer, after the commit, with a view of the state it left."""

        def answer(state: Any) -> Answer:
            code = status if isinstance(status, int) else status(state)
            return Answer(code, to_json(view(state)), etag_of(getattr(state, "version", None)))

        return _response(await self.runtime.batcher.submit(command, answer, self.key))

    async def load(self, load_many: LoadMany[K, V], key: K) -> V | None:
        """Return what `load_many` finds under the key, or None; concurrent requests share its statements."""
        return await self.runtime.load(load_many, key)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A connection for a view; it changes nothing."""
        async with self.runtime.database.reading() as tx:
            yield tx


def respond(view: BaseModel, version: int | None = None, status: int = 200) -> Response:
    """A view as an answer, with its ETag."""
    return _response(Answer(status, to_json(view), etag_of(version)))


def _response(answer: Answer) -> Response:
    headers = {} if answer.etag is None else {"ETag": answer.etag}
    return Response(answer.body, answer.status, headers, media_type=_JSON)


def etag_of(version: int | None) -> str | None:
    return None if version is None else f'"{version}"'


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="读取时答复的 ETag；修改、撤销已有内容必填（缺少为 428，已变动为 412）"),
]


def check_if_match(given: str | None, version: int | None) -> None:
    """Before the body is judged: what exists is replaced only by who has seen its present version.

    Raises `PreconditionRequired` (428) and `Stale` (412). `version` None means there is nothing yet.
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
    """The desk of the request, for staff in one of these roles (403 otherwise); for all when none is named."""

    async def context_of(request: Request) -> RequestContext:
        here: RequestContext = request.state.context
        if roles and not here.actor.may(*roles):
            raise Forbidden(f"此操作需要以下角色之一：{'、'.join(_ROLE_NAMES[role] for role in roles)}。")
        return here

    return Depends(context_of)


_ROLE_NAMES: dict[Role, str] = {
    "citizen": "办事群众",
    "agent": "代办员",
    "window": "窗口",
    "department": "部门工作人员",
    "manager": "负责人",
    "supervisor": "督查",
    "investigator": "调查员",
    "integrator": "对接系统",
    "admin": "管理员",
}


class _GuardedRoute(APIRoute):
    """A route that lets in only what may come in. `service` and `public` are set by `staffed` and `public`."""

    service: ClassVar[str]
    public: ClassVar[bool]

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()
        takes = (self.openapi_extra or {}).get("x-takes", [_JSON])
        large = (self.openapi_extra or {}).get("x-large", False)

        async def admit(request: Request) -> Response:
            if "\0" in request.url.path or b"%00" in request.scope["query_string"]:
                raise Malformed("地址中含有 NUL 字符，请删去后重新提交。")
            runtime: ServiceRuntime = request.app.state.runtimes[self.service]
            actor = await self._who(runtime, request)
            key = None
            if request.method in ("POST", "PUT", "PATCH"):
                limit = runtime.settings.import_limit if large else runtime.settings.body_limit
                request = Request(request.scope, _limited(request.receive, request, limit))
                key = await _key(request, actor) if request.method == "POST" else None
                await _check_body(request, takes)
            request.state.context = RequestContext(runtime, actor, key, _trace(request))
            return await handle(request)

        return admit

    async def _who(self, runtime: "ServiceRuntime", request: Request) -> Actor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return runtime.tokens.verify(token.strip()).actor
        if not self.public:
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        await runtime.limits.check(request, self.path_format)
        return NOBODY


def staff_router(service: str) -> APIRouter:
    """A router for whoever has a token."""
    return _router(service, public=False)


def public_router(service: str) -> APIRouter:
    """A router for everybody; without a token, rate-limited."""
    return _router(service, public=True)


def _router(service: str, *, public: bool) -> APIRouter:
    guard = type("GuardedRoute", (_GuardedRoute,), {"service": service, "public": public})
    return APIRouter(prefix="/api/v1", tags=[service], route_class=guard)


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def _trace(request: Request) -> str | None:
    """The W3C trace that the request belongs to, where it names one."""
    given = request.headers.get("traceparent", "")
    return given if _TRACEPARENT.fullmatch(given) else None


async def _key(request: Request, actor: Actor) -> Key:
    name = request.headers.get("idempotency-key")
    if name is None or not name.strip():
        raise Malformed("缺少 Idempotency-Key 请求头：请为每一次提交生成一个唯一的值（如 UUID），重试时用同一个值。")
    if len(name) > 200 or not name.isprintable() or not name.isascii():
        raise Malformed("Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符。")
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return Key(actor.id, name, digest.digest())


def _limited(receive: Receive, request: Request, limit: int) -> Receive:
    declared = request.headers.get("content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"请求内容超过 {limit // 1024} KB，请分批提交。")
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge(f"请求内容超过 {limit // 1024} KB，请分批提交。")
        return message

    return counted


async def _check_body(request: Request, takes: list[str]) -> None:
    body = await request.body()
    if not body:
        return
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in takes and not (media.endswith("+json") and _JSON in takes):
        raise UnsupportedMedia(f"请用 Content-Type: {' 或 '.join(takes)} 提交。")
    if b"\0" in body:
        raise Malformed("请求体含有 NUL 字符，请删去后重新提交。")
    if media in (_JSON,) or media.endswith("+json"):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("请求体不是 UTF-8 编码。") from error
        if _SUSPICIOUS.search(body) and _holds_unwritable(body):
            raise Invalid("内容含有无法保存的字符（如 \\u0000），请删去后重新提交。")


# an escaped NUL, or half of a surrogate pair
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def _holds_unwritable(body: bytes) -> bool:
    try:
        return unwritable(json.loads(body))
    except (ValueError, RecursionError):
        return False  # not JSON: said so when it is parsed


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
