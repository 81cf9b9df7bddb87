"""The staff who worked on each case: they are recused from a complaint about it."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from bianmin.kit.db import Tx, rows, run

_ADD = """
WITH new AS (
    INSERT INTO party (case_id, staff) SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING
    RETURNING case_id
)
SELECT DISTINCT c.id, c.handler_org, c.case_id FROM complaint c JOIN new USING (case_id)
"""
_OF_CASES = "SELECT case_id, array_agg(staff) FROM party WHERE case_id = ANY($1::uuid[]) GROUP BY case_id"


class AffectedComplaint(NamedTuple):
    """A complaint from which somebody else is recused from now on."""

    id: UUID
    handler_org: str
    case_id: UUID


async def add_case_staff(tx: Tx, pairs: Collection[tuple[UUID, str]]) -> list[AffectedComplaint]:
    """Record who worked on which case (case id, staff id). Returns the complaints about cases with new staff."""
    new = sorted(set(pairs))
    if not new:
        return []
    found = await rows(tx, _ADD, [case_id for case_id, _ in new], [staff for _, staff in new])
    return [AffectedComplaint(*row) for row in found]


async def lock_parties(tx: Tx) -> None:
    """Let nobody else record case staff or members until the commit.

    Else a complaint that is being stored and a person that is being recorded would not find each other.
    """
    # in the order in which events write them
    await run(tx, "LOCK TABLE staff, party IN SHARE MODE")


async def staff_of_cases(tx: Tx, case_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the ids of the staff who worked on each of these cases; a case that nobody worked on is left out."""
    if not case_ids:
        return {}
    found = await rows(tx, _OF_CASES, list(case_ids))
    return {case_id: frozenset(staff) for case_id, staff in found}
