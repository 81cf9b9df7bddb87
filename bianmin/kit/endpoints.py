"""What an endpoint is given about its request, and how it answers. `routers` says what is checked before."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from pydantic_core import to_json

from bianmin.domain.actors import Actor, Role
from bianmin.domain.labels_zh import ROLES
from bianmin.kit.db import Tx
from bianmin.kit.decide import Cause, Command
from bianmin.kit.idempotency import Answer, Key
from bianmin.kit.loader import K, LoadMany, V
from bianmin.kit.problems import (
    PreconditionRequired,
    Stale,
)
from bianmin.kit.refusals import Forbidden
from bianmin.kit.settings import ServiceSettings

if TYPE_CHECKING:
    from bianmin.kit.runtime import ServiceRuntime

ANONYMOUS = Actor(id="anonymous", org="", roles=frozenset())
"""The actor of a request without a token."""
JSON = "application/json"
S = TypeVar("S", bound=ServiceSettings)
P = TypeVar("P")


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
        self,
        command: Command,
        view: Callable[[Any], BaseModel],
        status: int | Callable[[Any], int] = 200,
        *,
        nameless: bool = False,
    ) -> Response:
        """Carry out a command in the next batch; answer, after the commit, with a view of the state it left.

        Raises the command's `Refusal`, or `DatabaseAway`. `status` may depend on that state. `nameless`: the key of the
        request is stored so that nobody can tell from it who sent the request.
        """
        key = self.key.without_client(self.runtime.sealer) if nameless and self.key else self.key

        def answer(state: Any) -> Answer:
            code = status if isinstance(status, int) else status(state)
            return Answer(code, to_json(view(state)), etag_of(getattr(state, "version", None)))

        return _response(await self.runtime.batcher.submit(command, answer, key))

    async def load(self, load_many: LoadMany[K, V], key: K) -> V | None:
        """Return what `load_many` finds under the key, or None; concurrent requests share its statements."""
        return await self.runtime.load(load_many, key)

    async def parse(self, read: Callable[[bytes], P], body: bytes) -> P:
        """Return what `read` makes of a file, in a thread: the process answers others meanwhile."""
        async with self.runtime.parsing:
            return await asyncio.to_thread(read, body)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A connection for selects only."""
        async with self.runtime.database.reading() as tx:
            yield tx


def respond(view: BaseModel, version: int | None = None, status: int = 200) -> Response:
    """The answer that holds a view, with the ETag of its version."""
    response = _response(Answer(status, to_json(view), etag_of(version)))
    response.next_cursor = getattr(view, "next_cursor", None)
    return response


class ViewResponse(Response):
    """A JSON answer. `next_cursor`: that of the next page, where it is a page of a list and not the last."""

    media_type = JSON
    next_cursor: str | None = None


def _response(answer: Answer) -> ViewResponse:
    headers = {} if answer.etag is None else {"ETag": answer.etag}
    return ViewResponse(answer.body, answer.status, headers)


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
    """The dependency that gives an endpoint its `RequestContext`, and says which roles may call it; none: all may.

    The route refuses other roles before the body is read (`check_roles`).
    """

    async def context_of(request: Request) -> RequestContext:
        context: RequestContext = request.state.context
        return context

    context_of.roles = roles  # type: ignore[attr-defined]
    return Depends(context_of)


def roles_of(dependant: Dependant) -> tuple[Role, ...]:
    """The roles that may call the endpoint of a route; empty where all may."""
    named = (getattr(each.call, "roles", ()) for each in dependant.dependencies)
    return next((roles for roles in named if roles), ())


def check_roles(actor: Actor, roles: Sequence[Role]) -> None:
    """Raise `Forbidden` (403) for an actor in none of the roles; without roles all may."""
    if roles and not actor.may(*roles):
        raise Forbidden(f"此操作需要以下角色之一：{'、'.join(ROLES[role] for role in roles)}。")


__all__ = [
    "IfMatch",
    "RequestContext",
    "check_if_match",
    "context_for",
    "etag_of",
    "respond",
]
