"""Facts about an org, and the org after each of them."""

from dataclasses import dataclass, replace
from typing import assert_never

from bianmin.events.routing import OfficeOf, OrgChanged
from services.routing.domain.directory.org import Org, OrgOffice


@dataclass(frozen=True, slots=True)
class OrgNamed:
    """The org has this name now; a new org starts with it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OfficeOpened:
    """The org has one office more."""

    office: OrgOffice


OrgFact = OrgNamed | OfficeOpened | OrgChanged


def evolve(org: Org | None, fact: OrgFact) -> Org:
    """The org after a fact."""
    if isinstance(fact, OrgNamed):
        if org is None:
            return Org(fact.code, fact.name, version=1)
        return replace(org, name=fact.name, version=org.version + 1)
    assert org is not None
    match fact:
        case OfficeOpened(office):
            offices = sorted((*org.offices, office), key=lambda each: each.dept)
            return replace(org, offices=tuple(offices), version=org.version + 1)
        case OrgChanged():
            return org  # the fact before it changed the org
    assert_never(fact)


def org_changed(org: Org) -> OrgChanged:
    """The event that announces an org as it is now."""
    return OrgChanged(
        code=org.code,
        name=org.name,
        level=org.level,
        parent=org.parent,
        offices=tuple(OfficeOf(dept=office.dept, name=office.name) for office in org.offices),
    )
