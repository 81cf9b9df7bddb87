"""Years of calendars, as they are stored."""

from datetime import date
from typing import Any

from services.deadlines.domain.calendar.years import CalendarYear, Kind, NamedDay, Status
from services.deadlines.store.documents import Document


def name_of(region: str, year: int) -> str:
    return f"{region}/{year}"


def content_of(year: CalendarYear) -> dict[str, Any]:
    days = [{"date": str(named.day), "kind": named.kind.value, "name": named.name} for named in year.days]
    return {"status": year.status.value, "source": year.source, "days": days}


def year_of(document: Document) -> CalendarYear:
    region, _, year = document.name.partition("/")
    stored = document.content
    days = (NamedDay(date.fromisoformat(each["date"]), Kind(each["kind"]), each["name"]) for each in stored["days"])
    return CalendarYear(region, int(year), Status(stored["status"]), stored["source"], tuple(days))
