"""The staff that routing announced, and the complaints about them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import NamedTuple
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from services.complaints.store.tables import DirectoryRow

_MEMBERS = "SELECT id, org, roles, dept FROM staff WHERE id = ANY($1::text[])"
_ACCUSED = "SELECT id, accused_staff, handler_org FROM complaint WHERE accused_staff = ANY($1::text[])"


class ComplaintAboutMember(NamedTuple):
    """A complaint about a member of staff."""

    id: UUID
    staff_id: str
    handler_org: str


async def save_members(tx: Tx, members: Iterable[Actor]) -> None:
    """Insert or update members of staff."""
    new = {member.id: {**asdict(member), "roles": sorted(member.roles)} for member in members}
    await sets.write(
        tx,
        sets.insert(
            DirectoryRow,
            [new[id] for id in sorted(new)],
            "ON CONFLICT (id) DO UPDATE SET org = excluded.org, dept = excluded.dept, roles = excluded.roles",
        ),
    )


async def members_by_id(tx: Tx, ids: Collection[str]) -> dict[str, Actor]:
    """Return the members of staff of these ids, as the directory knows them."""
    if not ids:
        return {}
    found = await rows(tx, _MEMBERS, sorted(ids))
    return {id: Actor(id, org, frozenset(roles), dept) for id, org, roles, dept in found}


async def complaints_about(tx: Tx, staff_ids: Collection[str]) -> list[ComplaintAboutMember]:
    """Return the complaints that accuse one of these members of staff."""
    if not staff_ids:
        return []
    return [ComplaintAboutMember(*row) for row in await rows(tx, _ACCUSED, sorted(staff_ids))]
