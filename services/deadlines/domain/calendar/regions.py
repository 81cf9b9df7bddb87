"""Which calendar counts where: a region without one of its own uses that of the nearest region above it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bianmin.domain.divisions import ancestors
from services.deadlines.domain.calendar.days import Calendar, YearMissing, merge
from services.deadlines.domain.calendar.hours import Hours
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear

NATIONAL = "CN"
ALWAYS_KNOWN = frozenset({NATIONAL, "52"})
"""Regions that are there before anybody imported a division: the country and the province."""


class Calendars:
    """The calendars in force: each region's days lie over those of the regions above it; the nearest hours hold.

    A region's calendar is put together when it is first asked for.
    """

    def __init__(self, years: Iterable[CalendarYear], hours: Mapping[str, Hours] | None = None) -> None:
        layers: dict[str, dict[int, CalendarYear]] = defaultdict(dict)
        for year in years:
            if year.year in layers[year.region]:
                raise CalendarInvalid(f"{year.region} 的 {year.year} 年日历出现两次")
            layers[year.region][year.year] = year
        self._layers: Mapping[str, Mapping[int, CalendarYear]] = dict(layers)
        self._hours: Mapping[str, Hours] = hours or {}
        self._merged: dict[str, Calendar] = {}
        self._opened: dict[tuple[str, str], Calendar] = {}
        self._of: dict[str, Calendar] = {}

    def of(self, region: str) -> Calendar:
        """The calendar that counts in `region`: `CN`, or a division code."""
        if region not in self._of:
            days = self._days(next(place for place in upward(region) if place in self._layers))
            desk = next((place for place in upward(region) if place in self._hours), None)
            self._of[region] = days if desk is None else self._at(desk, days)
        return self._of[region]

    def _at(self, desk: str, days: Calendar) -> Calendar:
        if (days.region, desk) not in self._opened:
            self._opened[days.region, desk] = days.with_hours(self._hours[desk])
        return self._opened[days.region, desk]

    def _days(self, home: str) -> Calendar:
        if home not in self._merged:
            above = [self._layers[place] for place in reversed(upward(home)) if place in self._layers]
            self._merged[home] = merge([tuple(layer.values()) for layer in above])
        return self._merged[home]

    def year(self, region: str, year: int) -> CalendarYear:
        """What was published about a year, by the nearest region that did. Raises `YearMissing`."""
        found = self.find(region, year)
        if found is None:
            raise YearMissing(year)
        return found

    def find(self, region: str, year: int) -> CalendarYear | None:
        """The same, or None."""
        return next((found for place in upward(region) if (found := self.own(place, year))), None)

    def own(self, region: str, year: int) -> CalendarYear | None:
        """What the region itself published about a year."""
        return self._layers.get(region, {}).get(year)

    def below(self, region: str) -> list[str]:
        """The region and those below it that have published something: days, or hours."""
        return sorted(place for place in {*self._layers, *self._hours} if region in upward(place))

    def with_year(self, year: CalendarYear) -> "Calendars":
        """The same with one year published, in place of what its region had."""
        years = {(one.region, one.year): one for one in self._years()}
        years[year.region, year.year] = year
        return Calendars(years.values(), self._hours)

    def without_year(self, region: str, year: int) -> "Calendars":
        """The same without what a region had published about a year."""
        return Calendars((one for one in self._years() if (one.region, one.year) != (region, year)), self._hours)

    def with_hours(self, region: str, hours: Hours | None) -> "Calendars":
        """The same with the hours of a region's desks, in place of what it had; with none of its own where None."""
        others = {place: theirs for place, theirs in self._hours.items() if place != region}
        return Calendars(self._years(), others if hours is None else {**others, region: hours})

    def _years(self) -> Iterator[CalendarYear]:
        return (one for layer in self._layers.values() for one in layer.values())


def upward(region: str) -> tuple[str, ...]:
    """The region and those above it, the nearest first, the country last."""
    return (NATIONAL,) if region == NATIONAL else (region, *ancestors(region), NATIONAL)
