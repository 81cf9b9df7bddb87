"""Orgs, their offices and their staff: load many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bianmin.kit import sets
from bianmin.kit.db import Tx, rows
from services.routing.domain.orgs import Office, Org
from services.routing.domain.staff import StaffMember
from services.routing.store.tables import OfficeRow, OrgRow, StaffRow, offices, orgs, staff

_CLAIM = "SELECT pg_advisory_xact_lock(hashtext('bianmin routing directory'))"


async def claim(tx: Tx) -> None:
    """Have the directory alone until the commit: an org that is not there yet has no row that could be locked."""
    await rows(tx, _CLAIM)


async def load_orgs(tx: Tx, codes: Iterable[str]) -> dict[str, Org]:
    """The orgs with their offices, locked in the order of their codes."""
    locked = select(orgs).where(sets.one_of(orgs.c.code, set(codes))).order_by(orgs.c.code).with_for_update()
    found = (await tx.execute(locked)).all()
    theirs = await _offices_of(tx, [row.code for row in found])
    return {row.code: Org(row.code, row.name, tuple(theirs[row.code]), row.sequence, row.version) for row in found}


async def _offices_of(tx: Tx, codes: Sequence[str]) -> Mapping[str, list[Office]]:
    of_org: dict[str, list[Office]] = defaultdict(list)
    if codes:
        query = select(offices).where(sets.one_of(offices.c.org, codes)).order_by(offices.c.org, offices.c.dept)
        for row in await tx.execute(query):
            of_org[row.org].append(Office(row.dept, row.name, row.phone))
    return of_org


async def save_orgs(tx: Tx, before: Mapping[str, Org], changed: Mapping[str, Org]) -> None:
    """Orgs and their new offices, in one statement. `before`: the orgs as they were loaded."""
    await sets.write(
        tx,
        sets.insert(OrgRow, [_org_row(org) for code, org in changed.items() if code not in before]),
        sets.insert(OfficeRow, [row for org in changed.values() for row in _new_offices(before.get(org.code), org)]),
        sets.update(OrgRow, [_org_row(org) for code, org in changed.items() if code in before], by=("code",)),
    )


def _org_row(org: Org) -> dict[str, Any]:
    return {
        "code": org.code,
        "name": org.name,
        "level": org.level,
        "parent": org.parent,
        "sequence": org.sequence,
        "version": org.version,
    }


def _new_offices(before: Org | None, org: Org) -> Iterable[dict[str, Any]]:
    for office in org.offices:
        if before is None or before.office(office.dept) is None:
            yield {"org": org.code, "dept": office.dept, "name": office.name, "phone": office.phone}


async def taken_ids(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Which of these staff ids somebody has."""
    return set((await tx.execute(select(staff.c.id).where(sets.one_of(staff.c.id, ids)))).scalars())


async def save_staff(tx: Tx, members: Sequence[StaffMember]) -> None:
    await sets.write(tx, sets.insert(StaffRow, [_staff_row(member) for member in members]))


def _staff_row(member: StaffMember) -> dict[str, Any]:
    return {
        "id": member.id,
        "org": member.org,
        "dept": member.dept,
        "name": member.name,
        "roles": list(member.roles),
        "phone": member.phone,
        "version": member.version,
    }


def member_of(row: Any) -> StaffMember:
    return StaffMember(row.id, row.org, row.name, tuple(row.roles), row.dept, row.phone, row.version)
