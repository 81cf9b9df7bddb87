"""Rosters, and the public duty list of a day and of a month."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response

from bianmin.domain.calendar_days import national_days_off
from bianmin.domain.divisions import ancestors
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Day, OrgCode
from bianmin.kit.db import Tx
from bianmin.kit.endpoints import IfMatch, RequestContext, check_if_match, context_for, respond
from bianmin.kit.fields import CENTER_ORG
from bianmin.kit.problems import PreconditionRequired, Stale, TooMany, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import CACHED, public_router, staff_router
from services.routing.api.bodies.rosters import RosterIn
from services.routing.api.parameters import OrgPath
from services.routing.api.views.rosters import DutyDayView, DutyMonthView, RosterView
from services.routing.domain.directory.org import OrgNotFound
from services.routing.domain.rosters.duty import DutyPlan
from services.routing.domain.rosters.market import days_from
from services.routing.domain.rosters.roster import PutRoster, Roster
from services.routing.store.queries import directory
from services.routing.store.rosters import learned_days, read_rosters

router = staff_router("routing")
open_router = public_router("routing")

Anybody = Annotated[RequestContext, context_for()]
Planner = Annotated[RequestContext, context_for("admin", "manager")]
DutyOrg = Annotated[OrgCode, Query(description="机构的区划代码", examples=[CENTER_ORG])]


async def _existing_roster(tx: Tx, org: str) -> Roster | None:
    if await directory.version_of_org(tx, org) is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    return (await read_rosters(tx, [org])).get(org)


@router.get(
    "/orgs/{code}/rosters",
    response_model=RosterView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="查看值班表",
    description="登录的人都可以查看一个机构的值班表：轮流值班、开放时间、赶场天、代办员定期往返的日子。"
    "还没有安排的都是空的，没有 ETag。",
)
async def get_roster(code: OrgPath, context: Anybody) -> Response:
    """Return the roster of an org."""
    async with context.read() as tx:
        roster = await _existing_roster(tx, code)
    return respond(RosterView.model_validate(roster or Roster(code)), roster.version if roster else None)


async def _roster_version_read(code: OrgPath, context: Planner, if_match: IfMatch = None) -> int | None:
    """The version that the writer has read; checked before the body."""
    async with context.read() as tx:
        roster = await _existing_roster(tx, code)
    version = roster.version if roster else None
    check_if_match(if_match, version)
    return version


@router.put(
    "/orgs/{code}/rosters",
    response_model=RosterView,
    responses={
        201: {"description": "首次安排的值班表", "model": RosterView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="安排值班",
    description="本机构或上级的负责人、管理员安排值班（首次为 201，修改须带 If-Match），立即公布。"
    "赶场天全员到岗，周六、周日也是。读取时的答复可以原样带回。",
)
async def put_roster(
    code: OrgPath, version: Annotated[int | None, Depends(_roster_version_read)], body: RosterIn, context: Planner
) -> Response:
    """Set the roster of an org."""
    command = PutRoster(body.roster(code), version, context.cause)
    return await context.submit(command, RosterView.model_validate, status=201 if version is None else 200)


@open_router.get(
    "/duty",
    response_model=DutyDayView,
    responses=refuses(NotFound, TooMany),
    summary="当天值班",
    description="任何人都可以查看一个机构某一天谁在值班、电话、开放时间、是否赶场天，以及代办员下一次哪天往返。",
    openapi_extra=CACHED,
)
async def get_duty(
    context: Anybody,
    org: DutyOrg,
    date: Annotated[Day | None, Query(description="哪一天，YYYY-MM-DD；不填为今天", examples=["2026-12-03"])] = None,
) -> Response:
    """Return who is on duty at an org on a day."""
    plan = await _plan_of(context, org)
    return respond(DutyDayView.model_validate(plan.on(date or context.today)))


@open_router.get(
    "/duty/month",
    response_model=DutyMonthView,
    responses=refuses(NotFound, TooMany),
    summary="当月值班",
    description="任何人都可以查看一个机构一个月里每天谁在值班、哪些天赶场。",
    openapi_extra=CACHED,
)
async def get_duty_of_month(
    context: Anybody,
    org: DutyOrg,
    month: Annotated[
        str | None,
        Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="哪个月，YYYY-MM；不填为本月", examples=["2026-12"]),
    ] = None,
) -> Response:
    """Return who is on duty at an org on each day of a month."""
    plan = await _plan_of(context, org)
    first = date.fromisoformat(f"{month}-01") if month else context.today.replace(day=1)
    days = days_from(first, calendar.monthrange(first.year, first.month)[1])
    return respond(DutyMonthView(items=[DutyDayView.model_validate(plan.on(day)) for day in days]))


async def _plan_of(context: RequestContext, org: str) -> DutyPlan:
    async with context.read() as tx:
        roster = await _existing_roster(tx, org) or Roster(org)
        elsewhere = await read_rosters(tx, [trip.to_org for trip in roster.trips if trip.market])
        staff = await directory.staff_of(tx, org)
        learned = await learned_days(tx, _regions(org))
    national = national_days_off()

    def is_day_off(day: date) -> bool:
        return not learned[day] if day in learned else day in national

    return DutyPlan(roster, staff, elsewhere, is_day_off)


def _regions(org: str) -> Sequence[str]:
    """The regions whose calendars hold at an org, the most general first."""
    return ["CN", *reversed(ancestors(org)), org]
