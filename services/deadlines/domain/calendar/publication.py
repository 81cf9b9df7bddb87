"""Publishing a year or opening hours: what changes, and which clocks have to be recalculated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.deadlines.domain.calendar.hours import Hours
from services.deadlines.domain.calendar.regions import NATIONAL, Calendars
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear, YearStatus, tag_of


@dataclass(frozen=True, slots=True)
class PublishYear:
    """Publish a year of a region. `expected`: the tag (`tag_of`) of what the region has published before, None for
    nothing; where it is another now, somebody has published meanwhile."""

    year: CalendarYear
    expected: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class WithdrawYear:
    """Withdraw what a region has published about a year. `expected`: its tag (`tag_of`), as in `PublishYear`."""

    region: str
    year: int
    expected: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class PublishHours:
    """Publish the opening hours of a region; None withdraws them, so that those of the region above apply.

    `expected`: the version that the region has published before, None for none.
    """

    region: str
    hours: Hours | None
    expected: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that is worked now and was not, or the reverse, in the region or below it."""

    date: date
    works: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication changes.

    `now`: what the region itself has published since; None where that was withdrawn. `span`: first and last day; clocks
    that cross a day of it are to be recalculated. None where none are.
    """

    region: str
    year: int
    now: CalendarYear | None
    status: YearStatus
    changes: tuple[DayChange, ...]
    span: tuple[date, date] | None


class YearInvalid(Invalid):
    """The year leaves a region without a usable calendar, or a desk without a day on which it opens."""

    slug, title = "calendar-invalid", "日历有误"


class HoursInvalid(Invalid):
    """With these hours a desk would be closed for a year."""

    slug, title = "hours-invalid", "开放时间有误"


class YearChangedMeanwhile(Conflict):
    """Somebody else has published the year since the writer read it."""

    slug, title = "calendar-changed", "日历已被他人更新"


class YearNeeded(Conflict):
    """A year cannot be withdrawn: other calendars depend on it."""

    slug, title = "calendar-needed", "这份日历不能撤销"


class HoursNeeded(Conflict):
    """Opening hours cannot be withdrawn: without them a desk would be closed for a year."""

    slug, title = "hours-needed", "开放时间不能撤销"


def apply_publication(known: Calendars, command: PublishYear) -> tuple[Calendars, Publication]:
    """Return the calendars with a year published, and what that changes.

    Raises `YearChangedMeanwhile`, `YearInvalid`.
    """
    year = command.year
    own = known.own(year.region, year.year)
    if (None if own is None else tag_of(own)) != command.expected:
        raise YearChangedMeanwhile("日历刚被他人更新；请重新读取，核对后再提交。")
    try:
        after = known.with_year(year)
        places = after.below(year.region)
        changes = [change for place in places for change in _changes(known, after, place, year.year)]
    except CalendarInvalid as error:
        raise YearInvalid(f"{error}。", errors=[FieldError("/days", "calendar_invalid", str(error))]) from error
    return after, _publication(known, after, year.region, year.year, year, changes)


def apply_withdrawal(known: Calendars, command: WithdrawYear) -> tuple[Calendars, Publication]:
    """Return the calendars without a year of a region, and what that changes.

    Raises `YearChangedMeanwhile`, `YearNeeded`.
    """
    region, year = command.region, command.year
    own = known.own(region, year)
    if own is None or tag_of(own) != command.expected:
        raise YearChangedMeanwhile("日历刚被他人更新；请重新读取，核对后再提交。")
    if region == NATIONAL:
        raise YearNeeded("全国日历是各地日历的基础，只能更正，不能撤销；请公布更正后的安排。")
    try:
        after = known.without_year(region, year)
        changes = [change for place in known.below(region) for change in _changes(known, after, place, year)]
    except CalendarInvalid as error:
        raise YearNeeded(f"撤销后，{error}；请公布更正后的安排。") from error
    return after, _publication(known, after, region, year, None, changes)


def apply_hours(known: Calendars, command: PublishHours) -> Calendars:
    """Return the calendars with the opening hours of a region published or withdrawn.

    Raises `HoursInvalid` for hours, and `HoursNeeded` for a withdrawal, with which a desk of the region or below it
    would be closed for a year.
    """
    after = known.with_hours(command.region, command.hours)
    try:
        for place in {command.region, *after.below(command.region)}:
            after.of(place)
        return after
    except CalendarInvalid as error:
        if command.hours is None:
            raise HoursNeeded(f"撤销后，{error}；请公布更正后的开放时间。") from error
        raise HoursInvalid(f"{error}。", errors=[FieldError("/weekdays", "hours_invalid", str(error))]) from error


def _publication(
    known: Calendars, after: Calendars, region: str, year: int, now: CalendarYear | None, changes: Sequence[DayChange]
) -> Publication:
    days = {change.date: change for change in changes}
    affected = sorted(days)
    before, status = known.of(region).years.get(year), after.of(region).years[year]
    if before is not status:
        # due dates become certain or provisional, even where no day has changed
        affected = [date(year, 1, 1), date(year, 12, 31)]
    return Publication(
        region=region,
        year=year,
        now=now,
        status=status,
        changes=tuple(days[day] for day in sorted(days)),
        span=(affected[0], affected[-1]) if affected else None,
    )


def _changes(before: Calendars, after: Calendars, place: str, year: int) -> Sequence[DayChange]:
    old, new = before.of(place), after.of(place)
    if year not in new.years:
        raise CalendarInvalid(f"{year} 年全国日历尚未录入，不能只录入地方的放假安排")
    if year not in old.years:
        return []
    first, last = date(year, 1, 1), date(year, 12, 31)
    pairs = zip(old.days(first, last), new.days(first, last), strict=True)
    return [DayChange(day.date, day.works) for was, day in pairs if was.works != day.works]
