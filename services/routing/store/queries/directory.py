"""Reads of the directory: one org, pages of orgs and of staff."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from bianmin.kit.db import Tx
from bianmin.kit.name_search import name_contains
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import under
from services.routing.domain.directory.org import Org, OrgOffice
from services.routing.domain.directory.staff import StaffMember
from services.routing.store.directory import org_codec, staff_codec
from services.routing.store.tables import offices, orgs, staff

_ORGS_BY_CODE = Keyset([orgs.c.code], [str])
_STAFF_BY_ID = Keyset([staff.c.id], [str])


async def read_org(tx: Tx, code: str) -> Org | None:
    """An org with its offices, or None."""
    query = (
        select(orgs, offices.c.dept, offices.c.name.label("office"), offices.c.phone)
        .outerjoin(offices, offices.c.org == orgs.c.code)
        .where(orgs.c.code == code)
        .order_by(offices.c.dept)
    )
    found = (await tx.execute(query)).mappings().all()
    if not found:
        return None
    its_offices = tuple(OrgOffice(row["dept"], row["office"], row["phone"]) for row in found if row["dept"] is not None)
    return org_codec.load(found[0], offices=its_offices)


async def version_of_org(tx: Tx, code: str) -> int | None:
    """The version (ETag) of an org, or None where there is no such org."""
    return (await tx.execute(select(orgs.c.version).where(orgs.c.code == code))).scalar()


@dataclass(frozen=True, slots=True)
class OrgFilter:
    """Filters of a list of orgs: direct children of `parent`, the subtree of `org`, names that contain `q`."""

    parent: str | None
    org: str | None
    q: str | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL conditions."""
        conditions: list[ColumnElement[bool]] = []
        if self.parent is not None:
            conditions.append(orgs.c.parent == self.parent)
        if self.org is not None:
            conditions.append(under(orgs.c.code, self.org))
        if self.q is not None:
            conditions.append(name_contains(orgs.c.name, self.q))
        return conditions


async def list_orgs(
    tx: Tx, filters: OrgFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[Org], str | None]:
    """A page of orgs in the order of their codes, without offices, and the cursor of the next page."""
    bound = [filters.parent, filters.org, filters.q]
    query = select(orgs).where(*filters.conditions())
    found, following = await read_page(tx, query, _ORGS_BY_CODE, bound, cursors, cursor, limit)
    return [org_codec.load(row) for row in found], following


async def list_staff(
    tx: Tx, code: str, dept: str | None, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[StaffMember], str | None]:
    """A page of the staff of an org in the order of their ids, of one line where `dept` is given."""
    query = select(staff).where(staff.c.org == code)
    if dept is not None:
        query = query.where(staff.c.dept == dept)
    found, following = await read_page(tx, query, _STAFF_BY_ID, [code, dept], cursors, cursor, limit)
    return [staff_codec.load(row) for row in found], following


async def staff_of(tx: Tx, org: str) -> list[StaffMember]:
    """All staff of an org in the order of their ids."""
    found = await tx.execute(select(staff).where(staff.c.org == org).order_by(staff.c.id))
    return [staff_codec.load(row) for row in found.mappings()]


async def read_staff(tx: Tx, id: str) -> StaffMember | None:
    """The member of staff of this id, or None."""
    row = (await tx.execute(select(staff).where(staff.c.id == id))).mappings().first()
    return None if row is None else staff_codec.load(row)
