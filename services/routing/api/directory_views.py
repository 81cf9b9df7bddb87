"""What routing shows of its directory: orgs, their offices, their staff."""

from typing import Any, Self

from bianmin.events.parts import Dept, OrgLevel
from bianmin.kit.bodies import View
from services.routing.domain.divisions import Imported
from services.routing.domain.orgs import Office, Org
from services.routing.domain.staff import StaffMember, StaffRole


class ImportedOrgsView(View):
    """How many orgs an import created, changed, and found as they should be."""

    created: int
    changed: int
    unchanged: int

    @classmethod
    def of(cls, done: Imported) -> Self:
        return cls(created=done.created, changed=done.changed, unchanged=done.unchanged)


class OfficeView(View):
    dept: Dept
    name: str
    phone: str | None

    @classmethod
    def of(cls, office: Office) -> Self:
        return cls(dept=office.dept, name=office.name, phone=office.phone)


class OrgHead(View):
    """An org in a list."""

    code: str
    level: OrgLevel
    name: str
    parent: str | None

    @classmethod
    def of(cls, org: Org) -> Self:
        return cls(**_head(org))


class OrgView(OrgHead):
    offices: list[OfficeView]

    @classmethod
    def of(cls, org: Org) -> Self:
        return cls(**_head(org), offices=[OfficeView.of(office) for office in org.offices])


def _head(org: Org) -> dict[str, Any]:
    return {"code": org.code, "level": org.level, "name": org.name, "parent": org.parent}


class StaffView(View):
    id: str
    org: str
    dept: Dept | None
    name: str
    roles: list[StaffRole]
    phone: str | None

    @classmethod
    def of(cls, member: StaffMember) -> Self:
        return cls(
            id=member.id,
            org=member.org,
            dept=member.dept,
            name=member.name,
            roles=list(member.roles),
            phone=member.phone,
        )
