"""What a publication would move, told before it is made."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query

from bianmin.kit.db import Tx
from bianmin.kit.endpoints import RequestContext
from services.deadlines.api.calendar_views import ChangeView, MoveView, PreviewView
from services.deadlines.domain.calendar.publication import DayChange
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.lifecycle.timers import preview_recount
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.store import recounts, rulebook, subjects

Preview = Annotated[bool, Query(description="只说明会变动什么，并不公布或撤销")]
PREVIEWED = 500
"""Matters that a preview counts anew; of more it only tells how many there are."""


async def previewed(
    tx: Tx,
    context: RequestContext,
    region: str,
    after: Calendars,
    span: tuple[date, date] | None,
    changes: Sequence[DayChange] = (),
) -> PreviewView:
    """What these calendars would move at a region. `span`: what runs across a day of it may move; None: nothing."""
    book = Rulebook(after, (await rulebook.in_force(tx)).policies)
    number, ids = await recounts.crossing(tx, region, *span, PREVIEWED) if span else (0, [])
    matters = await subjects.load(tx, ids, locked=False)
    return PreviewView(
        changes=[ChangeView(date=change.date, works=change.works) for change in changes],
        crossing=number,
        examined=len(ids),
        moves=[
            MoveView.of(id, moved)
            for id in ids
            if id in matters
            for moved in preview_recount(book, matters[id], context.now)
        ],
    )
