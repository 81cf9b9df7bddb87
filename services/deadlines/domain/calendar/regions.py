"""The calendars of all regions: a region without its own uses the calendar of the nearest region above it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bianmin.domain.divisions import ancestors
from services.deadlines.domain.calendar.days import Calendar, YearMissing, merge
from services.deadlines.domain.calendar.hours import Hours
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear

NATIONAL = "CN"
ALWAYS_KNOWN = frozenset({NATIONAL, "52"})
"""Regions that exist before divisions are imported: the country and the province."""


class Calendars:
    """The calendars in force.

    The days that a region names override those of the regions above it, day by day. Opening hours are those of the
    nearest region that has published any. The calendar of a region is put together when it is first used.
    Raises `CalendarInvalid` where a region has a year twice.
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
        """Return the calendar of a region: `CN`, or a division code. Raises `CalendarInvalid`."""
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
        """Return what the nearest region has published about a year. Raises `YearMissing` where none has."""
        found = self.find(region, year)
        if found is None:
            raise YearMissing(year)
        return found

    def find(self, region: str, year: int) -> CalendarYear | None:
        """Return what the nearest region has published about a year; None where none has."""
        return next((found for place in upward(region) if (found := self.own(place, year))), None)

    def own(self, region: str, year: int) -> CalendarYear | None:
        """Return what the region itself has published about a year; None where it has not."""
        return self._layers.get(region, {}).get(year)

    def below(self, region: str) -> list[str]:
        """Return the region and the regions below it that have published days or hours, sorted."""
        return sorted(place for place in {*self._layers, *self._hours} if region in upward(place))

    def with_year(self, year: CalendarYear) -> "Calendars":
        """Return these calendars with a year published; it replaces what its region had. Raises `CalendarInvalid`."""
        years = {(known.region, known.year): known for known in self._years()}
        years[year.region, year.year] = year
        return Calendars(years.values(), self._hours)

    def without_year(self, region: str, year: int) -> "Calendars":
        """Return these calendars without what a region had published about a year."""
        others = (known for known in self._years() if (known.region, known.year) != (region, year))
        return Calendars(others, self._hours)

    def with_hours(self, region: str, hours: Hours | None) -> "Calendars":
        """Return these calendars with the opening hours of a region replaced; None removes its own hours."""
        others = {place: known for place, known in self._hours.items() if place != region}
        return Calendars(self._years(), others if hours is None else {**others, region: hours})

    def _years(self) -> Iterator[CalendarYear]:
        return (year for layer in self._layers.values() for year in layer.values())


def upward(region: str) -> tuple[str, ...]:
    """Return the region and all regions above it: the nearest first, the country last."""
    return (NATIONAL,) if region == NATIONAL else (region, *ancestors(region), NATIONAL)
