"""Views of clocks, and of how they are calculated."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit.bodies import View
from services.deadlines.domain.clocks.breakdown import DayMark
from services.deadlines.domain.clocks.clock import ClockState
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.queries.clocks import ListedClock


class ClockView(View):
    """A clock. `due_at` is the end of `due_on`, 24:00; both are null while the clock is paused.

    `lamp`: the traffic light (灯) of the period. `provisional`: the end depends on an estimated calendar year.
    `budget`, `extended_by`: in `unit`s. `policy`: the one that set the period, null where law and item decide.
    """

    id: UUID = Field(validation_alias=AliasPath("clock", "id"))
    subject: UUID = Field(validation_alias="subject_id")
    subject_kind: SubjectKind
    kind: ClockKind = Field(validation_alias=AliasPath("clock", "term", "kind"))
    stage: str | None = Field(validation_alias=AliasPath("clock", "term", "stage"))
    cycle: int = Field(validation_alias=AliasPath("clock", "cycle"))
    org: str = Field(validation_alias=AliasPath("clock", "responsible", "org"))
    dept: str | None = Field(validation_alias=AliasPath("clock", "responsible", "dept"))
    unit: Unit = Field(validation_alias=AliasPath("clock", "term", "unit"))
    budget: int = Field(validation_alias=AliasPath("clock", "term", "budget"))
    extended_by: int = Field(validation_alias=AliasPath("clock", "extended_by"))
    policy: str | None = Field(validation_alias=AliasPath("clock", "term", "policy"))
    started_on: date = Field(validation_alias=AliasPath("clock", "period", "start_on"))
    due_on: date | None
    due_at: datetime | None
    lamp: Lamp = Field(validation_alias=AliasPath("clock", "lamp"))
    state: ClockState = Field(validation_alias=AliasPath("clock", "state"))
    stopped_at: datetime | None = Field(validation_alias=AliasPath("clock", "stopped_at"))
    late: bool | None = Field(validation_alias=AliasPath("clock", "late"))
    calendar_version: str = Field(validation_alias=AliasPath("clock", "calendar_version"))
    provisional: bool
    updated_at: datetime = Field(validation_alias="changed_at")

    @classmethod
    def of(cls, listed: ListedClock) -> Self:
        """Return the view of a clock."""
        return cls.model_validate(listed, from_attributes=True)


def _in_hours(spent: timedelta | None) -> float | None:
    return None if spent is None else round(spent / timedelta(hours=1), 4)


class BreakdownDayView(View):
    """A day of a clock's breakdown. `mark`: what the day is to the period; `reason`: the same in words.

    `ordinal`: its number among the days that count. `hours`: of a period in hours, how many of the day count, to the
    second.
    """

    date: date
    mark: DayMark
    counted: bool
    ordinal: int | None
    hours: Annotated[float | None, BeforeValidator(_in_hours)] = Field(validation_alias="spent")
    reason: str


def _day_of(moment: datetime | None) -> date | None:
    return moment and moment.date()


_SINCE, _UNTIL = AliasPath("pause", "since"), AliasPath("pause", "until")


class PauseView(View):
    """A pause. Of a period in days, the days from `first` to `last` do not count, both included; of a period in hours,
    the time from `since` to `until`. `last` and `until` are null while the pause lasts.

    `evidence`: id of the event that announced it.
    """

    reason: str
    legal_basis: str
    evidence: UUID | None
    first: Annotated[date, BeforeValidator(_day_of)] = Field(validation_alias=_SINCE)
    last: Annotated[date | None, BeforeValidator(_day_of)] = Field(validation_alias=_UNTIL)
    since: datetime = Field(validation_alias=_SINCE)
    until: datetime | None = Field(validation_alias=_UNTIL)


class DueChangeView(View):
    """A change of the due day. A day is null where the clock was paused.

    `reason`: `extension` (by `extended_by` units), `calendar`, `policy`, or `law` (the statutory period, with which a
    promise ends at the latest, has changed).
    """

    moved_at: datetime
    reason: str
    extended_by: int | None
    previous_due_on: date | None
    due_on: date | None
    calendar_version: str


class PublicExplanationView(View):
    """What a citizen may know of a clock of the own case."""

    kind: ClockKind = Field(validation_alias=AliasPath("clock", "kind"))
    due_on: date | None = Field(validation_alias=AliasPath("clock", "due_on"))
    provisional: bool = Field(validation_alias=AliasPath("clock", "provisional"))
    text: str
    days: list[BreakdownDayView]


class ExplanationView(View):
    """How a clock is calculated. `calendar_version`: of the calendar that `days` were calculated by."""

    clock: ClockView
    calendar_version: str
    pauses: list[PauseView]
    moves: list[DueChangeView]
    days: list[BreakdownDayView]
    text: str
