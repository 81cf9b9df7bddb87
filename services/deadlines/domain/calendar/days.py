"""The working days of a region, numbered once, so that counting them is a look-up."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from services.deadlines.domain.calendar.hours import OFFICE, Hours
from services.deadlines.domain.calendar.years import (
    CalendarInvalid,
    DayKind,
    Layer,
    MergedYear,
    NamedDay,
    YearStatus,
    overlay,
)

T = TypeVar("T")

WEEKEND = {5: "周六休息", 6: "周日休息"}
LONGEST_REST = 370  # days without a working day; a longer rest is an error in the data


class YearMissing(ValueError):
    """The answer depends on a year that nobody has published or estimated. `year`: which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year} 年的日历尚未录入，无法计算涉及该年的日期；请先录入该年的放假安排或推定安排")
        self.year = year


class SpanReversed(ValueError):
    """A span ends before it begins."""

    def __init__(self, start: date, until: date) -> None:
        super().__init__(f"截止日 {until} 早于起算日 {start}")


class Day(NamedTuple):
    """A day of a calendar: whether it is worked, and why, in Chinese."""

    date: date
    works: bool
    reason: str

    @property
    def make_up(self) -> bool:
        """Whether it is a day of a weekend that is worked (调休上班)."""
        return self.works and self.date.weekday() in WEEKEND


class Coverage(NamedTuple):
    """The days that a calendar covers, from `first` on without a gap.

    `official_until`: the last day before the first estimated or missing year; None where the first year is estimated.
    `until`: the last day before the first missing year.
    """

    first: date
    official_until: date | None
    until: date


