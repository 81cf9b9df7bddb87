"""Orgs, their offices and their staff: load many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.codec import Codec
from bianmin.kit.db import Tx, rows
from services.routing.domain.directory.org import Org, OrgOffice
from services.routing.domain.directory.staff import StaffMember
from services.routing.store.tables import OfficeRow, OrgRow, StaffRow, offices, orgs, staff

org_codec = Codec(OrgRow, Org)
office_codec = Codec(OfficeRow, OrgOffice, unmapped=("org",))
staff_codec = Codec(StaffRow, StaffMember)

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('bianmin routing directory'))"
_ORGS = sets.Load(
    select(orgs).where(orgs.c.code == any_(sets.named("codes", orgs.c.code))).order_by(orgs.c.code).with_for_update()
)
_OFFICES = sets.Load(
    select(offices)
    .where(offices.c.org == any_(sets.named("codes", offices.c.org)))
    .order_by(offices.c.org, offices.c.dept)
)
_STAFF_IDS = sets.Load(select(staff.c.id).where(staff.c.id == any_(sets.named("ids", staff.c.id))))


async def lock(tx: Tx) -> None:
    """Lock the whole directory until the commit: an org that does not exist yet has no row that could be locked."""
    await rows(tx, _LOCK)


async def load_orgs(tx: Tx, codes: Iterable[str]) -> dict[str, Org]:
    """The existing orgs of these codes with their offices, by code, locked in the order of their codes."""
    found = await _ORGS(tx, codes=set(codes))
    offices_of: dict[str, list[OrgOffice]] = defaultdict(list)
    for row in await _OFFICES(tx, codes=[row["code"] for row in found]) if found else ():
        offices_of[row["org"]].append(office_codec.load(row))
    return {row["code"]: org_codec.load(row, offices=tuple(offices_of[row["code"]])) for row in found}


async def save_orgs(tx: Tx, before: Mapping[str, Org], changed: Mapping[str, Org]) -> None:
    """Write the changed orgs and their new offices in one statement. `before`: the orgs as they were loaded."""
    await sets.write(
        tx,
        sets.insert(OrgRow, [org_codec.row(org) for code, org in changed.items() if code not in before]),
        sets.insert(OfficeRow, [row for org in changed.values() for row in _new_offices(before.get(org.code), org)]),
        sets.update(OrgRow, [org_codec.row(org) for code, org in changed.items() if code in before], by=("code",)),
    )


def _new_offices(before: Org | None, org: Org) -> Iterable[dict[str, Any]]:
    for office in org.offices:
        if before is None or before.office(office.dept) is None:
            yield {"org": org.code, **office_codec.row(office)}


async def existing_staff_ids(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Those of these staff ids that somebody has already."""
    return {row["id"] for row in await _STAFF_IDS(tx, ids=ids)}


async def save_staff(tx: Tx, members: Sequence[StaffMember]) -> None:
    """Write new members of staff in one statement."""
    await sets.write(tx, sets.insert(StaffRow, [staff_codec.row(member) for member in members]))
