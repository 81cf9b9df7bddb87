"""`/calendars`: which days count where, what is published, and when a period ends."""

from datetime import datetime, time
from typing import Annotated, Literal

from fastapi import Query, Response

from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Day
from bianmin.kit.endpoints import RequestContext, context_for, etag_of, respond
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import CACHED, public_router, staff_router
from bianmin.kit.time_source import TZ
from services.deadlines.api import ics
from services.deadlines.api.parameters import AnyYear, Region, Year
from services.deadlines.api.regions import check_region_exists
from services.deadlines.api.views.calendars import (
    CalendarHistoryView,
    CalendarVersionView,
    DifferencesView,
    DifferenceView,
    DueView,
    OriginView,
    RecountsView,
    SkippedDayView,
    YearView,
)
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import (
    CalendarYear,
    differences,
    tag_of,
)
from services.deadlines.domain.clocks.breakdown import breakdown
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import LONGEST, CountedPeriod, Unit
from services.deadlines.store import documents, rulebook
from services.deadlines.store.calendars import name_of, year_of
from services.deadlines.store.queries import recounts

router = staff_router("deadlines")
open_router = public_router("deadlines")

_ICS_EXAMPLE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bianmin//calendar//ZH\r\nBEGIN:VEVENT\r\nUID:2026-10-01@bianmin\r\n"
    "DTSTAMP:20251110T000000Z\r\nDTSTART;VALUE=DATE:20261001\r\nSUMMARY:国庆节（休）\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]


class YearNotFound(NotFound):
    """No calendar is known for the year, or the region has not published this version of it."""

    slug, title = "year-not-found", "没有这一年的日历"


class CalendarMissing(Invalid):
    """The calculation needs a year that no calendar covers."""

    slug, title = "calendar-missing", "缺少日历"


@open_router.get(
    "/calendars/{region}/due",
    response_model=DueView,
    responses=refuses(NotFound),
    summary="期限何时届满",
    description="任何人都可以计算，不需要登录。起算日不计入（民法典第二百零一条）；工作日不含法定节假日，含调休上班日"
    "（行政许可法第八十二条）；自然日的最后一日是休息日的，顺延到下一个上班日（民法典第二百零三条）。",
    openapi_extra=CACHED,
)
async def calculate_due(
    region: Region,
    context: AnyDesk,
    start: Annotated[Day, Query(description="起算之日，当日不计入，YYYY-MM-DD", examples=["2026-11-23"])],
    days: Annotated[int, Query(ge=0, le=LONGEST, description=f"期限的长短，单位见 unit，0 至 {LONGEST}", examples=[5])],
    unit: Annotated[
        Literal["workday", "day"], Query(description="单位：workday 工作日，day 自然日", examples=["workday"])
    ] = "workday",
) -> Response:
    """Calculate when a period ends."""
    calendar = (await calendars_in_force(context, region)).of(region)
    period = CountedPeriod(Unit(unit), days, datetime.combine(start, time(), TZ))
    try:
        answer = due_date(calendar, period)
        assert answer is not None, "a period without pauses has an end"
        skipped = [entry for entry in breakdown(calendar, period, answer.due_on)[1:] if not entry.counted]
    except YearMissing as missing:
        where = FieldError("query:start", "calendar_missing", str(missing))
        raise CalendarMissing(f"{missing}。", errors=[where]) from missing
    return respond(
        DueView(
            region=region,
            start=start,
            days=days,
            unit=Unit(unit),
            due_on=answer.due_on,
            due_at=answer.due_at,
            provisional=answer.provisional,
            skipped=[SkippedDayView(date=entry.date, reason=entry.reason) for entry in skipped],
            calendar_version=calendar.version,
        )
    )


@router.get(
    "/calendars/recounts",
    response_model=RecountsView,
    responses=refuses(Forbidden),
    summary="重新计算的进度",
    description="管理员查看日历、开放时间、策略公布以后的重新计算：已完成多少，还剩多少；最近的 20 次，最近的在前。",
)
async def list_recounts(context: Admin) -> Response:
    """Say how far the latest recounts have come."""
    async with context.read() as tx:
        found = await recounts.latest(tx, 20)
    return respond(RecountsView.model_validate({"items": found}, from_attributes=True))


