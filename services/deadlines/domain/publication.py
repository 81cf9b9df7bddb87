"""Publishing a year: what it changes, and which clocks have to be counted anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.years import CalendarInvalid, CalendarYear, tag_of


@dataclass(frozen=True, slots=True)
class PublishYear:
    """`seen`: the tag (`tag_of`) of what the writer saw, None where there was nothing of the region's own."""

    year: CalendarYear
    seen: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that counts otherwise than before, in the region or somewhere below it."""

    date: date
    works: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication changes. `since`, `until`: clocks that cross a day between them are to be counted anew."""

    year: CalendarYear
    before: CalendarYear | None
    changes: tuple[DayChange, ...]
    since: date | None
    until: date | None


class YearInvalid(Invalid):
    slug, title = "calendar-invalid", "日历有误"


class YearChangedMeanwhile(Conflict):
    slug, title = "calendar-changed", "日历已被他人更新"


def publish(known: Calendars, command: PublishYear) -> tuple[Calendars, Publication]:
    """The calendars with a year published, and what is changed by that.

    Raises `YearChangedMeanwhile`, and `YearInvalid` where the region, or one below it, would be left without a usable
    calendar.
    """
    year = command.year
    before = known.own(year.region, year.year)
    if (None if before is None else tag_of(before)) != command.seen:
        raise YearChangedMeanwhile("日历刚被他人更新；请重新读取，核对后再提交。")
    try:
        after = known.with_year(year)
        places = after.below(year.region)
        changes = [change for place in places for change in _changes(known, after, place, year.year)]
    except CalendarInvalid as error:
        raise YearInvalid(f"{error}。", errors=[FieldError("/days", "calendar_invalid", str(error))]) from error
    days = {change.date: change for change in changes}
    touched = sorted(days)
    if _status(known, year) != after.of(year.region).years.get(year.year):
        # what was provisional is certain now, or the other way round, also where no day has changed
        touched = [date(year.year, 1, 1), date(year.year, 12, 31)]
    return after, Publication(
        year=year,
        before=before,
        changes=tuple(days[day] for day in sorted(days)),
        since=touched[0] if touched else None,
        until=touched[-1] if touched else None,
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


def _status(known: Calendars, year: CalendarYear) -> object:
    return known.of(year.region).years.get(year.year)
