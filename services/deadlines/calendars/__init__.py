"""The calendars shipped with the program, one JSON file per region and year."""

# What the files hold, so that the next year can be added by hand:
# - every day of a holiday as the notice gives it, weekend days inside it included, as `off`; every weekend day that is
#   worked in exchange as `work`. Days not listed are what their weekday says.
# - each day in the file of its own year, also where the notice of the next year named it (2022-12-31, 2018-12-29).
# - the number and date of the notice in `source` only where its text was at hand; otherwise the cross-check behind it.
# - an estimated year has the weekends and the fixed statutory days only. Substitute days off and make-up workdays
#   follow from the notice and are not guessed, which is why every date that touches such a year is provisional.

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus

GENERATION = 2
"""To be raised with every change of the files. The program with the highest generation installs its years for all."""


def shipped() -> tuple[CalendarYear, ...]:
    """Return every shipped year of every region, sorted by region and year."""
    documents = (file.read_text("utf-8") for file in files(__name__).iterdir() if file.name.endswith(".json"))
    years = (_year(json.loads(document)) for document in documents)
    return tuple(sorted(years, key=lambda year: (year.region, year.year)))


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
