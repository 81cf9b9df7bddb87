"""`/calendars/{region}/years/{year}`: publish, import and withdraw a calendar year."""

from functools import partial
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response

from bianmin.domain.divisions import parent_of
from bianmin.kit.endpoints import IfMatch, RequestContext, check_if_match, context_for, respond
from bianmin.kit.fields import values_of
from bianmin.kit.file_bodies import takes_files
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.deadlines import texts
from services.deadlines.api import ics
from services.deadlines.api.bodies import YearIn
from services.deadlines.api.calendars import YearNotFound, calendars_in_force
from services.deadlines.api.parameters import Region, Year
from services.deadlines.api.previews import Preview, preview_of
from services.deadlines.api.regions import check_publishes_for_all
from services.deadlines.api.views.calendars import YearView
from services.deadlines.api.views.publications import YearOrPreviewView
from services.deadlines.domain.calendar.publication import (
    PublishYear,
    WithdrawYear,
    apply_publication,
    apply_withdrawal,
)
from services.deadlines.domain.calendar.regions import NATIONAL
from services.deadlines.domain.calendar.years import YearStatus, tag_of
from services.deadlines.handlers.publications import CalendarInUse, PublishedYear
from services.deadlines.store import rulebook

router = staff_router("deadlines")

Admin = Annotated[RequestContext, context_for("admin")]


async def _tag_read(region: Region, year: Year, context: Admin, if_match: IfMatch = None) -> int | None:
    """The tag of the year that the writer has read. Checked before the body."""
    known = await calendars_in_force(context, region)
    own = known.own(region, year)
    check_publishes_for_all(context.actor)
    if region != NATIONAL and not context.actor.covers(region):
        raise Forbidden("只能公布本辖区的日历；其他地区的，请联系该地区或其上级的管理员。")
    if region == NATIONAL and parent_of(context.actor.org) is not None:
        raise Forbidden("全国日历由省级管理员录入；请联系省级管理员。")
    if own is None:
        # the region has no year of its own to overwrite; an If-Match must name the year in force
        if if_match is not None and (above := known.find(region, year)) is not None:
            check_if_match(if_match, tag_of(above))
        return None
    check_if_match(if_match, tag_of(own))
    return tag_of(own)


_ICS = "text/calendar"
_ICS_EXAMPLE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//holidays//ZH\r\n"
    "BEGIN:VEVENT\r\nUID:20261001@example.org\r\nDTSTAMP:20251104T000000Z\r\nDTSTART;VALUE=DATE:20261001\r\n"
    "DTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节放假\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@router.put(
    "/calendars/{region}/years/{year}.ics",
    response_model=YearOrPreviewView,
    responses={
        201: {"description": "这个地区首次公布这一年", "model": YearView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    openapi_extra=takes_files({_ICS: _ICS_EXAMPLE}, large=False),
    summary="导入一年的日历",
    description="不限部门的管理员公布一年的放假和调休上班安排，取自 iCalendar（RFC 5545）文件：整天的事件，"
    "按名称分辨放假和调休上班，分辨不准的拒绝。取代原有的安排，立即生效；跨越变动日子的在办期限随即重新计算。"
    "`preview=true` 时只说明会变动什么。",
)
async def import_year(
    request: Request,
    region: Region,
    year: Year,
    tag: Annotated[int | None, Depends(_tag_read)],
    context: Admin,
    source: Annotated[
        str | None,
        Query(
            max_length=400,
            description="来源，如通知的文号，最多 400 字；不填为文件里写的",
            examples=["国办发明电〔2025〕7号"],
        ),
    ] = None,
    status: Annotated[
        YearStatus | None,
        Query(
            description=f"本系统导出的文件里写着，其他文件必填：{values_of(texts.YEAR_STATUSES)}", examples=["official"]
        ),
    ] = None,
    other_years: Annotated[
        Literal["refuse", "skip"], Query(description="文件里其他年份的日子：refuse 拒绝，skip 略过", examples=["skip"])
    ] = "refuse",
    preview: Preview = False,
) -> Response:
    """Publish a calendar year from an iCalendar file; open clocks are recalculated."""
    read = partial(
        ics.parse_year,
        region=region,
        year=year,
        status=status,
        source=source,
        skips_other_years=other_years == "skip",
    )
    found = await context.parse(read, await request.body())
    return await _put(context, PublishYear(found, tag, context.cause), preview=preview)


@router.put(
    "/calendars/{region}/years/{year}",
    response_model=YearOrPreviewView,
    responses={
        201: {"description": "这个地区首次公布这一年", "model": YearView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    summary="公布一年的日历",
    description="不限部门的管理员公布本辖区一个地区一年的放假和调休上班安排（全国的由省级管理员录入），立即生效"
    "（首次为 201，修改须带 If-Match）；地方的安排逐日覆盖上级的。跨越变动日子的在办期限随即重新计算，"
    "进度见 `/calendars/recounts`。`preview=true` 时只说明哪些日子、哪些期限会变动。",
)
async def put_year(
    region: Region,
    year: Year,
    tag: Annotated[int | None, Depends(_tag_read)],
    body: YearIn,
    context: Admin,
    preview: Preview = False,
) -> Response:
    """Publish a calendar year of a region; open clocks are recalculated."""
    return await _put(context, PublishYear(body.calendar_year(region, year), tag, context.cause), preview=preview)


@router.delete(
    "/calendars/{region}/years/{year}",
    response_model=YearOrPreviewView,
    responses=refuses(NotFound, Forbidden, Conflict, CalendarInUse, Stale, PreconditionRequired),
    summary="撤销一年的日历",
    description="不限部门的管理员撤销一个地区自己公布的一年（须带 If-Match），此后沿用上级的，答复中即为沿用的；"
    "有在办期限按它计算的，不能撤销，只能更正，为 409。`preview=true` 时只说明会变动什么。",
)
async def withdraw_year(
    region: Region, year: Year, tag: Annotated[int | None, Depends(_tag_read)], context: Admin, preview: Preview = False
) -> Response:
    """Withdraw a calendar year of a region; the year above it holds again."""
    if tag is None:
        raise YearNotFound("这个地区没有公布过这一年的安排，沿用的是上级的。")
    return await _put(context, WithdrawYear(region, year, tag, context.cause), preview=preview)


def _view_of(published: PublishedYear) -> YearView:
    return YearView.of(published.year)


async def _put(context: RequestContext, command: PublishYear | WithdrawYear, *, preview: bool) -> Response:
    if not preview:
        return await context.submit(command, _view_of, status=201 if command.expected is None else 200)
    async with context.read() as tx:
        known = (await rulebook.in_force(tx)).calendars
        changed = (
            apply_publication(known, command) if isinstance(command, PublishYear) else apply_withdrawal(known, command)
        )
        after, publication = changed
        view = await preview_of(tx, publication.region, after, publication.span, publication.changes, now=context.now)
    return respond(view)
