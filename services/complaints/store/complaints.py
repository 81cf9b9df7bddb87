"""Complaints and what is known around them: load many, save many."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, select

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from services.complaints.domain.complaint import Complaint, Papers
from services.complaints.store.tables import ComplaintRow, OrgRow, complaints, parties

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
        parties=frozenset(row["parties"]),
        status=row["status"],
        accepted_on=row["accepted_on"],
        investigator=row["investigator"],
        outcome=row["outcome"],
        concluded_on=row["concluded_on"],
        replied_on=row["replied_on"],
        sequence=row["sequence"],
        version=row["version"],
    )


async def save_complaints(
    tx: Tx,
    new: Sequence[tuple[Complaint, Papers]],
    changed: Sequence[Complaint],
    written: Sequence[Mapping[str, Any]],
) -> None:
    """Everything a batch decided. `written`: {id, document, reply} of complaints whose papers grew."""
    await sets.write(
        tx,
        sets.insert(ComplaintRow, [_born(complaint, papers) for complaint, papers in new]),
        sets.update(ComplaintRow, [_moved(complaint) for complaint in changed], also="changed_at = now()"),
    )
    for name in ("document", "reply"):
        papers_of = [{"id": row["id"], name: row[name]} for row in written if name in row]
        await sets.write(tx, sets.update(ComplaintRow, papers_of))


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
        "handler_org": complaint.handler_org,
        "lodged_on": complaint.lodged_on,
        "text": papers.text,
        "complainant": papers.complainant,
        "follow": papers.follow,
    }


def _moved(complaint: Complaint) -> dict[str, Any]:
    return {
        "id": complaint.id,
        "status": complaint.status,
        "accepted_on": complaint.accepted_on,
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
