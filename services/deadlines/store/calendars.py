"""Years of calendars in stored documents."""

from datetime import date
from typing import Any

from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.store.documents import Document


def name_of(region: str, year: int) -> str:
    """Return the name of the document with a region's year: `52/2026`."""
    return f"{region}/{year}"


def content_of(year: CalendarYear) -> dict[str, Any]:
    """Return a year as the content of a document."""
    days = [{"date": str(named.day), "kind": named.kind.value, "name": named.name} for named in year.days]
    return {"status": year.status.value, "source": year.source, "days": days}


def year_of(document: Document) -> CalendarYear:
    """Return the year of a document that was not withdrawn. Raises `CalendarInvalid` where it contradicts itself."""
    region, _, year = document.name.partition("/")
    stored = document.content
    days = (NamedDay(date.fromisoformat(each["date"]), DayKind(each["kind"]), each["name"]) for each in stored["days"])
    return CalendarYear(region, int(year), YearStatus(stored["status"]), stored["source"], tuple(days))
