"""What the API of deadlines accepts: request bodies, and the moment of a query."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bianmin.events.parts import ClockKind, ItemType, Mode
from bianmin.kit.bodies import Body, Code, Day, Short, Text, read_day, read_moment
from bianmin.kit.refusals import FieldError
from bianmin.kit.time_source import TZ
from services.deadlines.api.regions import check_region_of_body
from services.deadlines.domain.calendar.hours import Hours, Interval
from services.deadlines.domain.calendar.publication import HoursInvalid, YearInvalid
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.period import LONGEST, CutOff, Unit
from services.deadlines.domain.terms.policy import CardRule, Policy, check_publishable
from services.deadlines.domain.terms.term import Mark, SecondYellow


def _parse_due_before(value: Any) -> datetime:
    """A day stands for the first moment after its midnight: what is due with the day before is due before it."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return (datetime.combine(read_day(value), time(), TZ) + datetime.resolution).astimezone(UTC)
        return read_moment(value).astimezone(UTC)
    except (PydanticCustomError, OverflowError) as error:
        detail = "应为日期（如 2026-11-23）或带时区的时间（如 2026-11-23T09:30:00+08:00）"
        raise ValueError(detail) from error


DueBefore = Annotated[datetime, BeforeValidator(_parse_due_before, json_schema_input_type=date | datetime)]
"""A day or a moment; clocks that end before it are meant."""


class NamedDayIn(Body):
    """A day that a region sets to off or worked, and the reason in words."""

    date: Day
    kind: DayKind
    name: Short


class YearIn(Body):
    """A calendar year of a region: the days that it sets otherwise than the region above it.

    `region` and `year` are those of the address; what a GET returned may be sent back with them.
    """

    status: YearStatus
    source: Text
    days: Annotated[list[NamedDayIn], Field(max_length=366)]
    region: str | None = None
    year: int | None = None

    def calendar_year(self, region: str, year: int) -> CalendarYear:
        """Return the year of this region. Raises `YearInvalid`, and `RegionDiffers` where another region is named."""
        check_region_of_body(region, self.region)
        if self.year not in (None, year):
            detail = f"内容是 {self.year} 年的，地址是 {year} 年的，请核对"
            raise YearInvalid(f"{detail}。", errors=[FieldError("/year", "calendar_invalid", detail)])
        days = sorted((NamedDay(each.date, each.kind, each.name) for each in self.days), key=lambda each: each.day)
        try:
            return CalendarYear(region, year, self.status, self.source, tuple(days))
        except CalendarInvalid as error:
            raise YearInvalid(f"{error}。", errors=[FieldError("/days", "calendar_invalid", str(error))]) from error


class IntervalIn(Body):
    """An interval of a day: `09:00`, `12:30`; the end of the day is `24:00`."""

    since: Annotated[str, Field(max_length=5)]
    until: Annotated[str, Field(max_length=5)]


Intervals = Annotated[list[IntervalIn], Field(max_length=10)]


class HoursIn(Body):
    """The opening hours of a week, Monday first; a day without intervals is closed.

    `make_up`: the hours of a make-up workday. Saturday and Sunday stay empty: they are worked as make-up days only.
    """

    weekdays: Annotated[list[Intervals], Field(min_length=7, max_length=7)]
    make_up: Intervals
    region: str | None = None
    version: int | None = None

    def hours(self) -> Hours:
        """Return the opening hours. Raises `HoursInvalid`."""
        if any(self.weekdays[5:]):
            detail = (
                "周六、周日不写在 weekdays 里：周末只有调休上班时才开，那时按 make_up；请留空，并把时间写在 make_up"
            )
            raise HoursInvalid(f"{detail}。", errors=[FieldError("/weekdays", "hours_invalid", detail)])
        try:
            return Hours(tuple(map(_intervals, self.weekdays)), _intervals(self.make_up))
        except CalendarInvalid as error:
            raise HoursInvalid(f"{error}。", errors=[FieldError("/weekdays", "hours_invalid", str(error))]) from error


def _intervals(given: list[IntervalIn]) -> tuple[Interval, ...]:
    return tuple(Interval.of(each.since, each.until) for each in given)


Units = Annotated[int, Field(ge=0, le=LONGEST)]


class MarkIn(Body):
    """How near to the end a signal comes: at most `percent` of the budget, or `units` of it, are left."""

    percent: Annotated[int, Field(ge=0, le=100)]
    units: Units = 1

    def mark(self) -> Mark:
        """Return the mark."""
        return Mark(self.percent, self.units)


class PolicyIn(Body):
    """A policy: conditions that name clocks, and what it sets for them; the law decides the rest.

    `card`: what a missed clock brings. `order_days`: working days in which a yellow card orders the work to be done.
    `second_yellow`: when a unit's second yellow card brings a red one: in one case (`case`, the default), in twelve
    months whatever the case (`year`), never (`none`). `extension`: by how many units an order of the hotline
    (`hotline`; its stage is the kind of the order, or `return`) is extended at most with the complaint.
    """

    kind: ClockKind
    stage: Code | None = None
    item_code: Code | None = None
    item_type: ItemType | None = None
    mode: Mode | None = None
    unit: Unit | None = None
    budget: Units | None = None
    reminder: MarkIn | None = None
    yellow: MarkIn | None = None
    cut_off: CutOff | None = None
    card: CardRule | None = None
    order_days: Annotated[int, Field(ge=1, le=LONGEST)] | None = None
    second_yellow: SecondYellow | None = None
    extension: Units | None = None

    def policy(self, region: str, number: int) -> Policy:
        """Return the policy, `number` in the list of the region. Raises `PolicyInvalid`."""
        attributes: dict[str, Any] = self.model_dump(exclude={"reminder", "yellow"})
        attributes["reminder"] = self.reminder and self.reminder.mark()
        attributes["yellow"] = self.yellow and self.yellow.mark()
        policy = Policy(region=region, version=0, number=number, **attributes)
        check_publishable(policy)
        return policy


class PoliciesIn(Body):
    """All policies of a region. What a GET returned may be sent back."""

    policies: Annotated[list[PolicyIn], Field(max_length=500)]
    region: str | None = None
    version: int | None = None


class CardReasonIn(Body):
    """The grounds of an appeal against a card, or of the decision on it."""

    reason: Text
