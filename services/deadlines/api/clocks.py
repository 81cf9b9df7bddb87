"""`/clocks`: which periods run, which are almost over or past, and how each is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.events.parts import ClockKind, Lamp
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, public_router, respond, staff_router
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, refuses
from bianmin.kit.refusals import NotFound
from services.deadlines import texts
from services.deadlines.api.calendars import CalendarMissing
from services.deadlines.api.views import (
    Before,
    ClockView,
    EntryView,
    ExplanationView,
    MovedView,
    PauseView,
    PublicExplanationView,
)
from services.deadlines.domain.calendar.days import Calendar, YearMissing
from services.deadlines.domain.clocks.breakdown import BreakdownDay, breakdown, due_on_without_grace
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.domain.clocks.clock import ClockState
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import DueDate
from services.deadlines.domain.terms.law import CAPPED_BY_STATUTORY_PERIOD
from services.deadlines.picture import drawn
from services.deadlines.store import moves, rulebook, views
from services.deadlines.store.views import Shown, Wanted

router = staff_router("deadlines")
open_router = public_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]


class ClockNotFound(NotFound):
    slug, title = "clock-not-found", "没有这个时钟"


@router.get("/clocks", response_model=Page[ClockView], responses=refuses(MalformedRequest))
async def list_clocks(
    context: AnyDesk,
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
    async with context.read() as tx:
        page, following = await views.page(tx, context.actor, wanted, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[ClockView.of(one) for one in page], next_cursor=following))


@router.get("/clocks/{clock_id}", response_model=ClockView, responses=refuses(NotFound))
async def get_clock(clock_id: UUID, context: AnyDesk) -> Response:
    """一个时钟：期限多长、何时到期、现在是什么灯。"""
    found = await _found(context, clock_id)
    return respond(ClockView.of(found), found.clock.version)


@router.get("/clocks/{clock_id}/explain", response_model=ExplanationView, responses=refuses(NotFound))
async def explain_clock(clock_id: UUID, context: AnyDesk) -> Response:
    """逐日说明期限如何计算：哪天计入、哪天不计入、为什么；并附一段给群众看的说明。"""
    return respond(_explained(await _counted(context, await _found(context, clock_id))))


@router.get(
    "/clocks/{clock_id}/explain.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}, **refuses(NotFound)},
)
async def draw_clock(clock_id: UUID, context: AnyDesk) -> Response:
    """同样的说明画成图：每月一行，标出计入、休息、调休上班、暂停的日子，以及最后一日和今天；手机和打印都能看清。"""
    one = await _counted(context, await _found(context, clock_id))
    clock = one.found.clock
    picture = drawn(
        texts.name_of(clock),
        texts.lines(clock, one.found.standstills, graced_from=one.graced_from),
        one.days,
        clock.end.due_on if clock.end else None,
        context.today,
    )
    return Response(picture, media_type="image/svg+xml; charset=utf-8")


@open_router.get("/public/clocks/{clock_id}", response_model=PublicExplanationView, responses=refuses(NotFound))
async def explain_clock_to_citizen(clock_id: UUID, context: AnyDesk) -> Response:
    """给群众看的期限说明：凭查询进度（`/track`）得到的时钟编号，不需要登录；一段话，并逐日说明。投诉的期限不在此列。"""
    async with context.read() as tx:
        found = await views.of_a_case(tx, clock_id)
    if found is None:
        raise ClockNotFound("没有这个时钟；请先用办件编号查询进度，核对编号。")
    told = _explained(await _counted(context, found))
    return respond(
        PublicExplanationView(
            kind=told.clock.kind,
            due_on=told.clock.due_on,
            provisional=told.clock.provisional,
            text=told.text,
            days=told.days,
        )
    )


async def _found(context: RequestContext, clock_id: UUID) -> Shown:
    async with context.read() as tx:
        found = await views.one(tx, context.actor, clock_id)
    if found is None:
        raise ClockNotFound("没有这个时钟；请核对编号。")
    return found


@dataclass(frozen=True, slots=True)
class _Counted:
    """A clock with its days, and the calendar they are told by."""

    found: Shown
    calendar: Calendar
    days: Sequence[BreakdownDay]
    moves: Sequence[DueDateChange]
    own_end: DueDate | None
    """Where it would end by itself: the law's period can end it before."""
    graced_from: date | None


async def _counted(context: RequestContext, found: Shown) -> _Counted:
    clock = found.clock
    org = clock.responsible.org
    async with context.read() as tx:
        calendar = (await rulebook.in_force(tx)).calendar_of(org)
        history = await rulebook.ever(tx, org) if calendar.version != clock.calendar_version else None
        moved = await moves.of_clock(tx, clock.id)
    if history is not None:  # published since, and the clock was over, or does not cross it
        calendar = await rulebook.calendar_as_it_was(history, org, clock.calendar_version) or calendar
    until = clock.end.due_on if clock.end else max(context.today, clock.period.start_on)
    try:
        own_end = due_date(calendar, clock.period)
        days = breakdown(calendar, clock.period, until, found.standstills)
        graced_from = due_on_without_grace(calendar, clock.period) if clock.end == own_end else None
        return _Counted(found, calendar, days, moved, own_end, graced_from)
    except YearMissing as missing:
        raise CalendarMissing(f"{missing}。") from missing


def _explained(one: _Counted) -> ExplanationView:
    clock = one.found.clock
    return ExplanationView(
        clock=ClockView.of(one.found),
        calendar_version=one.calendar.version,
        moves=[MovedView.of(each) for each in one.moves],
        pauses=[PauseView.of(each) for each in one.found.standstills],
        days=[EntryView.of(entry) for entry in one.days],
        text=texts.explanation(
            clock,
            one.days,
            one.found.standstills,
            one.moves,
            capped=clock.term.kind in CAPPED_BY_STATUTORY_PERIOD
            and one.own_end is not None
            and one.own_end.due_on > one.days[-1].date,
            recalculated=one.calendar.version != clock.calendar_version,
            graced_from=one.graced_from,
        ),
    )
