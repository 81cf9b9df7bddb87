"""Development only: an endpoint that sets the business time."""

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


class BusinessTimeSetting(Body):
    """The business time to set."""

    now: Moment


class BusinessTimeView(View):
    """The business time after it was set."""

    now: datetime


def install(app: FastAPI, clock: TimeSource, tokens: Tokens) -> None:
    """Add `PUT /api/v1/dev/clock` for admins.

    It raises `Unauthenticated`, `Forbidden` for others, and `Invalid` for a year out of range.
    """

    async def admin(request: Request) -> None:
        """Check the token before the body is parsed."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("请先登录：在 Authorization 请求头中带上 Bearer 凭证。")
        if not tokens.verify(token.strip()).actor.may("admin"):
            raise Forbidden("只有管理员（admin）可以调整开发环境的时钟。")

    @app.put("/api/v1/dev/clock", tags=["dev"], response_model=BusinessTimeView, dependencies=[Depends(admin)])
    async def set_clock(body: BusinessTimeSetting) -> Response:
        """Set the business time of every service in this process, timers included. It goes on from there."""
        if not FIRST_YEAR <= body.now.astimezone(TZ).year <= LAST_YEAR:
            detail = f"应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间"
            raise Invalid(f"时间{detail}。", errors=[FieldError("/now", "out_of_range", detail)])
        clock.set(body.now)
        return respond(BusinessTimeView(now=clock.now()))
