"""`/calendars`: which days count where, what is published, and when a period ends."""

from datetime import datetime, time
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response

from bianmin.domain.divisions import parent_of
from bianmin.kit.bodies import Day
from bianmin.kit.endpoints import IfMatch, RequestContext, check_if_match, context_for, etag_of, respond
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import public_router, staff_router
from bianmin.kit.time_source import TZ
from services.deadlines.api import ics
from services.deadlines.api.bodies import YearIn
from services.deadlines.api.previews import Preview, preview_of
from services.deadlines.api.regions import check_publishes_for_all, check_region_exists
from services.deadlines.api.views.calendars import (
    CalendarHistoryView,
    CalendarVersionView,
    DifferencesView,
    DifferenceView,
    DueView,
    OriginView,
    PreviewView,
    RecountsView,
    SkippedDayView,
    YearView,
)
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.calendar.publication import (
    PublishYear,
    WithdrawYear,
    apply_publication,
    apply_withdrawal,
)
from services.deadlines.domain.calendar.regions import NATIONAL, Calendars
from services.deadlines.domain.calendar.years import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarYear,
    YearStatus,
    differences,
    tag_of,
)
from services.deadlines.domain.clocks.breakdown import breakdown
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import LONGEST, CountedPeriod, Unit
from services.deadlines.handlers.publications import CalendarInUse, PublishedYear
from services.deadlines.store import documents, rulebook
from services.deadlines.store.calendars import name_of, year_of
from services.deadlines.store.queries import recounts

router = staff_router("deadlines")
open_router = public_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]


class YearNotFound(NotFound):
    """No calendar is known for the year, or the region has not published this version of it."""

    slug, title = "year-not-found", "没有这一年的日历"


class CalendarMissing(Invalid):
    """The calculation needs a year that no calendar covers."""

    slug, title = "calendar-missing", "缺少日历"


@open_router.get("/calendars/{region}/due", response_model=DueView, responses=refuses(NotFound))
async def calculate_due(
    region: str,
    context: AnyDesk,
    start: Annotated[Day, Query(description="起算日，当日不计入（民法典 art. 201）")],
    days: Annotated[int, Query(ge=0, le=LONGEST)],
    unit: Literal["workday", "day"] = "workday",
) -> Response:
    """期限何时届满：工作日不含法定节假日、含调休上班日；自然日遇休息日顺延（行政许可法 art. 82，民法典 art. 203）。"""
    calendar = (await _calendars_in_force(context, region)).of(region)
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


@router.get("/calendars/recounts", response_model=RecountsView, responses=refuses(Forbidden))
async def list_recounts(context: Admin) -> Response:
    """日历更新后的重新计算：已完成多少，还剩多少；最近的在前。"""
    async with context.read() as tx:
        found = await recounts.latest(tx, 20)
    return respond(RecountsView.model_validate({"items": found}, from_attributes=True))


@router.get(
    "/calendars/{region}/years/{year}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, **refuses(NotFound)},
)
async def export_year(region: str, year: int, context: AnyDesk) -> Response:
    """同一年的安排，iCalendar 格式：可订阅，也可原样导入；是已公布的还是推定的、来源、地区都写在文件里。"""
    found = _year(await _calendars_in_force(context, region), region, year)
    etag = etag_of(tag_of(found)) or ""
    return Response(ics.format_year(found), headers={"ETag": etag}, media_type="text/calendar; charset=utf-8")


@router.get("/calendars/{region}/years/{year}", response_model=YearView, responses=refuses(NotFound))
async def get_year(region: str, year: int, context: AnyDesk) -> Response:
    """某地某年的放假和调休上班安排；没有自己日历的地区，给出上级的。"""
    found = _year(await _calendars_in_force(context, region), region, year)
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
)
async def get_history(region: str, year: Year, context: Admin) -> Response:
    """这个地区这一年的日历历次公布的内容、时间和经办人；最近的在前。随程序提供的不在其中。"""
    await _calendars_in_force(context, region)
    async with context.read() as tx:
        found = await documents.history(tx, "calendar", name_of(region, year))
    return respond(CalendarHistoryView(items=[CalendarVersionView.of(version) for version in found]))


