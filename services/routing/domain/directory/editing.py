"""Edit one org: create it, name it, open an office."""

from collections.abc import Sequence
from dataclasses import dataclass

from bianmin.domain.divisions import has_offices
from bianmin.events.parts import OrgLevel
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.directory.facts import OfficeOpened, OrgFact, OrgNamed, evolve, org_changed
from services.routing.domain.directory.org import Org, OrgNotFound, OrgOffice, check_may_edit


@dataclass(frozen=True, slots=True)
class PutOrg:
    """Create the org with this name, or rename it. An org that has the name already is left unchanged."""

    code: str
    name: str
    by: Cause


@dataclass(frozen=True, slots=True)
class EditOrg:
    """Create or rename one org by hand.

    `level` is the level that the writer believes it has. `expected_version` is the version (ETag) that the writer has
    read, None for a new org.
    """

    code: str
    level: OrgLevel | None
    name: str
    expected_version: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """Open an office at an org."""

    code: str
    office: OrgOffice
    by: Cause


class OrgChangedMeanwhile(Conflict):
    """The org has another version than the one the writer has read."""

    slug, title = "org-changed-meanwhile", "机构已被他人修改"


class OfficeExists(Conflict):
    """The org has an office for the line already."""

    slug, title = "office-exists", "办理单位已设立"


class NoOfficesHere(Conflict):
    """Orgs of this level have no offices."""

    slug, title = "no-offices-here", "本级不设办理单位"


def put_org(org: Org | None, command: PutOrg | EditOrg) -> Sequence[OrgFact]:
    """Create or rename an org; nothing when it has the name already."""
    if org is not None and org.name == command.name:
        return []
    named = OrgNamed(command.code, command.name)
    return [named, org_changed(evolve(org, named))]


def edit_org(org: Org | None, command: EditOrg) -> Sequence[OrgFact]:
    """Create or rename an org by hand. Raises `OrgChangedMeanwhile`."""
    if (org.version if org else None) != command.expected_version:
        raise OrgChangedMeanwhile("机构刚被他人修改；请重新读取，核对后再提交。")
    return put_org(org, command)


def open_office(org: Org | None, command: OpenOffice) -> Sequence[OrgFact]:
    """Open an office at a township or above. Raises `NotYourOrg`, `OrgNotFound`, `NoOfficesHere` or `OfficeExists`."""
    check_may_edit(command.by.actor, command.code, command.office.dept)
    if org is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    if not has_offices(org.code):
        raise NoOfficesHere("村站和服务点自身就是办理单位，不再设部门；请在乡镇中心或以上设立。")
    if org.office(command.office.dept) is not None:
        raise OfficeExists(f"{org.name}已设立“{command.office.dept}”办理单位，不必重复设立。")
    opened = OfficeOpened(command.office)
    return [opened, org_changed(evolve(org, opened))]
