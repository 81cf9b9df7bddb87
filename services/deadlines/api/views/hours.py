"""Views of opening hours."""

from datetime import datetime
from typing import Self

from bianmin.kit.bodies import View
from services.deadlines.domain.calendar.hours import MIDNIGHT, OFFICE, Interval
from services.deadlines.store.documents import Document, DocumentVersion
from services.deadlines.store.hours import hours_of


class IntervalView(View):
    """An interval of a day: `09:00`, `12:30`; the end of the day is `24:00`."""

    since: str
    until: str

    @classmethod
    def of(cls, interval: Interval) -> Self:
        """Return the view of an interval."""
        return cls(since=_time_text(interval.since), until=_time_text(interval.until))


class HoursView(View):
    """Opening hours of a week, Monday first; `make_up`: those of a make-up workday. On a holiday every desk is closed.

    `region`: the one that published them; null where none has, and the usual hours of service halls are in force.
    """

    region: str | None
    version: int
    weekdays: list[list[IntervalView]]
    make_up: list[IntervalView]

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

    version: int
    published_at: datetime
    published_by: str
    hours: HoursView | None

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

    items: list[HoursVersionView]


def _time_text(minute: int) -> str:
    return "24:00" if minute == MIDNIGHT else f"{minute // 60:02}:{minute % 60:02}"
