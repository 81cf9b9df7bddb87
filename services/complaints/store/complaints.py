"""Loading and saving complaints."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import any_, func, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx
from services.complaints.domain.complaint import Complaint, Paper
from services.complaints.store.tables import ComplaintRow, PaperRow, case_staff, complaints

_CASE_STAFF = (
    select(func.coalesce(func.jsonb_agg(case_staff.c.staff), func.jsonb_build_array()))
    .where(case_staff.c.case_id == complaints.c.case_id)
    .scalar_subquery()
    .label("case_staff")
)
COMPLAINTS = select(complaints, _CASE_STAFF)
"""Complaints with the staff of their cases, in the shape that `COMPLAINT` loads."""

COMPLAINT = Codec(
    ComplaintRow,
    Complaint,
    paths={
        "text": "submission.text",
        "complainant": "submission.complainant",
        "follow": "submission.follow_digest",
    },
    unmapped=("changed_at",),
)
PAPER = Codec(PaperRow, Paper, unmapped=("complaint_id", "number"))

_NEVER_CHANGED = frozenset(
    {
        "complaint_no",
        "kind",
        "channel",
        "anonymous",
        "accused_org",
        "accused_staff",
        "case_id",
        "lodged_on",
        "text",
        "complainant",
        "follow",
    }
)
_BY_ID = COMPLAINTS.where(complaints.c.id == any_(sets.named("ids", complaints.c.id))).order_by(complaints.c.id)
_READ = sets.Load(_BY_ID)
_LOCKED = sets.Load(_BY_ID.with_for_update(of=complaints))


async def load_complaints(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Complaint]:
    """Return the complaints by id, their rows locked in the order of the ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row["id"]: COMPLAINT.load(row) for row in await _LOCKED(tx, ids=wanted)}


async def read_complaints(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Complaint]:
    """Return the complaints by id, without a lock."""
    wanted = set(ids)
    return {row["id"]: COMPLAINT.load(row) for row in await _READ(tx, ids=wanted)} if wanted else {}


async def save_complaints(tx: Tx, changed: Collection[Complaint]) -> None:
    """Insert the complaints that have a submission, update the others, and insert the new papers of all."""
    new = [COMPLAINT.row(complaint) for complaint in changed if complaint.submission is not None]
    old = [COMPLAINT.row(complaint, without=_NEVER_CHANGED) for complaint in changed if complaint.submission is None]
    await sets.write(
        tx,
        sets.insert(ComplaintRow, new),
        sets.update(ComplaintRow, old, also="changed_at = now()"),
    )
    await sets.write(tx, sets.insert(PaperRow, [row for complaint in changed for row in _paper_rows(complaint)]))


def _paper_rows(complaint: Complaint) -> list[dict[str, object]]:
    """Return the rows of the new papers, numbered by the version of the complaint, which counts every fact of it."""
    first = complaint.version - len(complaint.new_papers) + 1
    return [
        {"complaint_id": complaint.id, "number": number, **PAPER.row(paper)}
        for number, paper in enumerate(complaint.new_papers, first)
    ]
