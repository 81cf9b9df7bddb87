"""The calendars shipped with the program, one JSON file per region and year: days off and make-up workdays."""

# What the files hold, so that the next year can be added by hand:
# - every day of a holiday as the notice gives it, weekend days inside it included, as `off`; every weekend day that is
#   worked in exchange as `work`. Days not listed are what their weekday says.
# - each day in the file of its own year, also where the notice of the next year named it (2022-12-31, 2018-12-29).
# - the number and date of the notice in `source` only where its text was at hand; otherwise the cross-check behind it.
# - an estimated year has the weekends and the fixed statutory days only. Substitute days off and make-up workdays
#   follow from the notice and are not guessed, which is why every date that touches such a year is provisional.

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any


def shipped_years() -> Iterator[dict[str, Any]]:
    """Yield the document of every shipped year: `region`, `year`, `status`, `source`, `days`."""
    for file in files(__name__).iterdir():
        if file.name.endswith(".json"):
            yield json.loads(file.read_text("utf-8"))


@lru_cache(maxsize=1)
def national_days_off() -> frozenset[date]:
    """Return the days off of the whole country in the shipped years, weekend days inside a holiday included."""
    return frozenset(
        date.fromisoformat(day["date"])
        for year in shipped_years()
        if year["region"] == "CN"
        for day in year["days"]
        if day["kind"] == "off"
    )
