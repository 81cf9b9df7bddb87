"""Looking at complaints: only what the reader may see ever leaves the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text

from bianmin.domain.actors import Actor
from bianmin.kit import feed, sets
from bianmin.kit.complaint_filter import complaint_visible, viewer_parameters
from bianmin.kit.db import Tx
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursors, Keyset
from bianmin.kit.subtree import under
from services.complaints.domain.complaint import Complaint, Paper
from services.complaints.store.complaints import COMPLAINTS, complaint_of
from services.complaints.store.tables import AuditRow, complaints, papers


@dataclass(frozen=True, slots=True)
class ComplaintFilter:
    """What a list is asked for. `org`: the subtree of the accused org."""

    org: str | None
    status: str | None
    kind: str | None
    updated_since: datetime | None

    def values(self, actor: Actor) -> list[Any]:
        return [self.org, self.status, self.kind, self.updated_since, actor.id, actor.org, actor.dept]


_NEWEST_FIRST = Keyset([complaints.c.id], [UUID], descending=True)
_AS_CHANGED = Keyset([complaints.c.changed_at, complaints.c.id], [datetime.fromisoformat, UUID])


_VISIBLE = text(
    complaint_visible(
        "complaint.handler_org",
        "complaint.accused_org",
        "array_append(ARRAY(SELECT staff FROM party WHERE party.case_id = complaint.case_id), complaint.accused_staff)",
    )
)


async def list_complaints(
    tx: Tx, actor: Actor, wanted: ComplaintFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[Complaint, datetime]], str | None]:
    """A page of the complaints that `actor` may see."""
    query = COMPLAINTS.where(_VISIBLE.bindparams(**viewer_parameters(actor)))
    keyset = _NEWEST_FIRST
    if wanted.updated_since is not None:
        keyset = _AS_CHANGED
        until = await feed.horizon(tx)
        query = query.where(complaints.c.changed_at >= wanted.updated_since, complaints.c.changed_at < until)
    if wanted.org is not None:
        query = query.where(under(complaints.c.accused_org, wanted.org))
    if wanted.status is not None:
        query = query.where(complaints.c.status == wanted.status)
    if wanted.kind is not None:
        query = query.where(complaints.c.kind == wanted.kind)
    after = cursors.read(cursor, wanted.values(actor), keyset)
    found = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    page = found[:limit]
    following = None
    if len(found) > limit:
        following = cursors.write([page[-1][column.name] for column in keyset.columns], wanted.values(actor))
    return [(complaint_of(row), row["changed_at"]) for row in page], following


@dataclass(frozen=True, slots=True)
class File:
    """A complaint with all that was written, sealed; its papers in their order."""

    complaint: Complaint
    text: bytes
    complainant: bytes | None
    papers: Sequence[Paper]


async def file_of(tx: Tx, complaint_id: UUID) -> File | None:
    return await _file(tx, COMPLAINTS.where(complaints.c.id == complaint_id))


async def followed(tx: Tx, digests: Sequence[bytes]) -> File | None:
    """The complaint of a follow code, found by its digest."""
    return await _file(tx, COMPLAINTS.where(sets.one_of(complaints.c.follow, digests)))


async def _file(tx: Tx, query: Select[Any]) -> File | None:
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    written = select(papers).where(papers.c.complaint_id == row["id"]).order_by(papers.c.number)
    found = (await tx.execute(written)).mappings()
    return File(
        complaint_of(row),
        row["text"],
        row["complainant"],
        [Paper(each["kind"], each["level"], each["written_on"], each["written_by"], each["content"]) for each in found],
    )


async def audit(tx: Tx, at: datetime, actor: Actor, complaint_id: UUID) -> None:
    """Put on record who read a complaint."""
    row = {"id": new_id(), "at": at, "actor": actor.id, "org": actor.org, "complaint_id": complaint_id}
    await sets.write(tx, sets.insert(AuditRow, [row]))
