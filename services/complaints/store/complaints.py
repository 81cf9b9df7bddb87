"""Complaints and what is known around them: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, select

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from services.complaints.domain.complaint import Complaint, Papers
from services.complaints.store.tables import ComplaintRow, OrgRow, PaperRow, complaints, parties

_PARTIES = (
    select(func.coalesce(func.jsonb_agg(parties.c.staff), func.jsonb_build_array()))
    .where(parties.c.case_id == complaints.c.case_id)
    .scalar_subquery()
    .label("parties")
)
COMPLAINTS = select(complaints, _PARTIES)
"""Complaints with those who handled the underlying case: what `complaint_of` reads."""


_KEEP_PARTIES = """
WITH new AS (
    INSERT INTO party (case_id, staff) SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING
    RETURNING case_id
)
SELECT DISTINCT c.id, c.handler_org, c.case_id FROM complaint c JOIN new USING (case_id)
"""
_LOCKED = sets.Load(
    COMPLAINTS.where(complaints.c.id == any_(sets.named("ids", complaints.c.id)))
    .order_by(complaints.c.id)
    .with_for_update(of=complaints)
)


async def load_complaints(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Complaint]:
    """The complaints, locked in the order of their ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row["id"]: complaint_of(row) for row in await _LOCKED(tx, ids=wanted)}


def complaint_of(row: sets.Row) -> Complaint:
    return Complaint(
        id=row["id"],
        complaint_no=row["complaint_no"],
        kind=row["kind"],
        channel=row["channel"],
        anonymous=row["anonymous"],
        accused_org=row["accused_org"],
        accused_staff=row["accused_staff"],
        case_id=row["case_id"],
        handler_org=row["handler_org"],
        lodged_on=row["lodged_on"],
        case_staff=frozenset(row["parties"]),
        status=row["status"],
        accepted_on=row["accepted_on"],
        escalated_on=row["escalated_on"],
        investigator=row["investigator"],
        outcome=row["outcome"],
        concluded_on=row["concluded_on"],
        replied_on=row["replied_on"],
        refused_on=row["refused_on"],
        level=row["level"],
        objected=row["objected"],
        extended_by=row["extended_by"],
        past_investigators=tuple(row["past_investigators"]),
        ends={stage: datetime.fromisoformat(end) for stage, end in row["ends"].items()},
        sequence=row["sequence"],
        version=row["version"],
    )


async def save_complaints(tx: Tx, new: Sequence[tuple[Complaint, Papers]], changed: Sequence[Complaint]) -> None:
    """Everything a batch decided."""
    await sets.write(
        tx,
        sets.insert(ComplaintRow, [_born(complaint, papers) for complaint, papers in new]),
        sets.update(ComplaintRow, [_moved(complaint) for complaint in changed], also="changed_at = now()"),
    )
    await sets.write(tx, sets.insert(PaperRow, [paper for complaint in changed for paper in _papers(complaint)]))


def _papers(complaint: Complaint) -> list[dict[str, Any]]:
    """Numbered by the version of the complaint, which counts every fact of it."""
    first = complaint.version - len(complaint.written)
    return [
        {
            "complaint_id": complaint.id,
            "number": number,
            "kind": paper.kind,
            "level": paper.level,
            "written_on": paper.on,
            "written_by": paper.by,
            "content": paper.content,
        }
        for number, paper in enumerate(complaint.written, first + 1)
    ]


def _born(complaint: Complaint, papers: Papers) -> dict[str, Any]:
    return {
        **_moved(complaint),
        "complaint_no": complaint.complaint_no,
        "kind": complaint.kind,
        "channel": complaint.channel,
        "anonymous": complaint.anonymous,
        "accused_org": complaint.accused_org,
        "accused_staff": complaint.accused_staff,
        "case_id": complaint.case_id,
        "lodged_on": complaint.lodged_on,
        "text": papers.text,
        "complainant": papers.complainant,
        "follow": papers.follow,
    }


def _moved(complaint: Complaint) -> dict[str, Any]:
    return {
        "id": complaint.id,
        "handler_org": complaint.handler_org,
        "level": complaint.level,
        "objected": complaint.objected,
        "extended_by": complaint.extended_by,
        "past_investigators": list(complaint.past_investigators),
        "ends": {stage: end.isoformat() for stage, end in complaint.ends.items()},
        "refused_on": complaint.refused_on,
        "status": complaint.status,
        "accepted_on": complaint.accepted_on,
        "escalated_on": complaint.escalated_on,
        "investigator": complaint.investigator,
        "outcome": complaint.outcome,
        "concluded_on": complaint.concluded_on,
        "replied_on": complaint.replied_on,
        "sequence": complaint.sequence,
        "version": complaint.version,
    }


async def known_orgs(tx: Tx, codes: Iterable[str]) -> frozenset[str]:
    found = await rows(tx, "SELECT code FROM org WHERE code = ANY($1::text[])", sorted(set(codes)))
    return frozenset(code for (code,) in found)


async def keep_orgs(tx: Tx, orgs: Mapping[str, str]) -> None:
    """Orgs by code, with their names."""
    known = [{"code": code, "name": name} for code, name in sorted(orgs.items())]
    await sets.write(tx, sets.insert(OrgRow, known, "ON CONFLICT (code) DO UPDATE SET name = excluded.name"))


async def keep_parties(tx: Tx, pairs: Iterable[tuple[UUID, str]]) -> list[tuple[UUID, str, UUID]]:
    """Who handled which case. Returns the complaints (id, handling org, case) that somebody new is to be kept from."""
    known = sorted(set(pairs))
    if not known:
        return []
    return [(*row,) for row in await rows(tx, _KEEP_PARTIES, [case for case, _ in known], [who for _, who in known])]


async def parties_of(tx: Tx, case_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Who has had a hand in which of these cases."""
    query = "SELECT case_id, array_agg(staff) FROM party WHERE case_id = ANY($1::uuid[]) GROUP BY case_id"
    found = await rows(tx, query, list(case_ids))
    return {case_id: frozenset(staff) for case_id, staff in found}
