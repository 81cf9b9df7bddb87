"""Views of opening hours."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from bianmin.kit.bodies import View
from bianmin.kit.fields import MOMENT, OFFICE_ORG
from services.deadlines.api.bodies import OPEN_DAY
from services.deadlines.domain.calendar.hours import MIDNIGHT, OFFICE, Interval
from services.deadlines.store.documents import Document, DocumentVersion
from services.deadlines.store.hours import hours_of


class IntervalView(View):
    """An interval of a day: `09:00`, `12:30`; the end of the day is `24:00`."""

    since: Annotated[str, Field(description="开始，HH:MM", examples=["09:00"])]
    until: Annotated[str, Field(description="结束，HH:MM，最晚 24:00", examples=["12:00"])]

    @classmethod
    def of(cls, interval: Interval) -> Self:
        """Return the view of an interval."""
        return cls(since=_time_text(interval.since), until=_time_text(interval.until))


class HoursView(View):
    """Opening hours of a week, Monday first; `make_up`: those of a make-up workday. On a holiday every desk is closed.

    `region`: the one that published them; null where none has, and the usual hours of service halls are in force.
    """

    region: Annotated[
        str | None, Field(description="公布的地区的区划代码；都没有公布、按常规的为 null", examples=[OFFICE_ORG])
    ]
    version: Annotated[int, Field(description="版本，从 1 起，每公布一次加 1；没有公布的为 0", examples=[3])]
    weekdays: Annotated[
        list[list[IntervalView]],
        Field(
            description="星期一到星期日各一个列表，每段开放时间一项；不开放的为空列表",
            examples=[[*[OPEN_DAY] * 5, [], []]],
        ),
    ]
    make_up: Annotated[list[IntervalView], Field(description="调休上班日的各段开放时间", examples=[OPEN_DAY])]

    @classmethod
    def of(cls, document: Document | None) -> Self:
        """Return the view of published hours; of the usual ones for None."""
        hours = OFFICE if document is None else hours_of(document)
        return cls(
            region=document and document.name,
            version=document.version if document else 0,
            weekdays=[[IntervalView.of(each) for each in day] for day in hours.weekdays],
            make_up=[IntervalView.of(each) for each in hours.make_up],
        )


class HoursVersionView(View):
    """A publication of opening hours. `hours`: null where they were withdrawn."""

    version: Annotated[int, Field(description="版本，从 1 起，每公布一次加 1", examples=[3])]
    published_at: Annotated[datetime, Field(description="公布的时间，RFC 3339，时区 +08:00", examples=[MOMENT])]
    published_by: Annotated[str, Field(description="公布人的人员编号", examples=["admin.520123"])]
    hours: Annotated[HoursView | None, Field(description="公布的开放时间；撤销的为 null", examples=[None])]

    @classmethod
    def of(cls, found: DocumentVersion) -> Self:
        """Return the view of a publication."""
        return cls(
            version=found.document.version,
            published_at=found.published_at,
            published_by=found.published_by,
            hours=HoursView.of(found.document) if found.document.content else None,
        )


class HoursHistoryView(View):
    """All publications of a region's opening hours."""

    items: Annotated[list[HoursVersionView], Field(description="历次公布，最近的在前")]


def _time_text(minute: int) -> str:
    return "24:00" if minute == MIDNIGHT else f"{minute // 60:02}:{minute % 60:02}"
