"""What a publication would change, without publishing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from bianmin.kit.db import Tx
from services.deadlines.api.views.calendars import ChangedDayView, DuePreviewView, PreviewView
from services.deadlines.domain.calendar.publication import DayChange
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.lifecycle.timers import preview_recount
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import recounts, rulebook, subjects

Preview = Annotated[bool, Query(description="true 时只说明会变动什么，并不公布或撤销", examples=[True])]
EXAMINED_AT_MOST = 500
"""Subjects that a preview recalculates; of the others it returns the number alone."""


async def preview_of(
    tx: Tx,
    region: str,
    after: Calendars,
    span: tuple[date, date] | None,
    changes: Sequence[DayChange] = (),
    *,
    now: datetime,
) -> PreviewView:
    """Return what these calendars would change at a region and below.

    `span`: the first and last day that changes, clocks that run across one of them may move; None where no day changes.
    """
    book = Rulebook(after, (await rulebook.in_force(tx)).policies)
    number, ids = await recounts.crossing(tx, region, *span, EXAMINED_AT_MOST) if span else (0, [])
    examined = await subjects.load(tx, ids, locked=False)
    return PreviewView(
        changes=[ChangedDayView(date=change.date, works=change.works) for change in changes],
        crossing=number,
        examined=len(ids),
        moves=[
            DuePreviewView.of(id, event)
            for id in ids
            if id in examined
            for event in preview_recount(book, examined[id], now)
        ],
    )