@router.get(
    "/calendars/{region}/years/{year}.ics",
    response_class=Response,
    responses={
        200: {"content": {"text/calendar": {"schema": {"type": "string"}, "example": _ICS_EXAMPLE}}},
        **NOT_MODIFIED,
        **refuses(NotFound),
    },
    summary="下载一年的日历",
    description="登录的人都可以下载一个地区一年的放假和调休上班安排，iCalendar（RFC 5545）格式：可订阅，也可原样导入；"
    "是已公布的还是推定的、来源、地区都写在文件里。",
)
async def export_year(region: Region, year: AnyYear, context: AnyDesk) -> Response:
    """Return the days off and make-up workdays of a year as iCalendar."""
    found = _year(await calendars_in_force(context, region), region, year)
    etag = etag_of(tag_of(found)) or ""
    return Response(ics.format_year(found), headers={"ETag": etag}, media_type="text/calendar; charset=utf-8")


@router.get(
    "/calendars/{region}/years/{year}",
    response_model=YearView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="一年的日历",
    description="登录的人都可以查看某地某年的放假和调休上班安排；没有自己日历的地区，给出上级的。"
    "没有日历的年份为 404。",
)
async def get_year(region: Region, year: AnyYear, context: AnyDesk) -> Response:
    """Return the days off and make-up workdays in force in a year."""
    found = _year(await calendars_in_force(context, region), region, year)
    return respond(YearView.of(found), tag_of(found))


def _year(known: Calendars, region: str, year: int) -> CalendarYear:
    try:
        return known.year(region, year)
    except YearMissing as missing:
        raise YearNotFound(f"{missing}。") from missing


@router.get(
    "/calendars/{region}/years/{year}/history",
    response_model=CalendarHistoryView,
    responses=refuses(NotFound, Forbidden),
    summary="日历的历次公布",
    description="管理员查看一个地区一年的日历历次公布的内容、时间和人；最近的在前。随程序提供的不在其中。",
)
async def get_history(region: Region, year: Year, context: Admin) -> Response:
    """List all publications of a region's year, the newest first."""
    await calendars_in_force(context, region)
    async with context.read() as tx:
        found = await documents.history(tx, "calendar", name_of(region, year))
    return respond(CalendarHistoryView(items=[CalendarVersionView.of(version) for version in found]))


@router.get(
    "/calendars/{region}/years/{year}/diff",
    response_model=DifferencesView,
    responses=refuses(NotFound, Forbidden),
    summary="日历两次公布的不同",
    description="管理员查看一个地区一年的日历两次公布之间逐日的不同，以及各自是已公布的还是推定的、来源。"
    "没有这个版本的为 404。",
)
async def get_differences(
    region: Region,
    year: Year,
    context: Admin,
    since: Annotated[
        int | None, Query(ge=0, description="较早的版本，从 0 起；0 为随程序提供的，不填为上一版", examples=[0])
    ] = None,
    until: Annotated[int | None, Query(ge=0, description="较晚的版本，从 0 起；不填为现行的", examples=[1])] = None,
) -> Response:
    """Compare two publications of a region's year day by day."""
    await calendars_in_force(context, region)
    async with context.read() as tx:
        found = await documents.history(tx, "calendar", name_of(region, year))
        shipped = await rulebook.shipped_year(tx, region, year)
    versions = {each.document.version: year_of(each.document) if each.document.content else None for each in found}
    versions[0] = shipped
    later = max(versions) if until is None else until
    earlier = max(0, later - 1) if since is None else since
    if later not in versions or earlier not in versions:
        raise YearNotFound(f"这一年只公布过 {max(versions)} 次，没有这个版本。")
    before, after = versions[earlier], versions[later]
    return respond(
        DifferencesView(
            since=earlier,
            until=later,
            before=before and OriginView.of(before),
            after=after and OriginView.of(after),
            items=[DifferenceView.of(*days) for days in differences(before, after)],
        )
    )


async def calendars_in_force(context: RequestContext, region: str) -> Calendars:
    """The calendars in force. Raises `RegionNotFound`."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        return (await rulebook.in_force(tx)).calendars
