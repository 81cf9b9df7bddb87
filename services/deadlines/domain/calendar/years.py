"""What a region publishes about a year: which days are off and which are worked."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1950, 2199  # other years are typing errors


class DayKind(StrEnum):
    """Whether a named day is off or worked."""

    OFF = "off"
    WORK = "work"


class YearStatus(StrEnum):
    """Whether a year was published officially or is an estimate."""

    OFFICIAL = "official"
    ESTIMATED = "estimated"


class CalendarInvalid(ValueError):
    """Calendar data contradicts itself, is empty, or leaves no day to work on."""


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that is set to off or worked, whatever weekday it is. `name`: the holiday that it belongs to."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The days that one region names in one year. All other days stay as in the layers below.

    Days belong to the year of their date, not of the notice: the notice for 2023 also gives a day of December 2022
    off, which belongs to 2022. Raises `CalendarInvalid` for a day of another year, and for a day named twice.
    """

    region: str
    year: int
    status: YearStatus
    source: str
    days: tuple[NamedDay, ...]

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise CalendarInvalid(f"年份 {self.year} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
        kinds: dict[date, DayKind] = {}
        for named in self.days:
            if named.day.year != self.year:
                raise CalendarInvalid(f"{named.day} 不在 {self.year} 年内，请录入到 {named.day.year} 年的日历")
            if kinds.setdefault(named.day, named.kind) is not named.kind:
                raise CalendarInvalid(f"{named.day} 既列为放假又列为上班，请核对通知后只保留一项")


def differences(
    before: CalendarYear | None, after: CalendarYear | None
) -> list[tuple[NamedDay | None, NamedDay | None]]:
    """Return the days that two publications of a year name differently, before and after, in the order of the days."""
    was, now = ({named.day: named for named in year.days} if year else {} for year in (before, after))
    return [(was.get(day), now.get(day)) for day in sorted(was | now) if was.get(day) != now.get(day)]


def tag_of(year: CalendarYear) -> int:
    """Return a number of 48 bits that is equal for equal content of a year."""
    days = sorted((str(named.day), named.kind.value, named.name) for named in year.days)
    content = [year.region, year.year, year.status.value, year.source, days]
    return int.from_bytes(hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()[:6])


Layer = Sequence[CalendarYear]  # one region's years, in any order


@dataclass(frozen=True, slots=True)
class MergedYear:
    """A year put together from all layers: its named days by date."""

    status: YearStatus
    days: Mapping[date, NamedDay]


def overlay(layers: Sequence[Layer]) -> dict[int, MergedYear]:
    """Return the years put together from several layers, the national one first. A later layer wins, day by day.

    The first layer alone decides which years exist: a region that names its festivals of a year does not publish the
    national holidays of that year. An estimate in any layer makes the year an estimate. Raises `CalendarInvalid`.
    """
    if not layers or not layers[0]:
        raise CalendarInvalid("日历没有任何年份")
    for layer in layers:
        _check(layer)
    for year in layers[0]:
        if not year.days:
            raise CalendarInvalid(f"{year.year} 年的日历是空的：没有放假安排的年份不能视为已公布")
    return {year.year: _merge([y for layer in layers for y in layer if y.year == year.year]) for year in layers[0]}


def _check(layer: Layer) -> None:
    seen: set[int] = set()
    for year in layer:
        if year.region != layer[0].region:
            raise CalendarInvalid(f"同一层日历混有两个地区：{layer[0].region} 和 {year.region}")
        if year.year in seen:
            raise CalendarInvalid(f"{year.region} 的 {year.year} 年日历出现两次")
        seen.add(year.year)


def _merge(years: Sequence[CalendarYear]) -> MergedYear:
    estimated = any(year.status is YearStatus.ESTIMATED for year in years)
    return MergedYear(
        status=YearStatus.ESTIMATED if estimated else YearStatus.OFFICIAL,
        days={named.day: named for year in years for named in year.days},
    )
