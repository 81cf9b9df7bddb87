"""Pauses of subjects: load them, and make rows of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.periods.period import Pause
from services.deadlines.store.local_time import local_row
from services.deadlines.store.tables import PauseRow, pauses

_CODEC = Codec(PauseRow, SubjectPause, paths={"since": "pause.since", "until": "pause.until"}, unmapped=("subject_id",))
_OF_SUBJECTS = sets.Load(
    select(pauses).where(pauses.c.subject_id == any_(sets.named("ids", pauses.c.subject_id))).order_by(pauses.c.id)
)


async def of_subjects(tx: Tx, ids: Iterable[UUID]) -> list[tuple[UUID, SubjectPause]]:
    """Return the pauses of these subjects, over or not, each with the id of its subject."""
    return [(row["subject_id"], _load(local_row(row))) for row in await _OF_SUBJECTS(tx, ids=ids)]


async def of_subject(tx: Tx, subject_id: UUID) -> list[SubjectPause]:
    """Return the pauses of one subject, over or not."""
    return [pause for _, pause in await of_subjects(tx, [subject_id])]


def new_row(subject_id: UUID, pause: SubjectPause) -> dict[str, Any]:
    """Return the row of a pause."""
    return {**_CODEC.row(pause), "subject_id": subject_id}


def _load(row: dict[str, Any]) -> SubjectPause:
    return _CODEC.load(row, pause=Pause(row["since"], row["until"]))
