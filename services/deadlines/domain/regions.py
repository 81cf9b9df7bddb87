"""Which calendar counts where: a region without one of its own uses that of the nearest region above it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bianmin.kit.codes import ancestors
from services.deadlines.domain.calendar import Calendar, YearMissing, merge
from services.deadlines.domain.years import CalendarYear

NATIONAL = "CN"
ALWAYS_KNOWN = frozenset({NATIONAL, "52"})
"""Regions that are there before anybody imported a division: the country and the province."""


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars in force."""

    _merged: Mapping[str, Calendar]
    _years: Mapping[tuple[str, int], CalendarYear]

    def of(self, region: str) -> Calendar:
        """The calendar that counts in `region`: `CN`, or a division code."""
        return next(self._merged[place] for place in upward(region) if place in self._merged)

    def year(self, region: str, year: int) -> CalendarYear:
        """What was published about a year, by the nearest region that did. Raises `YearMissing`."""
        for place in upward(region):
            if published := self._years.get((place, year)):
                return published
        raise YearMissing(year)


def calendars(years: Iterable[CalendarYear]) -> Calendars:
    """The calendars that these years make: each region's days lie over those of the regions above it."""
    layers: dict[str, list[CalendarYear]] = defaultdict(list)
    for year in years:
        layers[year.region].append(year)
    return Calendars(
        {region: merge([layers[place] for place in reversed(upward(region)) if place in layers]) for region in layers},
        {(year.region, year.year): year for layer in layers.values() for year in layer},
    )


def upward(region: str) -> tuple[str, ...]:
    """The region and those above it, the nearest first, the country last."""
    return (NATIONAL,) if region == NATIONAL else (region, *ancestors(region), NATIONAL)
