"""What only a development machine has: a clock that can be set."""

from datetime import datetime

from fastapi import FastAPI, Request
from starlette.responses import Response

from bianmin.kit.auth import Tokens
from bianmin.kit.bodies import Body, Moment, View
from bianmin.kit.clock import Clock
from bianmin.kit.door import shown
from bianmin.kit.problems import Unauthenticated
from bianmin.kit.refusals import Forbidden


class Setting(Body):
    now: Moment


class Present(View):
    now: datetime


def install(app: FastAPI, clock: Clock, tokens: Tokens) -> None:
    """Add `PUT /dev/clock`."""

    @app.put("/api/v1/dev/clock", tags=["dev"], response_model=Present)
    async def set_clock(body: Setting, request: Request) -> Response:
        """Set the business time that every service of this process reads, timers included; it runs on from there."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        if not tokens.verify(token.strip()).actor.may("admin"):
            raise Forbidden("只有管理员（admin）可以调整开发环境的时钟。")
        clock.set(body.now)
        return shown(Present(now=clock.now()))
