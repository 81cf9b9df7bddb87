"""Periods of the law: when they end, when they are almost over, and how much of them is left."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import SpanReversed

ONE_DAY = timedelta(days=1)
LONGEST = 3650  # units; no period of this field is longer than ten years


class Unit(StrEnum):
    """Never converted into one another."""

    WORKDAY = "workday"
    WORKHOUR = "workhour"
    DAY = "day"
    HOUR = "hour"
    IMMEDIATE = "immediate"

    @property
    def is_of_time(self) -> bool:
        """Whether it runs from a moment to a moment; the others from a day to a day."""
        return self in (Unit.HOUR, Unit.WORKHOUR)


class CutOff(StrEnum):
    """When the last day of a period is over (民法典 art. 203)."""

    MIDNIGHT = "24:00"
    CLOSE = "close"
    """As the desk closes; 24:00 on a day on which it does not open."""


class BudgetOutOfRange(ValueError):
    """A period of a length that no rule can have."""

    def __init__(self) -> None:
        super().__init__(f"期限应为 0 到 {LONGEST} 之间的整数")


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count (行政许可法 art. 45). `until` is None while it lasts.

    In periods of days every day from its first to its last does not count, both included; in periods of hours, the very
    time between the two moments. What ended as it began was no pause. Where a day is over as the desk closes, a pause
    that begins later begins with the next: what was missed by then is not undone.
    """

    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise SpanReversed(day_of(self.since), day_of(self.until))


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """How much time, of which kind, from when, and without what.

    `budget`: in units, an extension included. Days are counted from the day after `start` (民法典 art. 201), hours from
    `start` itself. `not_before`: a day before whose end it is not over, whatever the counting says; should that be in a
    pause, or at rest, the next working day after it.
    """

    unit: Unit
    budget: int
    start: datetime
    pauses: tuple[Pause, ...] = ()
    cut_off: CutOff = CutOff.MIDNIGHT
    not_before: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.budget <= LONGEST:
            raise BudgetOutOfRange

    @property
    def start_on(self) -> date:
        return day_of(self.start)

    @property
    def ends_at_once(self) -> bool:
        """Whether there is nothing to count: it is over with the day, or the moment, in which it began."""
        return self.budget == 0 or self.unit is Unit.IMMEDIATE


@dataclass(frozen=True, slots=True)
class DueDate:
    due_on: date
    due_at: datetime
    provisional: bool  # touches a year that is only estimated: 暂定


def is_late(stopped_at: datetime, due_at: datetime) -> bool:
    """Stopped after the period; at its very last moment is in time."""
    return stopped_at > due_at


def moment_of_day(day: date) -> datetime:
    """The moment that stands for an act of which only the day is told, by a desk that was offline: the last of it."""
    return datetime.combine(day, time.max, TZ)


def effective_moment(at: datetime, end: DueDate, unit: Unit) -> datetime:
    """When an act counts as done for a period. What is told by its day alone was done at an open desk: on the last day
    of a period of days it is in time, also where that is over as the desk closes (民法典 art. 203)."""
    by_day = not unit.is_of_time and at == moment_of_day(end.due_on)
    return min(at, end.due_at) if by_day else at


def is_early(stopped_at: datetime, due_on: date) -> bool:
    """Stopped before the due day began."""
    return stopped_at < midnight(due_on)


def day_of(moment: datetime) -> date:
    return moment.astimezone(TZ).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)
