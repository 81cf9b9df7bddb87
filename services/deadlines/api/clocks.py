"""`/clocks`: which periods run, which are almost over or past, and how each is calculated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.domain.labels_zh import CLOCK_KINDS, LAMPS
from bianmin.events.parts import ClockKind, Lamp
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import CASE_ID, MOMENT, OFFICE_ORG, values_of
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import MalformedRequest, refuses
from bianmin.kit.refusals import NotFound
from bianmin.kit.routers import public_router, staff_router
from services.deadlines import texts
from services.deadlines.api.bodies import DueBefore
from services.deadlines.api.calendars import CalendarMissing
from services.deadlines.api.parameters import ClockPath
from services.deadlines.api.svg import clock_svg
from services.deadlines.api.views.clocks import ClockView
from services.deadlines.api.views.explanations import ExplanationView, PublicExplanationView
from services.deadlines.domain.calendar.days import Calendar, YearMissing
from services.deadlines.domain.clocks.breakdown import BreakdownDay, breakdown, due_on_without_grace
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.domain.clocks.clock import ClockState
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import DueDate
from services.deadlines.domain.terms.law import CAPPED_BY_STATUTORY_PERIOD
from services.deadlines.store import due_changes, rulebook
from services.deadlines.store.queries import clocks
from services.deadlines.store.queries.clocks import ClockFilters, ListedClock

router = staff_router("deadlines")
open_router = public_router("deadlines")

AnyDesk = Annotated[RequestContext, context_for()]


class ClockNotFound(NotFound):
    """The clock does not exist, or the actor may not see it."""

    slug, title = "clock-not-found", "没有这个时钟"


_SVG_EXAMPLE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 160"><title>办理期限</title></svg>'


@router.get(
    "/clocks",
    response_model=Page[ClockView],
    responses=refuses(MalformedRequest),
    summary="时钟列表",
    description="各级工作人员查看本单位看得到的办件和投诉的时钟，先到期的在前；用 `lamp=red` 看已超期的，"
    "用 `due_before` 看即将到期的。对接系统同步时带 `updated_since`，按变动先后排列，不遗漏。",
)
async def list_clocks(
    context: AnyDesk,
    case_id: Annotated[UUID | None, Query(description="办件（或投诉）的编号，UUID", examples=[CASE_ID])] = None,
    org: Annotated[
        OrgCode | None, Query(description="对期限负责的单位所在的区划代码，含下级", examples=[OFFICE_ORG])
    ] = None,
    kind: Annotated[
        ClockKind | None, Query(description=f"种类：{values_of(CLOCK_KINDS)}", examples=["statutory"])
    ] = None,
    lamp: Annotated[Lamp | None, Query(description=f"灯：{values_of(LAMPS)}", examples=["yellow"])] = None,
    state: Annotated[
        ClockState | None, Query(description=f"状态：{values_of(texts.CLOCK_STATES)}", examples=["running"])
    ] = None,
    due_before: Annotated[
        DueBefore | None,
        Query(
            description="在此日（YYYY-MM-DD，前一日 24 时到期的也在内）或此刻（RFC 3339，带时区）之前到期的",
            examples=["2026-12-01"],
        ),
    ] = None,
    updated_since: Annotated[
        Moment | None,
        Query(description="只要此刻以后变动的，RFC 3339，带时区；按变动先后排列，不遗漏", examples=[MOMENT]),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the clocks that the caller may see, the first to end first."""
    filters = ClockFilters(case_id, org, kind, lamp, state, due_before, updated_since)
    async with context.read() as tx:
        page, next_cursor = await clocks.page(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[ClockView.of(listed) for listed in page], next_cursor=next_cursor))


@router.get(
    "/clocks/{clock_id}",
    response_model=ClockView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="查看时钟",
    description="看得到它的工作人员查看一个时钟：期限多长、何时到期、现在是什么灯、由哪个单位负责；"
    "对其他人它不存在（404）。",
)
async def get_clock(clock_id: ClockPath, context: AnyDesk) -> Response:
    """Return a clock: its period, its end and its lamp."""
    found = await _find(context, clock_id)
    return respond(ClockView.of(found), found.clock.version)


@router.get(
    "/clocks/{clock_id}/explain",
    response_model=ExplanationView,
    responses=refuses(NotFound),
    summary="说明期限如何计算",
    description="看得到时钟的工作人员逐日查看期限如何计算：哪天计入、哪天不计入、为什么，何时暂停、何时延长；"
    "并附一段给群众看的说明。起算日不计入（民法典第二百零一条），法定节假日不计入工作日（行政许可法第八十二条）。",
)
async def explain_clock(clock_id: ClockPath, context: AnyDesk) -> Response:
    """Explain day by day how a clock is calculated."""
    return respond(_explain(await _calculate(context, await _find(context, clock_id))))


