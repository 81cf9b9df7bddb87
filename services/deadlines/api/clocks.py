"""`/clocks`: which periods run, which are almost over or past, and how each is counted."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.events.parts import ClockKind, Lamp
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.door import Desk, desk, shown, staffed
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import Malformed, refuses
from bianmin.kit.refusals import NotFound
from services.deadlines import texts
from services.deadlines.api.calendars import CalendarMissing
from services.deadlines.api.views import Before, ClockView, EntryView, ExplanationView
from services.deadlines.domain.calendar import YearMissing
from services.deadlines.domain.clock import ClockState
from services.deadlines.domain.ledger import ledger
from services.deadlines.domain.periods import due
from services.deadlines.domain.regions import Calendars
from services.deadlines.store import calendars, views
from services.deadlines.store.views import Shown, Wanted

router = staffed("deadlines")

AnyDesk = Annotated[Desk, desk()]


class ClockNotFound(NotFound):
    slug, title = "clock-not-found", "没有这个时钟"


@router.get("/clocks", response_model=Page[ClockView], responses=refuses(Malformed))
async def list_clocks(
    desk: AnyDesk,
    case_id: Annotated[UUID | None, Query(description="办件（或投诉）的编号")] = None,
    org: Annotated[OrgCode | None, Query(description="对时限负责的单位所在的区划，含下级")] = None,
    kind: ClockKind | None = None,
    lamp: Lamp | None = None,
    state: ClockState | None = None,
    due_before: Annotated[Before | None, Query(description="在此日（或此刻）之前到期的")] = None,
    updated_since: Annotated[Moment | None, Query(description="此刻以后变动的，按变动先后排列，不遗漏")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """本单位看得到的时钟，先到期的在前；带 `updated_since` 时按变动先后排列。"""
    wanted = Wanted(case_id, org, kind, lamp, state, due_before, updated_since)
    async with desk.looking() as tx:
        page, following = await views.page(tx, desk.actor, wanted, desk.room.cursors, cursor, limit)
    return shown(Page(items=[ClockView.of(one) for one in page], next_cursor=following))


@router.get("/clocks/{clock_id}", response_model=ClockView, responses=refuses(NotFound))
async def get_clock(clock_id: UUID, desk: AnyDesk) -> Response:
    """一个时钟：期限多长、何时到期、现在是什么灯。"""
    found = await _found(desk, clock_id)
    return shown(ClockView.of(found), found.clock.version)


@router.get("/clocks/{clock_id}/explain", response_model=ExplanationView, responses=refuses(NotFound))
async def explain_clock(clock_id: UUID, desk: AnyDesk) -> Response:
    """逐日说明期限如何计算：哪天计入、哪天不计入、为什么；并附一段给群众看的说明。"""
    found = await _found(desk, clock_id)
    async with desk.looking() as tx:
        known = await calendars.in_force(tx)
    try:
        return shown(_explained(found, known, desk.today))
    except YearMissing as missing:
        raise CalendarMissing(f"{missing}。") from missing


async def _found(desk: Desk, clock_id: UUID) -> Shown:
    async with desk.looking() as tx:
        found = await views.one(tx, desk.actor, clock_id)
    if found is None:
        raise ClockNotFound("没有这个时钟；请核对编号。")
    return found


def _explained(found: Shown, known: Calendars, today: date) -> ExplanationView:
    clock = found.clock
    calendar = known.of(clock.answerable.org)
    until = clock.end.due_on if clock.end else max(today, clock.period.start_on)
    days = ledger(calendar, clock.period, until)
    own_end = due(calendar, clock.period)
    return ExplanationView(
        clock=ClockView.of(found),
        calendar_version=calendar.version,
        days=[EntryView.of(entry) for entry in days],
        text=texts.explanation(
            clock,
            days,
            capped=clock.term.kind == "promise" and own_end is not None and own_end.due_on > until,
            recalculated=calendar.version != clock.calendar_version,
        ),
    )
