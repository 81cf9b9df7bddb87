"""The selects behind lists and views. A list holds only complaints that its reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text

from bianmin.domain.actors import Actor
from bianmin.kit import sets
from bianmin.kit.complaint_filter import complaint_visible, viewer_parameters
from bianmin.kit.db import Tx
from bianmin.kit.feed import changed_since
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import under
from services.complaints.domain.complaint import Complaint, Paper
from services.complaints.store.complaints import COMPLAINT, COMPLAINTS, PAPER
from services.complaints.store.tables import ComplaintAuditRow, complaints, papers


@dataclass(frozen=True, slots=True)
class ComplaintFilter:
    """Which complaints a list asks for. `org`: the accused org, with its subtree."""

    org: str | None
    status: str | None
    kind: str | None
    updated_since: datetime | None

    def values(self, actor: Actor) -> list[Any]:
        """Return what a cursor is bound to: the filter, and who asks."""
        return [self.org, self.status, self.kind, self.updated_since, actor.id, actor.org, actor.dept]


@dataclass(frozen=True, slots=True)
class ComplaintFile:
    """A complaint with everything that was written about it, encrypted; its papers in their order."""

    complaint: Complaint
    text: bytes
    complainant: bytes | None
    papers: Sequence[Paper]


_NEWEST_FIRST = Keyset([complaints.c.id], [UUID], descending=True)
_AS_CHANGED = Keyset([complaints.c.changed_at, complaints.c.id], [datetime.fromisoformat, UUID])
_VISIBLE = text(
    complaint_visible(
        "complaint.handler_org",
        "complaint.accused_org",
        "array_append(ARRAY(SELECT staff FROM party WHERE party.case_id = complaint.case_id), complaint.accused_staff)",
        "complaint.awaits_case",
    )
)


async def list_complaints(
    tx: Tx, actor: Actor, wanted: ComplaintFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[Complaint, datetime]], str | None]:
    """Return a page of the complaints that `actor` may see, each with the time of its last change, and the cursor of
    the next page."""
    query = COMPLAINTS.where(_VISIBLE.bindparams(**viewer_parameters(actor)))
    keyset = _NEWEST_FIRST if wanted.updated_since is None else _AS_CHANGED
    query = await changed_since(tx, query, complaints.c.changed_at, wanted.updated_since)
    if wanted.org is not None:
        query = query.where(under(complaints.c.accused_org, wanted.org))
    if wanted.status is not None:
        query = query.where(complaints.c.status == wanted.status)
    if wanted.kind is not None:
        query = query.where(complaints.c.kind == wanted.kind)
    page, next_cursor = await read_page(tx, query, keyset, wanted.values(actor), cursors, cursor, limit)
    return [(COMPLAINT.load(row), row["changed_at"]) for row in page], next_cursor


async def file_of(tx: Tx, complaint_id: UUID) -> ComplaintFile | None:
    """Return the file of a complaint, whoever asks; None where there is no such complaint."""
    return await _file(tx, COMPLAINTS.where(complaints.c.id == complaint_id))


async def file_by_follow_code(tx: Tx, digests: Sequence[bytes]) -> ComplaintFile | None:
    """Return the file of the complaint whose follow code has one of these digests; None where there is none."""
    return await _file(tx, COMPLAINTS.where(sets.one_of(complaints.c.follow, digests)))


async def _file(tx: Tx, query: Select[Any]) -> ComplaintFile | None:
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    written = select(papers).where(papers.c.complaint_id == row["id"]).order_by(papers.c.number)
    found = (await tx.execute(written)).mappings()
    return ComplaintFile(COMPLAINT.load(row), row["text"], row["complainant"], [PAPER.load(paper) for paper in found])


async def record_reading(tx: Tx, at: datetime, actor: Actor, complaint_id: UUID) -> None:
    """Put on record who read a complaint, and when."""
    row = {"id": new_id(), "at": at, "actor": actor.id, "org": actor.org, "complaint_id": complaint_id}
    await sets.write(tx, sets.insert(ComplaintAuditRow, [row]))
