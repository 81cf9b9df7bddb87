"""Views of how a clock is calculated, day by day."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import ClockKind
from bianmin.kit.bodies import View
from bianmin.kit.fields import MOMENT, values_of
from services.deadlines import texts
from services.deadlines.api.parameters import CALENDAR_VERSION
from services.deadlines.api.views.clocks import CALENDAR_VERSION_TEXT, DUE_ON, KIND_TEXT, PROVISIONAL_TEXT, ClockView
from services.deadlines.domain.clocks.breakdown import DayMark

_DAY = {
    "date": "2026-11-24",
    "mark": "counted",
    "counted": True,
    "ordinal": 1,
    "hours": 7,
    "reason": "工作日，计入7小时",
}
_TEXT = "法定办结期限为20个工作日，自2026年11月23日起算。期限至2026年12月21日24时届满。尚在期限内。"


def _in_hours(spent: timedelta | None) -> float | None:
    return None if spent is None else round(spent / timedelta(hours=1), 4)


class BreakdownDayView(View):
    """A day of a clock's breakdown. `mark`: what the day is to the period; `reason`: the same in words.

    `ordinal`: its number among the days that count. `hours`: of a period in hours, how many of the day count, to the
    second.
    """

    date: Annotated[date, Field(description="日期，YYYY-MM-DD", examples=["2026-11-24"])]
    mark: Annotated[DayMark, Field(description=f"这一天算什么：{values_of(texts.DAY_MARKS)}", examples=["counted"])]
    counted: Annotated[bool, Field(description="是否计入期限", examples=[True])]
    ordinal: Annotated[int | None, Field(description="计入的第几日，从 1 起；不计入的为 null", examples=[1])]
    hours: Annotated[
        float | None,
        BeforeValidator(_in_hours),
        Field(
            validation_alias="spent",
            description="以小时计的期限，当日计入多少小时，最多 4 位小数；其他为 null",
            examples=[7],
        ),
    ]
    reason: Annotated[str, Field(description="为什么计入或不计入，中文，可以直接显示", examples=["工作日"])]


def _day_of(moment: datetime | None) -> date | None:
    return moment and moment.date()


_SINCE, _UNTIL = AliasPath("pause", "since"), AliasPath("pause", "until")


class PauseView(View):
    """A pause. Of a period in days, the days from `first` to `last` do not count, both included; of a period in hours,
    the time from `since` to `until`. `last` and `until` are null while the pause lasts.

    `evidence`: id of the event that announced it.
    """

    reason: Annotated[
        str, Field(description=f"因何暂停，特别程序的种类：{values_of(PROCEDURES)}", examples=["appraisal"])
    ]
    legal_basis: Annotated[str, Field(description="依据的法律条款", examples=["行政许可法第四十五条"])]
    evidence: Annotated[
        UUID | None,
        Field(
            description="公布暂停的事件的编号，UUID；没有记录的为 null",
            examples=["019acaf1-2d14-7b02-9c66-7d1e3f5a8b90"],
        ),
    ]
    first: Annotated[
        date,
        BeforeValidator(_day_of),
        Field(validation_alias=_SINCE, description="暂停的第一日，当日不计入，YYYY-MM-DD", examples=["2026-11-27"]),
    ]
    last: Annotated[
        date | None,
        BeforeValidator(_day_of),
        Field(
            validation_alias=_UNTIL,
            description="暂停的最后一日，当日仍不计入，YYYY-MM-DD；仍在暂停的为 null",
            examples=["2026-12-11"],
        ),
    ]
    since: Annotated[
        datetime,
        Field(
            validation_alias=_SINCE,
            description="暂停开始的时间，RFC 3339，时区 +08:00；以小时计的期限按它计算",
            examples=["2026-11-27T00:00:00+08:00"],
        ),
    ]
    until: Annotated[
        datetime | None,
        Field(
            validation_alias=_UNTIL,
            description="暂停结束的时间，RFC 3339，时区 +08:00；仍在暂停的为 null",
            examples=["2026-12-11T23:59:59.999999+08:00"],
        ),
    ]


class DueChangeView(View):
    """A change of the due day. A day is null where the clock was paused.

    `reason`: `extension` (by `extended_by` units), `calendar`, `policy`, or `law` (the statutory period, with which a
    promise ends at the latest, has changed).
    """

    moved_at: Annotated[datetime, Field(description="变动的时间，RFC 3339，时区 +08:00", examples=[MOMENT])]
    reason: Annotated[
        str,
        Field(
            description="因何变动：extension 批准延长，calendar 日历更新，policy 策略更新，"
            "law 法定期限变动，承诺期限随之届满",
            examples=["extension"],
        ),
    ]
    extended_by: Annotated[int | None, Field(description="延长了多少，期限的单位；不是延长的为 null", examples=[10])]
    previous_due_on: Annotated[
        date | None, Field(description="原来的到期之日，YYYY-MM-DD；当时暂停的为 null", examples=["2026-12-21"])
    ]
    due_on: Annotated[
        date | None, Field(description="新的到期之日，YYYY-MM-DD；当时暂停的为 null", examples=["2027-01-05"])
    ]
    calendar_version: Annotated[str, Field(description=CALENDAR_VERSION_TEXT, examples=[CALENDAR_VERSION])]


class PublicExplanationView(View):
    """What a citizen may know of a clock of the own case."""

    kind: Annotated[
        ClockKind, Field(validation_alias=AliasPath("clock", "kind"), description=KIND_TEXT, examples=["statutory"])
    ]
    due_on: Annotated[date | None, Field(validation_alias=AliasPath("clock", "due_on")), DUE_ON]
    provisional: Annotated[
        bool, Field(validation_alias=AliasPath("clock", "provisional"), description=PROVISIONAL_TEXT, examples=[False])
    ]
    text: Annotated[str, Field(description="期限如何计算，一段话，可以直接显示", examples=[_TEXT])]
    days: Annotated[list[BreakdownDayView], Field(description="逐日说明，从起算之日到到期之日", examples=[[_DAY]])]


class ExplanationView(View):
    """How a clock is calculated. `calendar_version`: of the calendar that `days` were calculated by."""

    clock: Annotated[ClockView, Field(description="时钟")]
    calendar_version: Annotated[str, Field(description="逐日说明所依据的日历版本", examples=[CALENDAR_VERSION])]
    pauses: Annotated[list[PauseView], Field(description="暂停，按先后排列")]
    moves: Annotated[list[DueChangeView], Field(description="到期之日的历次变动，按先后排列")]
    days: Annotated[
        list[BreakdownDayView], Field(description="逐日说明，从起算之日到到期之日；暂停期间到今天", examples=[[_DAY]])
    ]
    text: Annotated[str, Field(description="期限如何计算，给群众看的一段话", examples=[_TEXT])]
