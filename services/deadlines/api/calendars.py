"""`/calendars`: which days count where, what is published, and when a period ends."""

from datetime import datetime, time
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response

from bianmin.kit.bodies import Day
from bianmin.kit.clock import TZ
from bianmin.kit.codes import BadCode, level_of
from bianmin.kit.db import Tx
from bianmin.kit.door import Desk, check_if_match, desk, public, shown, staffed
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.deadlines.api.views import (
    ChangeView,
    DayView,
    DueView,
    HistoryView,
    MoveView,
    PreviewView,
    RecountsView,
    RecountView,
    VersionView,
    YearIn,
    YearView,
)
from services.deadlines.domain.calendar import YearMissing
from services.deadlines.domain.ledger import ledger
from services.deadlines.domain.periods import LONGEST, Period, Unit, due
from services.deadlines.domain.publication import PublishYear, publish
from services.deadlines.domain.regions import ALWAYS_KNOWN, NATIONAL, Calendars
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.rules import moved_by
from services.deadlines.domain.years import FIRST_YEAR, LAST_YEAR, tag_of
from services.deadlines.handlers import Published
from services.deadlines.store import calendars, orgs, subjects

router = staffed("deadlines")
open_router = public("deadlines")

AnyDesk = Annotated[Desk, desk()]
Admin = Annotated[Desk, desk("admin")]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]
PREVIEWED = 500
"""Matters that a preview counts anew; of more it only tells how many there are."""


class RegionNotFound(NotFound):
    slug, title = "region-not-found", "没有这个地区"


class YearNotFound(NotFound):
    slug, title = "year-not-found", "没有这一年的日历"


class CalendarMissing(Invalid):
    slug, title = "calendar-missing", "缺少日历"


@open_router.get("/calendars/{region}/due", response_model=DueView, responses=refuses(NotFound))
async def calculate_due(
    region: str,
    desk: AnyDesk,
    start: Annotated[Day, Query(description="起算日，当日不计入（民法典 art. 201）")],
    days: Annotated[int, Query(ge=0, le=LONGEST)],
    unit: Literal["workday", "day"] = "workday",
) -> Response:
    """期限何时届满：工作日不含法定节假日、含调休上班日；自然日遇休息日顺延（行政许可法 art. 82，民法典 art. 203）。"""
    calendar = (await _in_force(desk, region)).of(region)
    period = Period(Unit(unit), days, datetime.combine(start, time(), TZ))
    try:
        answer = due(calendar, period)
        assert answer is not None, "it has no pauses"
        skipped = [entry for entry in ledger(calendar, period, answer.due_on)[1:] if not entry.counted]
    except YearMissing as missing:
        where = FieldError("query:start", "calendar_missing", str(missing))
        raise CalendarMissing(f"{missing}。", errors=[where]) from missing
    return shown(
        DueView(
            region=region,
            start=start,
            days=days,
            unit=Unit(unit),
            due_on=answer.due_on,
            due_at=answer.due_at,
            provisional=answer.provisional,
            skipped=[DayView(date=entry.date, reason=entry.reason) for entry in skipped],
            calendar_version=calendar.version,
        )
    )


@router.get("/calendars/recounts", response_model=RecountsView, responses=refuses(Forbidden))
async def list_recounts(desk: Admin) -> Response:
    """日历更新后的重新计算：已完成多少，还剩多少；最近的在前。"""
    async with desk.looking() as tx:
        found = await calendars.recounts(tx, 20)
    return shown(RecountsView(items=[RecountView.of(one) for one in found]))


@router.get("/calendars/{region}/years/{year}", response_model=YearView, responses=refuses(NotFound))
async def get_year(region: str, year: int, desk: AnyDesk) -> Response:
    """某地某年的放假和调休上班安排；没有自己日历的地区，给出上级的。"""
    known = await _in_force(desk, region)
    try:
        found = known.year(region, year)
    except YearMissing as missing:
        raise YearNotFound(f"{missing}。") from missing
    return shown(YearView.of(found), tag_of(found))


@router.get("/calendars/{region}/years/{year}/history", response_model=HistoryView, responses=refuses(NotFound))
async def get_history(region: str, year: Year, desk: Admin) -> Response:
    """这个地区这一年的日历历次公布的内容、时间和经办人；最近的在前。随程序提供的不在其中。"""
    await _in_force(desk, region)
    async with desk.looking() as tx:
        found = await calendars.history(tx, region, year)
    return shown(HistoryView(items=[VersionView.of(one) for one in found]))


async def _seen(request: Request, region: str, year: Year, desk: Admin) -> int | None:
    """The tag of what the writer has seen. Asked before the body is judged."""
    known = await _in_force(desk, region)
    own = known.own(region, year)
    if region != NATIONAL and not desk.actor.covers(region):
        raise Forbidden("只能公布本辖区的日历。")
    if region == NATIONAL and len(desk.actor.org) > 2:
        raise Forbidden("全国日历由省级管理员录入。")
    if own is None:
        # there is nothing of its own to overwrite; whoever says what they have seen must have seen what holds
        if "if-match" in request.headers and (above := known.find(region, year)) is not None:
            check_if_match(request, tag_of(above))
        return None
    check_if_match(request, tag_of(own))
    return tag_of(own)


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
    seen: Annotated[int | None, Depends(_seen)],
    body: YearIn,
    desk: Admin,
    preview: Annotated[bool, Query(description="只说明会变动什么，不公布")] = False,
) -> Response:
    """公布一年的放假和调休上班安排，立即生效；跨越有变动日子的在办时限随即重新计算（进度见 `/calendars/recounts`）。

    地方的安排逐日覆盖上级的。`preview=true` 时只说明哪些日子、哪些时限会变动。
    """
    command = PublishYear(body.of(region, year), seen, desk.cause)
    if preview:
        return shown(await _previewed(desk, command))
    return await desk.submit(command, _published, status=201 if seen is None else 200)


def _published(done: Published) -> YearView:
    return YearView.of(done.publication.year)


async def _previewed(desk: Desk, command: PublishYear) -> PreviewView:
    async with desk.looking() as tx:
        book = await calendars.in_force(tx)
        after, publication = publish(book.calendars, command)
        number, ids = await calendars.crossing(tx, publication, PREVIEWED)
        matters = await subjects.load(tx, ids, locked=False)
    moves = [
        MoveView.of(id, move)
        for id in ids
        if id in matters
        for move in moved_by(Rulebook(after, book.policies), matters[id], desk.now)
    ]
    return PreviewView(
        changes=[ChangeView(date=change.date, works=change.works) for change in publication.changes],
        crossing=number,
        examined=len(ids),
        moves=moves,
    )


async def _in_force(desk: Desk, region: str) -> Calendars:
    """The calendars in force. Raises `RegionNotFound` where nobody knows the region."""
    async with desk.looking() as tx:
        await region_known(tx, region)
        return (await calendars.in_force(tx)).calendars


async def region_known(tx: Tx, region: str) -> None:
    """Raises `RegionNotFound` where nobody knows the region."""
    if region not in ALWAYS_KNOWN and not await _is_known(tx, region):
        raise RegionNotFound("没有这个地区；应为 CN，或已导入的机构的区划代码。")


async def _is_known(tx: Tx, region: str) -> bool:
    try:
        level_of(region)
    except BadCode:
        return False
    return await orgs.is_known(tx, region)
