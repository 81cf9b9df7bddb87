"""The state of a period: its unit, budget, start and pauses, and the due date that counting gives it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bianmin.kit.time_source import TZ
from services.deadlines.domain.calendar.days import SpanReversed

ONE_DAY = timedelta(days=1)
LONGEST = 3650  # units; no period of this field is longer than ten years of days


class Unit(StrEnum):
    """Units of time in which the law gives periods. They are never converted into one another."""

    WORKDAY = "workday"
    WORKHOUR = "workhour"
    DAY = "day"
    HOUR = "hour"
    IMMEDIATE = "immediate"

    @property
    def is_of_time(self) -> bool:
        """Whether it counts from moment to moment; the other units count whole days."""
        return self in (Unit.HOUR, Unit.WORKHOUR)


class CutOff(StrEnum):
    """The time of day at which the last day of a period ends (民法典 art. 203)."""

    MIDNIGHT = "24:00"
    CLOSE = "close"
    """When the desk closes; 24:00 on a day on which it does not open."""


class BudgetOutOfRange(ValueError):
    """A budget is below 0 or above `LONGEST`."""

    def __init__(self) -> None:
        super().__init__(f"期限应为 0 到 {LONGEST} 之间的整数")


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count (行政许可法 art. 45). `until` is None while the pause lasts.

    For periods of days, every day from the first to the last does not count, both included; for periods of hours, the
    time between the two moments. A pause that ends at its start is none. Where the last day ends when the desk closes
    (`CutOff.CLOSE`), a pause that starts later on that day counts from the next day: it does not undo a missed end.
    Raises `SpanReversed` where it ends before it starts.
    """

    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise SpanReversed(day_of(self.since), day_of(self.until))


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """A budget of time units that runs from a start, without its pauses.

    `budget`: in units, extensions included. Days are counted from the day after `start` (民法典 art. 201), hours from
    `start` itself. `not_before`: a day of grace; the period does not end before the end of this day, or of the next
    working day where it is paused or not worked. Raises `BudgetOutOfRange`.
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
        """The day of `start` in the county's zone."""
        return day_of(self.start)

    @property
    def ends_at_once(self) -> bool:
        """Whether there is nothing to count: the period ends with the day, or at the moment, of its start."""
        return self.budget == 0 or self.unit is Unit.IMMEDIATE


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a period ends: the day, and the last moment in time. `provisional` (暂定): it touches an estimated year."""

    due_on: date
    due_at: datetime
    provisional: bool


def is_late(stopped_at: datetime, due_at: datetime) -> bool:
    """Whether a moment is after the end of a period. The last moment itself is in time."""
    return stopped_at > due_at


def moment_of_day(day: date) -> datetime:
    """Return the moment that stands for an act of which only the day is known: the last microsecond of the day.

    A desk that was offline reports days only.
    """
    return datetime.combine(day, time.max, TZ)


def effective_moment(at: datetime, end: DueDate, unit: Unit) -> datetime:
    """Return when an act at `at` counts as done, for a period in `unit` that ends at `end`.

    An act of which only the day is known (`moment_of_day`) was done while the desk was open: on the last day of a
    period of days it is in time, also where the day ends when the desk closes (民法典 art. 203).
    """
    only_day_known = not unit.is_of_time and at == moment_of_day(end.due_on)
    return min(at, end.due_at) if only_day_known else at


def is_early(stopped_at: datetime, due_on: date) -> bool:
    """Whether a moment is before the start of the due day."""
    return stopped_at < midnight(due_on)


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the county's zone."""
    return moment.astimezone(TZ).date()


def midnight(day: date) -> datetime:
    """Return the start of a day in the county's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=TZ)
