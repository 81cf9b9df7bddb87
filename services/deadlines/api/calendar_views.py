"""What the API takes and shows of calendars."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from bianmin.events.deadlines import ClockRescheduled
from bianmin.events.parts import ClockKind
from bianmin.kit.bodies import Body, Day, Short, Text, View
from bianmin.kit.refusals import FieldError
from services.deadlines.api.regions import check_own
from services.deadlines.domain.calendar.publication import YearInvalid
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear, Kind, NamedDay, Status
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.calendars import year_of
from services.deadlines.store.documents import Version
from services.deadlines.store.recounts import Progress


class DayView(View):
    date: date
    reason: str


class DueView(View):
    """When a period ends. `skipped`: the days up to the end that do not count."""

    region: str
    start: date
    days: int
    unit: Unit
    due_on: date
    due_at: datetime
    provisional: bool
    skipped: list[DayView]
    calendar_version: str


class NamedDayView(View):
    date: date
    kind: Kind
    name: str

    @classmethod
    def of(cls, named: NamedDay) -> Self:
        return cls(date=named.day, kind=named.kind, name=named.name)


class YearView(View):
    """The days a region names in a year; `region` is the one that published them."""

    region: str
    year: int
    status: Status
    source: str
    days: list[NamedDayView]

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        return cls(
            region=year.region,
            year=year.year,
            status=year.status,
            source=year.source,
            days=[NamedDayView.of(named) for named in year.days],
        )


class NamedDayIn(Body):
    date: Day
    kind: Kind
    name: Short


class YearIn(Body):
    """A year as a region publishes it: the days that it sets otherwise than the region above it.

    `region` and `year` are those of the address; they may be sent back as read.
    """

    status: Status
    source: Text
    days: Annotated[list[NamedDayIn], Field(max_length=366)]
    region: str | None = None
    year: int | None = None

    def of(self, region: str, year: int) -> CalendarYear:
        """Raises `YearInvalid`, `RegionDiffers`."""
        check_own(region, self.region)
        if self.year not in (None, year):
            told = f"内容是 {self.year} 年的，地址是 {year} 年的，请核对"
            raise YearInvalid(f"{told}。", errors=[FieldError("/year", "calendar_invalid", told)])
        days = tuple(NamedDay(each.date, each.kind, each.name) for each in self.days)
        try:
            return CalendarYear(region, year, self.status, self.source, tuple(sorted(days, key=lambda each: each.day)))
        except CalendarInvalid as error:
            raise YearInvalid(f"{error}。", errors=[FieldError("/days", "calendar_invalid", str(error))]) from error


class ChangeView(View):
    date: date
    works: bool


class MoveView(View):
    """A clock that would end at another moment."""

    clock_id: UUID
    subject: UUID
    kind: ClockKind
    org: str
    due_on: date
    due_at: datetime
    new_due_on: date
    new_due_at: datetime

    @classmethod
    def of(cls, subject_id: UUID, moved: ClockRescheduled) -> Self:
        return cls(
            clock_id=moved.clock_id,
            subject=subject_id,
            kind=moved.kind,
            org=moved.org,
            due_on=moved.previous_due_on,
            due_at=moved.previous_due_at,
            new_due_on=moved.due_on,
            new_due_at=moved.due_at,
        )


class PreviewView(View):
    """What a publication would change: `crossing` matters run across a changed day; of `examined`, these would move."""

    changes: list[ChangeView]
    crossing: int
    examined: int
    moves: list[MoveView]


class VersionView(View):
    """What was published, when and by whom. `year`: null where it was withdrawn."""

    version: int
    published_at: datetime
    published_by: str
    year: YearView | None

    @classmethod
    def of(cls, found: Version) -> Self:
        document = found.document
        return cls(
            version=document.version,
            published_at=found.published_at,
            published_by=found.published_by,
            year=YearView.of(year_of(document)) if document.content else None,
        )


class HistoryView(View):
    items: list[VersionView]


class DifferenceView(View):
    """A day that two publications name differently; null where one does not name it."""

    date: date
    before: NamedDayView | None
    after: NamedDayView | None


class OriginView(View):
    """What a publication says of itself, besides the days."""

    status: Status
    source: str

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        return cls(status=year.status, source=year.source)


class DifferencesView(View):
    """What changed between two versions; 0 is what the program came with, or nothing.

    `before`, `after`: null where nothing was published, or it was withdrawn. That an estimate has become official
    changes every date that touches the year, also where no day differs.
    """

    since: int
    until: int
    before: OriginView | None
    after: OriginView | None
    items: list[DifferenceView]


class RecountView(View):
    """How far the clocks have been counted anew after a publication: `total` matters, `left` of them still to come."""

    id: UUID
    region: str
    year: int
    state: Literal["ordered", "running", "done"]
    total: int
    left: int
    ordered_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls.model_validate(asdict(progress))


class RecountsView(View):
    items: list[RecountView]
