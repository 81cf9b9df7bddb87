"""`/calendars`: which days count where, and when a period ends."""

import hashlib
from datetime import datetime, time
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic_core import to_json

from bianmin.kit.bodies import Day
from bianmin.kit.clock import TZ
from bianmin.kit.codes import BadCode, level_of
from bianmin.kit.db import Tx
from bianmin.kit.door import Desk, desk, public, shown, staffed
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import FieldError, Invalid, NotFound
from services.deadlines.api.views import DayView, DueView, YearView
from services.deadlines.domain.calendar import YearMissing
from services.deadlines.domain.ledger import ledger
from services.deadlines.domain.periods import LONGEST, Period, Unit, due
from services.deadlines.domain.regions import ALWAYS_KNOWN, Calendars
from services.deadlines.store import orgs

router = staffed("deadlines")
open_router = public("deadlines")

AnyDesk = Annotated[Desk, desk()]


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
    calendars = await _calendars(desk, region)
    calendar = calendars.of(region)
    try:
        period = Period(Unit(unit), days, datetime.combine(start, time(), TZ))
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


@router.get("/calendars/{region}/years/{year}", response_model=YearView, responses=refuses(NotFound))
async def get_year(region: str, year: int, desk: AnyDesk) -> Response:
    """某地某年的放假和调休上班安排；没有自己日历的地区，给出上级的。"""
    calendars = await _calendars(desk, region)
    try:
        view = YearView.of(calendars.year(region, year))
    except YearMissing as missing:
        raise YearNotFound(f"{missing}。") from missing
    # what is shipped with the program has no version of its own: its content is its version
    return shown(view, int.from_bytes(hashlib.sha256(to_json(view)).digest()[:6]))


async def _calendars(desk: Desk, region: str) -> Calendars:
    """The calendars in force. Raises `RegionNotFound` where nobody knows the region."""
    if region not in ALWAYS_KNOWN:
        async with desk.looking() as tx:
            if not await _is_known(tx, region):
                raise RegionNotFound("没有这个地区；应为 CN，或已导入的机构的区划代码。")
    calendars: Calendars = desk.room.parts
    return calendars


async def _is_known(tx: Tx, region: str) -> bool:
    try:
        level_of(region)
    except BadCode:
        return False
    return await orgs.is_known(tx, region)
