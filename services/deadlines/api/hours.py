"""`/calendars/{region}/hours`: when the desks of a region are open."""

from typing import Annotated

from fastapi import Depends, Response

from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.endpoints import IfMatch, RequestContext, context_for, respond
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.deadlines.api.bodies import HoursIn
from services.deadlines.api.parameters import Region
from services.deadlines.api.previews import Preview, preview_of
from services.deadlines.api.regions import check_may_publish, check_region_exists, check_region_of_body
from services.deadlines.api.views.hours import HoursHistoryView, HoursVersionView, HoursView
from services.deadlines.api.views.publications import HoursOrPreviewView
from services.deadlines.domain.calendar.publication import PublishHours, apply_hours
from services.deadlines.handlers.publications import PublishedHours
from services.deadlines.store import documents, recounts, rulebook
from services.deadlines.store.hours import nearest

router = staff_router("deadlines")


class HoursNotFound(NotFound):
    """The region has not published opening hours of its own."""

    slug, title = "hours-not-found", "没有自己公布的开放时间"


AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]


@router.get(
    "/calendars/{region}/hours",
    response_model=HoursView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="开放时间",
    description="登录的人都可以查看一个单位的开放时间；没有自己公布的，给出上级的，都没有的，按常规"
    "（9 时至 12 时、13 时至 17 时）。以小时计的期限按它计算。",
)
async def get_hours(region: Region, context: AnyDesk) -> Response:
    """Return the opening hours in force at a region."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        found = await nearest(tx, region)
    return respond(HoursView.of(found), found.version if found and found.name == region else None)


@router.get(
    "/calendars/{region}/hours/history",
    response_model=HoursHistoryView,
    responses=refuses(NotFound, Forbidden),
    summary="开放时间的历次公布",
    description="管理员查看一个地区历次公布的开放时间、公布的时间和人；最近的在前。",
)
async def get_hours_history(region: Region, context: Admin) -> Response:
    """List all publications of a region's opening hours, the newest first."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        found = await documents.history(tx, "hours", region)
    return respond(HoursHistoryView(items=[HoursVersionView.of(version) for version in found]))


async def _version_read(region: Region, context: Admin, if_match: IfMatch = None) -> int | None:
    return await check_may_publish(if_match, "hours", region, context)


@router.put(
    "/calendars/{region}/hours",
    response_model=HoursOrPreviewView,
    responses={
        201: {"description": "首次公布", "model": HoursView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="公布开放时间",
    description="不限部门的管理员公布本辖区一个地区的开放时间，一天可分几段（如午休），"
    "立即生效（首次为 201，修改须带 If-Match）；按工作小时或下班时刻计算的在办期限随即重新计算，"
    "进度见 `/calendars/recounts`。`preview=true` 时只说明会变动什么。",
)
async def put_hours(
    region: Region,
    version: Annotated[int | None, Depends(_version_read)],
    body: HoursIn,
    context: Admin,
    preview: Preview = False,
) -> Response:
    """Publish the opening hours of a region; open clocks are recalculated."""
    check_region_of_body(region, body.region)
    return await _put(context, PublishHours(region, body.hours(), version, context.cause), preview=preview)


@router.delete(
    "/calendars/{region}/hours",
    response_model=HoursOrPreviewView,
    responses=refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    summary="撤销开放时间",
    description="不限部门的管理员撤销一个地区自己公布的开放时间（须带 If-Match），此后沿用上级的，都没有的，按常规；"
    "答复中即为沿用的。在办期限随即重新计算。`preview=true` 时只说明会变动什么。",
)
async def withdraw_hours(
    region: Region, version: Annotated[int | None, Depends(_version_read)], context: Admin, preview: Preview = False
) -> Response:
    """Withdraw the opening hours of a region; those above it hold again."""
    if version is None:
        raise HoursNotFound("这个地区没有公布过开放时间，沿用的是上级的或常规的。")
    return await _put(context, PublishHours(region, None, version, context.cause), preview=preview)


async def _put(context: RequestContext, command: PublishHours, *, preview: bool) -> Response:
    if not preview:
        return await context.submit(command, _view_of, status=201 if command.expected is None else 200)
    async with context.read() as tx:
        after = apply_hours((await rulebook.in_force(tx)).calendars, command)
        view = await preview_of(tx, command.region, after, recounts.ALL_DAYS, now=context.now)
    return respond(view)


def _view_of(published: PublishedHours) -> HoursView:
    return HoursView.of(published.document)
