"""Views of calendars, of what a publication changes, and of recounts."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from bianmin.events.deadlines import ClockRescheduled
from bianmin.events.parts import ClockKind
from bianmin.kit.bodies import View
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.calendars import year_of
from services.deadlines.store.documents import DocumentVersion


class SkippedDayView(View):
    """A day that does not count, and why."""

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
    skipped: list[SkippedDayView]
    calendar_version: str


class NamedDayView(View):
    """A day that a region set to off or worked, and the reason in words."""

    date: Annotated[date, Field(validation_alias="day")]
    kind: DayKind
    name: str

    @classmethod
    def of(cls, named: NamedDay) -> Self:
        """Return the view of a day."""
        return cls.model_validate(named, from_attributes=True)


class YearView(View):
    """The days that a region set in a year; `region` is the one that published them."""

    region: str
    year: int
    status: YearStatus
    source: str
    days: list[NamedDayView]

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        """Return the view of a year."""
        return cls.model_validate(year, from_attributes=True)


class ChangedDayView(View):
    """A day that counts otherwise after a publication. `works`: whether it is a working day then."""

    date: date
    works: bool


class DuePreviewView(View):
    """A clock whose due day a publication would change."""

    clock_id: UUID
    subject: UUID
    kind: ClockKind
    org: str
    due_on: date
    due_at: datetime
    new_due_on: date
    new_due_at: datetime

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

    changes: list[ChangedDayView]
    crossing: int
    examined: int
    moves: list[DuePreviewView]


class CalendarVersionView(View):
    """A publication of a calendar year. `year`: null where it was withdrawn."""

    version: int
    published_at: datetime
    published_by: str
    year: YearView | None

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

    items: list[CalendarVersionView]


class DifferenceView(View):
    """A day that two publications set differently; null where one of them does not set it."""

    date: date
    before: NamedDayView | None
    after: NamedDayView | None

    @classmethod
    def of(cls, before: NamedDay | None, after: NamedDay | None) -> Self:
        """Return the view of a day; one of the two may be None, not both."""
        [day, *_] = [named.day for named in (before, after) if named is not None]
        return cls(date=day, before=before and NamedDayView.of(before), after=after and NamedDayView.of(after))


class OriginView(View):
    """The status and the source of a publication."""

    status: YearStatus
    source: str

    @classmethod
    def of(cls, year: CalendarYear) -> Self:
        """Return the view of a year's status and source."""
        return cls.model_validate(year, from_attributes=True)


class DifferencesView(View):
    """What changed from version `since` to version `until`; version 0 is what the program ships, or nothing.

    `before`, `after`: null where nothing was published, or it was withdrawn. Where an estimated year has become
    official, every due day in that year may change, even if no day differs.
    """

    since: int
    until: int
    before: OriginView | None
    after: OriginView | None
    items: list[DifferenceView]


class RecountView(View):
    """How far a recount has come. `total`: subjects in all; `left`: those still to recalculate."""

    id: UUID
    region: str
    year: int
    state: Literal["ordered", "running", "done"]
    total: int
    left: int
    ordered_at: datetime
    finished_at: datetime | None


class RecountsView(View):
    """The latest recounts."""

    items: list[RecountView]
