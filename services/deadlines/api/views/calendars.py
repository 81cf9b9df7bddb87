"""Views of calendars, of what a publication changes, and of recounts."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from bianmin.domain.labels_zh import CLOCK_KINDS, PERIOD_UNITS
from bianmin.events.deadlines import ClockRescheduled
from bianmin.events.parts import ClockKind
from bianmin.kit.bodies import View
from bianmin.kit.fields import CASE_ID, CENTER_ORG, MOMENT, OFFICE_ORG, values_of
from services.deadlines import texts
from services.deadlines.api.parameters import CALENDAR_VERSION, CLOCK_ID
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.calendars import year_of
from services.deadlines.store.documents import DocumentVersion

_STATUS = f"已公布的还是推定的：{values_of(texts.YEAR_STATUSES)}"
_SOURCE = Field(description="来源，如通知的文号", examples=["国办发明电〔2025〕7号"])
_ORIGIN = {"status": "official", "source": "国办发明电〔2025〕7号"}
_ESTIMATED_DAY = {"date": "2026-10-01", "kind": "off", "name": "国庆节（推定）"}
_NATIONAL_DAY = {"date": "2026-10-01", "kind": "off", "name": "国庆节"}


class SkippedDayView(View):
    """A day that does not count, and why."""

    date: Annotated[date, Field(description="日期，YYYY-MM-DD", examples=["2026-11-28"])]
    reason: Annotated[str, Field(description="为什么不计入，中文，可以直接显示", examples=["周六休息"])]


class DueView(View):
    """When a period ends. `skipped`: the days up to the end that do not count."""

    region: Annotated[str, Field(description="地区：全国为 CN，其他为区划代码", examples=[OFFICE_ORG])]
    start: Annotated[date, Field(description="起算之日，当日不计入，YYYY-MM-DD", examples=["2026-11-23"])]
    days: Annotated[int, Field(description="期限的长短，单位见 unit", examples=[5])]
    unit: Annotated[Unit, Field(description=f"期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])]
    due_on: Annotated[date, Field(description="到期之日，YYYY-MM-DD", examples=["2026-11-30"])]
    due_at: Annotated[
        datetime,
        Field(description="届满的时间，到期之日 24 时，RFC 3339，时区 +08:00", examples=["2026-12-01T00:00:00+08:00"]),
    ]
    provisional: Annotated[
        bool, Field(description="是否暂定：期限跨入的年份，日历还是推定的，公布后可能变动", examples=[False])
    ]
    skipped: Annotated[
        list[SkippedDayView],
        Field(description="其间不计入的日子，按先后排列", examples=[[{"date": "2026-11-28", "reason": "周六休息"}]]),
    ]
    calendar_version: Annotated[
        str, Field(description="据以计算的日历版本：公布日历的地区、短横线、内容的摘要", examples=[CALENDAR_VERSION])
    ]


class NamedDayView(View):
    """A day that a region set to off or worked, and the reason in words."""

    date: Annotated[date, Field(validation_alias="day", description="日期，YYYY-MM-DD", examples=["2026-10-01"])]
    kind: Annotated[DayKind, Field(description=f"放假还是上班：{values_of(texts.DAY_KINDS)}", examples=["off"])]
    name: Annotated[str, Field(description="是什么日子", examples=["国庆节"])]

    @classmethod
    def of(cls, named: NamedDay) -> Self:
        """Return the view of a day."""
        return cls.model_validate(named, from_attributes=True)


class YearView(View):
    """The days that a region set in a year; `region` is the one that published them."""

    region: Annotated[str, Field(description="公布的地区：全国为 CN，其他为区划代码", examples=["CN"])]
    year: Annotated[int, Field(description="公历年份", examples=[2026])]
    status: Annotated[YearStatus, Field(description=_STATUS, examples=["official"])]
    source: Annotated[str, _SOURCE]
    days: Annotated[
        list[NamedDayView], Field(description="放假和调休上班的日子，按先后排列", examples=[[_NATIONAL_DAY]])
    ]

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        """Return the view of a year."""
        return cls.model_validate(year, from_attributes=True)


class ChangedDayView(View):
    """A day that counts otherwise after a publication. `works`: whether it is a working day then."""

    date: Annotated[date, Field(description="日期，YYYY-MM-DD", examples=["2026-07-20"])]
    works: Annotated[bool, Field(description="公布以后是否上班", examples=[False])]


class DuePreviewView(View):
    """A clock whose due day a publication would change."""

    clock_id: Annotated[UUID, Field(description="时钟编号，UUID", examples=[CLOCK_ID])]
    subject: Annotated[UUID, Field(description="办件（或投诉）的编号，UUID", examples=[CASE_ID])]
    kind: Annotated[ClockKind, Field(description=f"种类：{values_of(CLOCK_KINDS)}", examples=["statutory"])]
    org: Annotated[str, Field(description="对期限负责的单位的区划代码", examples=[CENTER_ORG])]
    due_on: Annotated[date, Field(description="现在的到期之日，YYYY-MM-DD", examples=["2026-07-20"])]
    due_at: Annotated[
        datetime,
        Field(description="现在届满的时间，RFC 3339，时区 +08:00", examples=["2026-07-21T00:00:00+08:00"]),
    ]
    new_due_on: Annotated[date, Field(description="公布以后的到期之日，YYYY-MM-DD", examples=["2026-07-21"])]
    new_due_at: Annotated[
        datetime,
        Field(description="公布以后届满的时间，RFC 3339，时区 +08:00", examples=["2026-07-22T00:00:00+08:00"]),
    ]

    @classmethod
    def of(cls, subject_id: UUID, event: ClockRescheduled) -> Self:
        """Return the view of the event that the publication would lead to."""
        return cls(
            clock_id=event.clock_id,
            subject=subject_id,
            kind=event.kind,
            org=event.org,
            due_on=event.previous_due_on,
            due_at=event.previous_due_at,
            new_due_on=event.due_on,
            new_due_at=event.due_at,
        )


class PreviewView(View):
    """What a publication would change.

    `crossing`: how many subjects have clocks that run across a changed day; `examined`: how many of them were
    recalculated; `moves`: their clocks whose due days would change.
    """

    changes: Annotated[
        list[ChangedDayView],
        Field(
            description="变动的日子，按先后排列；开放时间的变动不列",
            examples=[[{"date": "2026-07-20", "works": False}]],
        ),
    ]
    crossing: Annotated[int, Field(description="期限跨越变动日子的在办办件和投诉，件", examples=[12])]
    examined: Annotated[int, Field(description="其中试算过的，件，最多 500", examples=[12])]
    moves: Annotated[list[DuePreviewView], Field(description="试算过的当中，到期日会变动的时钟")]


class CalendarVersionView(View):
    """A publication of a calendar year. `year`: null where it was withdrawn."""

    version: Annotated[int, Field(description="版本，从 1 起，每公布一次加 1", examples=[3])]
    published_at: Annotated[datetime, Field(description="公布的时间，RFC 3339，时区 +08:00", examples=[MOMENT])]
    published_by: Annotated[str, Field(description="公布人的人员编号", examples=["admin.520123"])]
    year: Annotated[YearView | None, Field(description="公布的一年；撤销的为 null", examples=[None])]

    @classmethod
    def of(cls, found: DocumentVersion) -> Self:
        """Return the view of a publication."""
        document = found.document
        return cls(
            version=document.version,
            published_at=found.published_at,
            published_by=found.published_by,
            year=YearView.of(year_of(document)) if document.content else None,
        )


class CalendarHistoryView(View):
    """All publications of a calendar year."""

    items: Annotated[list[CalendarVersionView], Field(description="历次公布，最近的在前")]


class DifferenceView(View):
    """A day that two publications set differently; null where one of them does not set it."""

    date: Annotated[date, Field(description="日期，YYYY-MM-DD", examples=["2026-10-01"])]
    before: Annotated[NamedDayView | None, Field(description="较早的版本怎样规定；没有规定的为 null", examples=[None])]
    after: Annotated[
        NamedDayView | None, Field(description="较晚的版本怎样规定；没有规定的为 null", examples=[_NATIONAL_DAY])
    ]

    @classmethod
    def of(cls, before: NamedDay | None, after: NamedDay | None) -> Self:
        """Return the view of a day; one of the two may be None, not both."""
        [day, *_] = [named.day for named in (before, after) if named is not None]
        return cls(date=day, before=before and NamedDayView.of(before), after=after and NamedDayView.of(after))


class OriginView(View):
    """The status and the source of a publication."""

    status: Annotated[YearStatus, Field(description=_STATUS, examples=["official"])]
    source: Annotated[str, _SOURCE]

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        """Return the view of a year's status and source."""
        return cls.model_validate(year, from_attributes=True)


