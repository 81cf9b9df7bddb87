"""`/calendars/{region}/hours`: when the desks of a region are open."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Depends, Response
from pydantic import Field

from bianmin.kit.bodies import Body, View
from bianmin.kit.endpoints import IfMatch, RequestContext, context_for, respond, staff_router
from bianmin.kit.problems import PreconditionRequired, Stale, refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, NotFound
from services.deadlines.api.calendar_views import PreviewView
from services.deadlines.api.previews import Preview, previewed
from services.deadlines.api.regions import check_own, region_known, version_seen
from services.deadlines.domain.calendar.hours import MIDNIGHT, OFFICE, Hours, Interval
from services.deadlines.domain.calendar.publication import HoursInvalid, PublishHours, apply_hours
from services.deadlines.domain.calendar.years import CalendarInvalid
from services.deadlines.handlers import Published
from services.deadlines.store import documents, recounts, rulebook
from services.deadlines.store.documents import Document
from services.deadlines.store.hours import hours_of, nearest

router = staff_router("deadlines")


class HoursNotFound(NotFound):
    slug, title = "hours-not-found", "没有自己公布的开放时间"


AnyDesk = Annotated[RequestContext, context_for()]
Admin = Annotated[RequestContext, context_for("admin")]


class IntervalIn(Body):
    """From one time of the day to another, `09:00`, `12:30`; the end of the day is `24:00`."""

    since: Annotated[str, Field(max_length=5)]
    until: Annotated[str, Field(max_length=5)]


Intervals = Annotated[list[IntervalIn], Field(max_length=10)]


class HoursIn(Body):
    """The week, Monday first, none on days on which the desk is closed.

    A day of the weekend is worked only to make up for another, and then by `make_up`: Saturday and Sunday stay empty.
    """

    weekdays: Annotated[list[Intervals], Field(min_length=7, max_length=7)]
    make_up: Intervals
    region: str | None = None
    version: int | None = None

    def hours(self) -> Hours:
        """Raises `HoursInvalid`."""
        if any(self.weekdays[5:]):
            told = "周六、周日不写在 weekdays 里：周末只有调休上班时才开，那时按 make_up；请留空，并把时间写在 make_up"
            raise HoursInvalid(f"{told}。", errors=[FieldError("/weekdays", "hours_invalid", told)])
        try:
            return Hours(tuple(map(_intervals, self.weekdays)), _intervals(self.make_up))
        except CalendarInvalid as error:
            raise HoursInvalid(f"{error}。", errors=[FieldError("/weekdays", "hours_invalid", str(error))]) from error


class IntervalView(View):
    since: str
    until: str


class HoursView(View):
    """`region`: whose they are, null where nobody has published any and the usual ones of service halls hold.

    They hold on the working days of the calendar; a holiday is a holiday at every desk.
    """

    region: str | None
    version: int
    weekdays: list[list[IntervalView]]
    make_up: list[IntervalView]

    @classmethod
    def of(cls, found: Document | None) -> Self:
        hours = OFFICE if found is None else hours_of(found)
        return cls(
            region=found and found.name,
            version=found.version if found else 0,
            weekdays=[_told(day) for day in hours.weekdays],
            make_up=_told(hours.make_up),
        )


class HoursVersionView(View):
    """`hours`: null where they were withdrawn."""

    version: int
    published_at: datetime
    published_by: str
    hours: HoursView | None


class HoursHistoryView(View):
    items: list[HoursVersionView]


@router.get("/calendars/{region}/hours", response_model=HoursView, responses=refuses(NotFound))
async def get_hours(region: str, context: AnyDesk) -> Response:
    """一个单位的开放时间；没有自己公布的，给出上级的，都没有的，按常规。"""
    async with context.read() as tx:
        await region_known(tx, region)
        found = await nearest(tx, region)
    return respond(HoursView.of(found), found.version if found and found.name == region else None)


@router.get(
    "/calendars/{region}/hours/history", response_model=HoursHistoryView, responses=refuses(NotFound, Forbidden)
)
async def get_hours_history(region: str, context: Admin) -> Response:
    """历次公布的开放时间、时间和经办人；最近的在前。"""
    async with context.read() as tx:
        await region_known(tx, region)
        found = await documents.history(tx, "hours", region)
    items = [
        HoursVersionView(
            version=each.document.version,
            published_at=each.published_at,
            published_by=each.published_by,
            hours=HoursView.of(each.document) if each.document.content else None,
        )
        for each in found
    ]
    return respond(HoursHistoryView(items=items))


async def _seen(region: str, context: Admin, if_match: IfMatch = None) -> int | None:
    return await version_seen(if_match, "hours", region, context)


@router.put(
    "/calendars/{region}/hours",
    response_model=HoursView | PreviewView,
    responses={
        201: {"description": "首次公布", "model": HoursView},
        **refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
    },
)
async def put_hours(
    region: str,
    seen: Annotated[int | None, Depends(_seen)],
    body: HoursIn,
    context: Admin,
    preview: Preview = False,
) -> Response:
    """公布开放时间，一天可分几段（如午休），立即生效；按工作时间或下班时刻计算的在办时限随即重新计算。"""
    check_own(region, body.region)
    return await _put(context, PublishHours(region, body.hours(), seen, context.cause), preview=preview)


@router.delete(
    "/calendars/{region}/hours",
    response_model=HoursView | PreviewView,
    responses=refuses(NotFound, Forbidden, Conflict, Stale, PreconditionRequired),
)
async def withdraw_hours(
    region: str, seen: Annotated[int | None, Depends(_seen)], context: Admin, preview: Preview = False
) -> Response:
    """撤销一个地区自己公布的开放时间，此后沿用上级的（都没有的，按常规），答复中即为沿用的；在办时限随即重新计算。"""
    if seen is None:
        raise HoursNotFound("这个地区没有公布过开放时间，沿用的是上级的或常规的。")
    return await _put(context, PublishHours(region, None, seen, context.cause), preview=preview)


async def _put(context: RequestContext, command: PublishHours, *, preview: bool) -> Response:
    if not preview:
        return await context.submit(command, _published, status=201 if command.expected is None else 200)
    async with context.read() as tx:
        after = apply_hours((await rulebook.in_force(tx)).calendars, command)
        told = await previewed(tx, context, command.region, after, recounts.ALWAYS)
    return respond(told)


def _published(done: Published) -> HoursView:
    return HoursView.of(done.told)


def _intervals(given: list[IntervalIn]) -> tuple[Interval, ...]:
    return tuple(Interval.of(each.since, each.until) for each in given)


def _told(intervals: tuple[Interval, ...]) -> list[IntervalView]:
    return [IntervalView(since=_time(each.since), until=_time(each.until)) for each in intervals]


def _time(minute: int) -> str:
    return "24:00" if minute == MIDNIGHT else f"{minute // 60:02}:{minute % 60:02}"
