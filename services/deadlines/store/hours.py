"""Opening hours in stored documents: intervals in minutes of the day."""

from typing import Any

from bianmin.kit.db import Tx
from services.deadlines.domain.calendar.hours import Hours, Interval
from services.deadlines.domain.calendar.regions import upward
from services.deadlines.store import documents
from services.deadlines.store.documents import Document


def content_of(hours: Hours) -> dict[str, Any]:
    """Return opening hours as the content of a document."""
    return {"weekdays": hours.weekdays, "make_up": hours.make_up}


def hours_of(document: Document) -> Hours:
    """Return the opening hours of a document. Raises `CalendarInvalid` where they contradict themselves."""
    stored = document.content
    return Hours(tuple(map(_intervals, stored["weekdays"])), _intervals(stored["make_up"]))


async def nearest(tx: Tx, region: str) -> Document | None:
    """Return the opening hours in force at a region: its own, or those of the nearest region above it with any."""
    for place in upward(region):
        if found := await documents.own(tx, "hours", place):
            return found
    return None


def _intervals(stored: list[list[int]]) -> tuple[Interval, ...]:
    return tuple(Interval(*each) for each in stored)