@dataclass(frozen=True, slots=True)
class UnbrokenYears:
    """Consecutive years with their days numbered. A question that leaves them raises `YearMissing`.

    `first`: the ordinal of the first day. `workday_counts[i]`: how many of `days[0..i]` are worked. `workdays`: their
    dates.
    """

    first: int
    days: tuple[Day, ...]
    workday_counts: tuple[int, ...]
    workdays: tuple[date, ...]

    @property
    def year_after(self) -> int:
        """The first year that is missing."""
        return self.days[-1].date.year + 1

    def index(self, ordinal: int) -> int:
        """Return the index of a day, given by its ordinal, in `days`. Raises `YearMissing`."""
        index = ordinal - self.first
        self.pick(self.days, index)
        return index

    def pick(self, among: tuple[T, ...], index: int) -> T:
        """Return an element of `days` or of `workdays`. Raises `YearMissing` outside of them."""
        if index < 0:
            raise YearMissing(self.days[0].date.year - 1)
        if index >= len(among):
            raise YearMissing(self.year_after)
        return among[index]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a region and the opening hours of its desks. `version`: the digest of the data.

    `years`: the years that it covers. All methods about days raise `YearMissing` for other years.
    """

    region: str
    version: str
    years: Mapping[int, YearStatus] = field(compare=False)
    hours: Hours = field(compare=False)
    _runs: Mapping[int, UnbrokenYears] = field(compare=False, repr=False)

    def with_hours(self, hours: Hours) -> "Calendar":
        """Return the same days with other opening hours.

        Raises `CalendarInvalid` where the desk would be closed for a year: it opens on Tuesdays only, and no Tuesday
        is worked.
        """
        if not all((*hours.weekdays[:5], hours.make_up)):  # otherwise it opens on every working day
            for run in {run.first: run for run in self._runs.values()}.values():
                open_days = [day.date for day in run.days if day.works and hours.of(day.date, make_up=day.make_up)]
                _refuse_endless_rest(run.days, open_days, "开放时间")
        content = [hours.weekdays, hours.make_up, hours.zone.key]
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]
        return replace(self, version=f"{self.version}-{digest}", hours=hours)

    def day(self, day: date) -> Day:
        """Return whether a day is worked, and why. Raises `YearMissing`."""
        run = self.run(day)
        return run.days[day.toordinal() - run.first]

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked. Raises `YearMissing`."""
        return self.day(day).works

    def add_workdays(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`, before it where negative. `start` itself is not counted.

        Raises `YearMissing`.
        """
        run = self.run(start)
        if count == 0:
            return start
        index = start.toordinal() - run.first
        target = run.workday_counts[index] + count - 1
        if count < 0 and not run.days[index].works:
            target += 1  # the count ends with the last working day before a start that is not worked
        return run.pick(run.workdays, target)

    def roll_forward(self, day: date) -> date:
        """Return the day itself, or the first working day after it where it is not worked (民法典 art. 203).

        Raises `YearMissing`.
        """
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def days(self, start: date, until: date) -> tuple[Day, ...]:
        """Return every day from `start` to `until`, both included. Raises `SpanReversed`, `YearMissing`."""
        run = self._span(start, until)
        return run.days[start.toordinal() - run.first : until.toordinal() - run.first + 1]

    def is_estimated(self, start: date, until: date) -> bool:
        """Whether a day from `start` to `until` is in an estimated year. Raises `SpanReversed`, `YearMissing`."""
        self._span(start, until)
        return any(self.years[year] is YearStatus.ESTIMATED for year in range(start.year, until.year + 1))

    @property
    def coverage(self) -> Coverage:
        """The days that the calendar covers from its first year on."""
        first = min(self.years)
        year = first
        while self.years.get(year) is YearStatus.OFFICIAL:
            year += 1
        official_until = date(year - 1, 12, 31) if year > first else None
        return Coverage(date(first, 1, 1), official_until, self._runs[first].days[-1].date)

    def run(self, day: date) -> UnbrokenYears:
        """Return the consecutive years that a day lies in. Raises `YearMissing`."""
        run = self._runs.get(day.year)
        if run is None:
            raise YearMissing(day.year)
        return run

    def _span(self, start: date, until: date) -> UnbrokenYears:
        if until < start:
            raise SpanReversed(start, until)
        run = self.run(start)
        if self._runs.get(until.year) is not run:
            raise YearMissing(run.year_after)
        return run


def merge(layers: Sequence[Layer]) -> Calendar:
    """Return the calendar of a region, put together from its layers: the country first, then province to county.

    Raises `CalendarInvalid`.
    """
    merged = overlay(layers)
    runs: dict[int, UnbrokenYears] = {}
    for years in _unbroken(sorted(merged)):
        runs.update(dict.fromkeys(years, _number(years, merged)))
    return Calendar(
        region=_region(layers),
        version=f"{_region(layers)}-{_digest(layers)}",
        years=MappingProxyType({year: merged[year].status for year in sorted(merged)}),
        hours=OFFICE,
        _runs=runs,
    )


def _region(layers: Sequence[Layer]) -> str:
    return next(layer[0].region for layer in reversed(layers) if layer)


def _digest(layers: Sequence[Layer]) -> str:
    content = [
        [
            (year.region, year.year, year.status, year.source, sorted((str(n.day), n.kind, n.name) for n in year.days))
            for year in sorted(layer, key=lambda year: year.year)
        ]
        for layer in layers
        if layer
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:12]


def _unbroken(years: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _number(years: Sequence[int], merged: Mapping[int, MergedYear]) -> UnbrokenYears:
    first, last = date(years[0], 1, 1).toordinal(), date(years[-1], 12, 31).toordinal()
    dates = map(date.fromordinal, range(first, last + 1))
    days = tuple(_day(day, merged[day.year].days.get(day)) for day in dates)
    workdays = tuple(day.date for day in days if day.works)
    _refuse_endless_rest(days, workdays, "工作日")
    return UnbrokenYears(
        first=first,
        days=days,
        workday_counts=tuple(accumulate(day.works for day in days)),
        workdays=workdays,
    )


def _day(day: date, named: NamedDay | None) -> Day:
    if named is None:
        rest = WEEKEND.get(day.weekday())
        return Day(day, rest is None, rest or "工作日")
    # named days are set, not toggled: a Monday that is named as worked is worked
    works = named.kind is DayKind.WORK
    return Day(day, works, f"上班（{named.name}）" if works else f"放假（{named.name}）")


def _refuse_endless_rest(days: Sequence[Day], counting: Sequence[date], what: str) -> None:
    if not counting:
        raise CalendarInvalid(f"{days[0].date} 至 {days[-1].date} 没有任何{what}，请核对日历")
    edges = (date.fromordinal(days[0].date.toordinal() - 1), *counting, date.fromordinal(days[-1].date.toordinal() + 1))
    for before, after in pairwise(edges):
        if (after - before).days > LONGEST_REST:
            raise CalendarInvalid(f"{before} 之后连续 {LONGEST_REST} 天没有{what}，请核对日历")