@router.get(
    "/calendars/{region}/years/{year}/diff", response_model=DifferencesView, responses=refuses(NotFound, Forbidden)
)
async def get_differences(
    region: str,
    year: Year,
    context: Admin,
    since: Annotated[int | None, Query(ge=0, description="较早的版本；0 为随程序提供的，默认为上一版")] = None,
    until: Annotated[int | None, Query(ge=0, description="较晚的版本，默认为现行的")] = None,
) -> Response:
    """两次公布之间逐日的不同，以及各自是已公布的还是推定的、来源。"""
    await _calendars_in_force(context, region)
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


async def _tag_read(region: str, year: Year, context: Admin, if_match: IfMatch = None) -> int | None:
    """The tag of the year that the writer has read. Checked before the body."""
    known = await _calendars_in_force(context, region)
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


@router.put(
    "/calendars/{region}/years/{year}.ics",
    response_model=YearView | PreviewView,
    responses={
        201: {"description": "这个地区首次公布这一年", "model": YearView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
    openapi_extra={
        "x-takes": [_ICS],
        "requestBody": {"required": True, "content": {_ICS: {"schema": {"type": "string"}}}},
    },
)
async def import_year(
    request: Request,
    region: str,
    year: Year,
    tag: Annotated[int | None, Depends(_tag_read)],
    context: Admin,
    source: Annotated[str | None, Query(max_length=400, description="来源，如通知文号；默认为文件里写的")] = None,
    status: Annotated[
        YearStatus | None, Query(description="已公布的，还是推定的；本系统导出的文件里写着，其他文件必须注明")
    ] = None,
    other_years: Annotated[Literal["refuse", "skip"], Query(description="其他年份的日子：拒绝，还是略过")] = "refuse",
    preview: Preview = False,
) -> Response:
    """公布一年的安排，取自 iCalendar 文件：整天的事件，按名称分辨放假和调休上班，分辨不准的拒绝。取代原有的安排。"""
    found = ics.parse_year(await request.body(), region, year, status, source, skips_other_years=other_years == "skip")
    return await _put(context, PublishYear(found, tag, context.cause), preview=preview)


@router.put(
    "/calendars/{region}/years/{year}",
    response_model=YearView | PreviewView,
    responses={
        201: {"description": "这个地区首次公布这一年", "model": YearView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
)
async def put_year(
    region: str,
    year: Year,
    tag: Annotated[int | None, Depends(_tag_read)],
    body: YearIn,
    context: Admin,
    preview: Preview = False,
) -> Response:
    """公布一年的放假和调休上班安排，立即生效；跨越有变动日子的在办时限随即重新计算（进度见 `/calendars/recounts`）。

    地方的安排逐日覆盖上级的。`preview=true` 时只说明哪些日子、哪些时限会变动。
    """
    return await _put(context, PublishYear(body.calendar_year(region, year), tag, context.cause), preview=preview)


@router.delete(
    "/calendars/{region}/years/{year}",
    response_model=YearView | PreviewView,
    responses=refuses(NotFound, Forbidden, Conflict, CalendarInUse, Stale, PreconditionRequired),
)
async def withdraw_year(
    region: str, year: Year, tag: Annotated[int | None, Depends(_tag_read)], context: Admin, preview: Preview = False
) -> Response:
    """撤销一个地区自己公布的一年，此后沿用上级的，答复中即为沿用的；有在办时限按它计算的，不能撤销，只能更正。"""
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


async def _calendars_in_force(context: RequestContext, region: str) -> Calendars:
    """The calendars in force. Raises `RegionNotFound`."""
    async with context.read() as tx:
        await check_region_exists(tx, region)
        return (await rulebook.in_force(tx)).calendars
