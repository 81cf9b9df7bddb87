"""What only a development machine has: a clock that can be set."""

from datetime import datetime

from fastapi import Depends, FastAPI, Request
from starlette.responses import Response

from bianmin.kit.auth import Tokens
from bianmin.kit.bodies import Body, Moment, View
from bianmin.kit.endpoints import respond
from bianmin.kit.problems import Unauthenticated
from bianmin.kit.refusals import FieldError, Forbidden, Invalid
from bianmin.kit.time_source import TZ, TimeSource

FIRST_YEAR, LAST_YEAR = 1950, 2199


class Setting(Body):
    now: Moment


class Present(View):
    now: datetime


def install(app: FastAPI, clock: TimeSource, tokens: Tokens) -> None:
    """Add `PUT /dev/clock`."""

    async def admin(request: Request) -> None:
        """Asked before the body is judged."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        if not tokens.verify(token.strip()).actor.may("admin"):
            raise Forbidden("只有管理员（admin）可以调整开发环境的时钟。")

    @app.put("/api/v1/dev/clock", tags=["dev"], response_model=Present, dependencies=[Depends(admin)])
    async def set_clock(body: Setting) -> Response:
        """Set the business time that every service of this process reads, timers included; it runs on from there."""
        if not FIRST_YEAR <= body.now.astimezone(TZ).year <= LAST_YEAR:
            told = f"应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间"
            raise Invalid(f"时间{told}。", errors=[FieldError("/now", "out_of_range", told)])
        clock.set(body.now)
        return respond(Present(now=clock.now()))
