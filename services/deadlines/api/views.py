"""What the API of deadlines takes and shows."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator

from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit.bodies import View
from bianmin.kit.clock import TZ
from services.deadlines.domain.clock import ClockState
from services.deadlines.domain.periods import Entry, Unit
from services.deadlines.domain.years import CalendarYear, Kind, Status
from services.deadlines.store.views import Shown


def _before(value: Any) -> datetime:
    """A day or a moment, as the moment before which something has to be. What ends with a day ends before the next."""
    try:
        if len(value) == 10:
            moment = datetime.combine(date.fromisoformat(value), time(), TZ) + datetime.resolution
        else:
            moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError("应为日期（如 2026-11-23）或带时区的时间（如 2026-11-23T09:30:00+08:00）")


Before = Annotated[datetime, BeforeValidator(_before, json_schema_input_type=date | datetime)]


class ClockView(View):
    """A clock. `due_at` is the end of `due_on`, 24:00; `provisional`: it reaches into a year not yet published."""

    id: UUID
    subject: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: str | None
    cycle: int
    org: str
    dept: str | None
    unit: Unit
    budget: int
    started_on: date
    due_on: date
    due_at: datetime
    lamp: Lamp
    state: ClockState
    stopped_at: datetime | None
    late: bool | None
    calendar_version: str
    provisional: bool
    updated_at: datetime

    @classmethod
    def of(cls, shown: Shown) -> Self:
        clock = shown.clock
        return cls(
            id=clock.id,
            subject=shown.subject_id,
            subject_kind=shown.subject_kind,
            kind=clock.term.kind,
            stage=clock.term.stage,
            cycle=clock.cycle,
            org=clock.answerable.org,
            dept=clock.answerable.dept,
            unit=clock.term.unit,
            budget=clock.term.budget,
            started_on=clock.started_on,
            due_on=clock.due_on,
            due_at=clock.due_at,
            lamp=clock.lamp,
            state=clock.state,
            stopped_at=clock.stopped_at,
            late=clock.late,
            calendar_version=clock.calendar_version,
            provisional=clock.provisional,
            updated_at=shown.changed_at,
        )


class EntryView(View):
    """A day of the ledger. `ordinal`: its number among the days that count."""

    date: date
    counted: bool
    ordinal: int | None
    reason: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(date=entry.date, counted=entry.counted, ordinal=entry.ordinal, reason=entry.reason)


class ExplanationView(View):
    """How a clock counts. `calendar_version` is that of the calendar the days are told by."""

    clock: ClockView
    calendar_version: str
    days: list[EntryView]
    text: str


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
            days=[NamedDayView(date=named.day, kind=named.kind, name=named.name) for named in year.days],
        )
