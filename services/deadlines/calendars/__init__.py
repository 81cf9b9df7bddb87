"""The calendars shipped with the program, as the years that this service counts by."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bianmin.domain.calendar_days import shipped_years
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus

GENERATION = 2
"""To be raised with every change of the files. The program with the highest generation installs its years for all."""


def shipped() -> tuple[CalendarYear, ...]:
    """Return every shipped year of every region, sorted by region and year."""
    return tuple(sorted(map(_year, shipped_years()), key=lambda year: (year.region, year.year)))


def _year(document: Mapping[str, Any]) -> CalendarYear:
    return CalendarYear(
        region=document["region"],
        year=document["year"],
        status=YearStatus(document["status"]),
        source=document["source"],
        days=tuple(
            NamedDay(date.fromisoformat(entry["date"]), DayKind(entry["kind"]), entry["name"])
            for entry in document["days"]
        ),
    )