class DifferencesView(View):
    """What changed from version `since` to version `until`; version 0 is what the program ships, or nothing.

    `before`, `after`: null where nothing was published, or it was withdrawn. Where an estimated year has become
    official, every due day in that year may change, even if no day differs.
    """

    since: Annotated[int, Field(description="较早的版本；0 为随程序提供的", examples=[0])]
    until: Annotated[int, Field(description="较晚的版本", examples=[1])]
    before: Annotated[
        OriginView | None,
        Field(
            description="较早的版本是已公布的还是推定的、来源；没有公布或已撤销的为 null",
            examples=[{"status": "estimated", "source": "按往年安排推定"}],
        ),
    ]
    after: Annotated[
        OriginView | None,
        Field(description="较晚的版本是已公布的还是推定的、来源；没有公布或已撤销的为 null", examples=[_ORIGIN]),
    ]
    items: Annotated[
        list[DifferenceView],
        Field(
            description="规定不同的日子，按先后排列",
            examples=[[{"date": "2026-10-01", "before": _ESTIMATED_DAY, "after": _NATIONAL_DAY}]],
        ),
    ]


class RecountView(View):
    """How far a recount has come. `total`: subjects in all; `left`: those still to recalculate."""

    id: Annotated[UUID, Field(description="重新计算的编号，UUID", examples=["019acd88-1f72-7c40-9a6b-3d5e7f9a1b2c"])]
    region: Annotated[str, Field(description="公布的地区：全国为 CN，其他为区划代码", examples=["CN"])]
    year: Annotated[
        int, Field(description="公布的是哪一年的日历，公历年份；开放时间和策略的为公布时的年份", examples=[2026])
    ]
    state: Annotated[
        Literal["ordered", "running", "done"],
        Field(description=f"状态：{values_of(texts.RECOUNT_STATES)}", examples=["running"]),
    ]
    total: Annotated[int, Field(description="需要重新计算的办件和投诉，件", examples=[1200])]
    left: Annotated[int, Field(description="还没有重新计算的，件", examples=[350])]
    ordered_at: Annotated[datetime, Field(description="公布的时间，RFC 3339，时区 +08:00", examples=[MOMENT])]
    finished_at: Annotated[
        datetime | None,
        Field(
            description="全部完成的时间，RFC 3339，时区 +08:00；没有完成的为 null",
            examples=["2026-11-27T10:31:12+08:00"],
        ),
    ]


class RecountsView(View):
    """The latest recounts."""

    items: Annotated[list[RecountView], Field(description="最近的 20 次，最近的在前")]
