"""What the API of deadlines takes and shows."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit.bodies import View, read_day, read_moment
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.breakdown import BreakdownDay, DayMark
from services.deadlines.domain.clocks.changes import DueDateChange
from services.deadlines.domain.clocks.clock import ClockState, SubjectPause
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.views import Shown


def _before(value: Any) -> datetime:
    """A day or a moment, as the moment before which something has to be. What ends with a day ends before the next."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return (datetime.combine(read_day(value), time(), TZ) + datetime.resolution).astimezone(UTC)
        return read_moment(value).astimezone(UTC)
    except (PydanticCustomError, OverflowError) as error:
        told = "应为日期（如 2026-11-23）或带时区的时间（如 2026-11-23T09:30:00+08:00）"
        raise ValueError(told) from error


Before = Annotated[datetime, BeforeValidator(_before, json_schema_input_type=date | datetime)]


class ClockView(View):
    """A clock. `due_at` is the end of `due_on`, 24:00; both are null while it stands still.

    `provisional`: it reaches into a year not yet published. `extended_by`: units added to its `budget`. `policy`: which
    one set it, null where the law and the item hold.
    """

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
    extended_by: int
    policy: str | None
    started_on: date
    due_on: date | None
    due_at: datetime | None
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
        end = clock.end
        return cls(
            id=clock.id,
            subject=shown.subject_id,
            subject_kind=shown.subject_kind,
            kind=clock.term.kind,
            stage=clock.term.stage,
            cycle=clock.cycle,
            org=clock.responsible.org,
            dept=clock.responsible.dept,
            unit=clock.term.unit,
            budget=clock.term.budget,
            extended_by=clock.extended_by,
            policy=clock.term.policy,
            started_on=clock.period.start_on,
            due_on=end and end.due_on,
            due_at=end.due_at if end else None,
            lamp=clock.lamp,
            state=clock.state,
            stopped_at=clock.stopped_at,
            late=clock.late,
            calendar_version=clock.calendar_version,
            provisional=end is not None and end.provisional,
            updated_at=shown.changed_at,
        )


class EntryView(View):
    """A day of the ledger. `mark`: what it is to the period; `ordinal`: its number among the days that count.

    `hours`: of a period in hours, how many of that day, to the second; `reason` has it in words.
    """

    date: date
    mark: DayMark
    counted: bool
    ordinal: int | None
    hours: float | None
    reason: str

    @classmethod
    def of(cls, entry: BreakdownDay) -> Self:
        return cls(
            date=entry.date,
            mark=entry.mark,
            counted=entry.counted,
            ordinal=entry.ordinal,
            hours=None if entry.spent is None else round(entry.spent / timedelta(hours=1), 4),
            reason=entry.reason,
        )


class PauseView(View):
    """Days that do not count, the first and the last included; `last` null while it goes on. Of a period in hours what
    lies between `since` and `until` does not.

    `evidence`: the id of the event that told of it.
    """

    reason: str
    legal_basis: str
    evidence: UUID | None
    first: date
    last: date | None
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, standstill: SubjectPause) -> Self:
        pause = standstill.pause
        return cls(
            reason=standstill.reason,
            legal_basis=standstill.legal_basis,
            evidence=standstill.evidence,
            first=pause.since.date(),
            last=pause.until and pause.until.date(),
            since=pause.since,
            until=pause.until,
        )


class MovedView(View):
    """An end that moved, and why: `extension` (by so many units), `calendar`, `policy`, or `law` (the statutory period
    that ends a promise moved). A day is null where the clock stood still."""

    moved_at: datetime
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str

    @classmethod
    def of(cls, moved: DueDateChange) -> Self:
        return cls(**asdict(moved))


class PublicExplanationView(View):
    """What a citizen is told of a clock of the own case."""

    kind: ClockKind
    due_on: date | None
    provisional: bool
    text: str
    days: list[EntryView]


class ExplanationView(View):
    """How a clock counts. `calendar_version` is that of the calendar the days are told by."""

    clock: ClockView
    calendar_version: str
    pauses: list[PauseView]
    moves: list[MovedView]
    days: list[EntryView]
    text: str
