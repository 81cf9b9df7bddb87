"""The timeline of a case: its events, of all services, without personal data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.events.envelope import Event
from bianmin.events.parts import EventData
from bianmin.events.registry import source_of
from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.decide import Announcement
from bianmin.kit.time_source import TZ
from services.intake.store.tables import timeline

_SOURCE = source_of("intake")
_LEFT_OUT = {"access", "display_name", "assignee", "item"}
"""Fields of events that are for services alone."""


class TimelineEntry(NamedTuple):
    """An event of a case. `type` is the event type; `data` are its fields but for those that are for services alone."""

    at: datetime
    type: str
    actor: str
    org: str
    data: dict[str, Any]


def row_of_announcement(announcement: Announcement, at: datetime) -> dict[str, object]:
    """Return the timeline row of an event that intake announces at the moment `at`."""
    actor = announcement.by.actor
    return {
        "case_id": UUID(announcement.subject),
        "source": _SOURCE,
        "sequence": announcement.sequence,
        "at": at,
        "type": announcement.data.event_type,
        "actor": actor.name,
        "org": actor.org,
        "data": _shown(announcement.data),
    }


def row_of_event(event: Event, data: EventData) -> dict[str, object]:
    """Return the timeline row of an event of another service; `data` is the event's data."""
    return {
        "case_id": UUID(event.subject),
        "source": event.source,
        "sequence": event.sequence,
        "at": event.time,
        "type": data.event_type,
        "actor": event.actor,
        "org": event.region,
        "data": _shown(data),
    }


def _shown(data: EventData) -> dict[str, Any]:
    return data.model_dump(mode="json", exclude=_LEFT_OUT, exclude_none=True)


_BY_CASE = sets.Load(
    select(
        timeline.c.case_id,
        timeline.c.at,
        timeline.c.type,
        timeline.c.actor,
        timeline.c.org,
        timeline.c.data,
    )
    .where(timeline.c.case_id == any_(sets.named("ids", timeline.c.case_id)))
    .order_by(timeline.c.at, timeline.c.source, timeline.c.sequence)
)


async def find_timelines(tx: Tx, case_ids: Sequence[UUID]) -> Mapping[UUID, list[TimelineEntry]]:
    """Return the events of these cases by case id, the oldest first; of one moment, in the order of their source."""
    timelines: dict[UUID, list[TimelineEntry]] = {}
    for case_id, at, *rest in await _BY_CASE(tx, ids=case_ids):
        timelines.setdefault(case_id, []).append(TimelineEntry(at.astimezone(TZ), *rest))
    return timelines