@router.get(
    "/clocks/{clock_id}/explain.svg",
    response_class=Response,
    responses={
        200: {"content": {"image/svg+xml": {"schema": {"type": "string"}, "example": _SVG_EXAMPLE}}},
        **refuses(NotFound),
    },
    summary="期限的图",
    description="看得到时钟的工作人员得到同样的说明画成的图（SVG）：每月一行，标出计入、休息、调休上班、暂停的日子，"
    "以及最后一日和今天；手机和打印都能看清。",
)
async def draw_clock(clock_id: ClockPath, context: AnyDesk) -> Response:
    """Draw as SVG how a clock is calculated."""
    calculation = await _calculate(context, await _find(context, clock_id))
    listed = calculation.listed
    svg = clock_svg(
        texts.name_of(listed.clock),
        texts.summary_lines(listed.clock, listed.pauses, without_grace=calculation.without_grace),
        calculation.days,
        listed.due_on,
        context.today,
    )
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(svg, headers=policy, media_type="image/svg+xml; charset=utf-8")


@open_router.get(
    "/public/clocks/{clock_id}",
    response_model=PublicExplanationView,
    responses=refuses(NotFound),
    summary="给群众看的期限说明",
    description="群众凭查询进度（`/track`）得到的时钟编号查看自己办件的期限如何计算，不需要登录：一段话，并逐日说明。"
    "投诉的期限不在此列，为 404。",
)
async def explain_clock_to_citizen(clock_id: ClockPath, context: AnyDesk) -> Response:
    """Explain a clock to the citizen whose case it is."""
    async with context.read() as tx:
        found = await clocks.find_for_citizen(tx, clock_id)
    if found is None:
        raise ClockNotFound("没有这个时钟；请先用办件编号查询进度，核对编号。")
    explanation = _explain(await _calculate(context, found))
    return respond(PublicExplanationView.model_validate(explanation, from_attributes=True))


async def _find(context: RequestContext, clock_id: UUID) -> ListedClock:
    async with context.read() as tx:
        found = await clocks.find(tx, context.actor, clock_id)
    if found is None:
        raise ClockNotFound("没有这个时钟；请核对编号。")
    return found


@dataclass(frozen=True, slots=True)
class _Calculation:
    """How a clock was calculated, day by day.

    `calendar`: that of the clock's `calendar_version`, where it is on record. `own_end`: where the period would end by
    itself; the statutory period may end it before. `without_grace`: the last day without the days of grace.
    """

    listed: ListedClock
    calendar: Calendar
    days: Sequence[BreakdownDay]
    due_changes: Sequence[DueDateChange]
    own_end: DueDate | None
    without_grace: date | None


async def _calculate(context: RequestContext, listed: ListedClock) -> _Calculation:
    """Raises `CalendarMissing` where the calendar does not reach far enough."""
    clock = listed.clock
    org = clock.responsible.org
    async with context.read() as tx:
        calendar = (await rulebook.in_force(tx)).calendar_of(org)
        history = await rulebook.history(tx, org) if calendar.version != clock.calendar_version else None
        changes = await due_changes.of_clock(tx, clock.id)
    if history is not None:  # a calendar was published since, and did not change this clock
        calendar = await rulebook.past_calendar(history, org, clock.calendar_version) or calendar
    until = clock.end.due_on if clock.end else max(context.today, clock.period.start_on)
    try:
        own_end = due_date(calendar, clock.period)
        days = breakdown(calendar, clock.period, until, listed.pauses)
        without_grace = due_on_without_grace(calendar, clock.period) if clock.end == own_end else None
        return _Calculation(listed, calendar, days, changes, own_end, without_grace)
    except YearMissing as missing:
        raise CalendarMissing(f"{missing}。") from missing


def _explain(calculation: _Calculation) -> ExplanationView:
    clock, pauses = calculation.listed.clock, calculation.listed.pauses
    own_end, last_day = calculation.own_end, calculation.days[-1].date
    text = texts.explanation(
        clock,
        calculation.days,
        pauses,
        calculation.due_changes,
        capped=clock.term.kind in CAPPED_BY_STATUTORY_PERIOD and own_end is not None and own_end.due_on > last_day,
        recalculated=calculation.calendar.version != clock.calendar_version,
        without_grace=calculation.without_grace,
    )
    return ExplanationView.model_validate(
        {
            "clock": calculation.listed,
            "calendar_version": calculation.calendar.version,
            "moves": calculation.due_changes,
            "pauses": pauses,
            "days": calculation.days,
            "text": text,
        },
        from_attributes=True,
    )
