"""The org tree: divisions as desks, and the functional offices at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bianmin.domain.actors import Actor
from bianmin.domain.codes import level_of, parent_of
from bianmin.events.parts import Dept, OrgLevel
from bianmin.events.routing import OfficeOf, OrgChanged
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, Forbidden, NotFound

WITHOUT_OFFICES: frozenset[OrgLevel] = frozenset({"village", "point"})
"""A station is its own office: its window and manager decide what is left to it."""


@dataclass(frozen=True, slots=True)
class Office:
    """A functional office (办事窗口、科室) of an org, for one line. `phone` is public."""

    dept: Dept
    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Org:
    """A division and what it has at its desks. Level and parent follow from the code (GB/T 2260, domain rules 5.4)."""

    code: str
    name: str
    offices: tuple[Office, ...] = ()
    sequence: int = 0
    version: int = 0

    @property
    def level(self) -> OrgLevel:
        return level_of(self.code).value

    @property
    def parent(self) -> str | None:
        return parent_of(self.code)

    def office(self, dept: str) -> Office | None:
        return next((office for office in self.offices if office.dept == dept), None)


Tree = Mapping[str, Org]
"""Orgs by code."""


@dataclass(frozen=True, slots=True)
class PlaceOrg:
    """An org is there and has this name. What is so already is left as it is."""

    code: str
    name: str
    by: Cause


@dataclass(frozen=True, slots=True)
class EditOrg:
    """`PlaceOrg` by hand. `level`: what the writer takes it for. `seen`: the version (ETag) they saw, None when new."""

    code: str
    level: OrgLevel | None
    name: str
    seen: int | None
    by: Cause


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """An org sets up an office."""

    code: str
    office: Office
    by: Cause


OrgCommand = PlaceOrg | EditOrg | OpenOffice


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class OfficeOpened:
    office: Office


class OrgNotFound(NotFound):
    slug, title = "org-not-found", "没有这个机构"


class OrgChangedMeanwhile(Conflict):
    slug, title = "org-changed-meanwhile", "机构已被他人修改"


class OfficeExists(Conflict):
    slug, title = "office-exists", "办理单位已设立"


class NoOfficesHere(Conflict):
    slug, title = "no-offices-here", "本级不设办理单位"


class NotYourOrg(Forbidden):
    slug, title = "not-your-org", "不是本单位"


def check_theirs(actor: Actor, code: str, dept: str | None = None) -> None:
    """The directory is kept by whoever an org belongs to; a department keeps its own line only."""
    if not actor.covers(code) or actor.dept not in (None, dept):
        line = f"的 {actor.dept} 条线" if actor.dept else ""
        raise NotYourOrg(f"只能维护本单位（{actor.org}）及下属机构{line}；请联系该机构的管理员。")


def decide(org: Org | None, command: OrgCommand) -> Sequence[object]:
    """The facts a command makes of an org."""
    match command:
        case PlaceOrg():
            return _named(org, command.code, command.name)
        case EditOrg():
            if (org.version if org else None) != command.seen:
                raise OrgChangedMeanwhile("机构刚被他人修改；请重新读取，核对后再提交。")
            return _named(org, command.code, command.name)
        case OpenOffice():
            return _opened(org, command)
    assert_never(command)


def _named(org: Org | None, code: str, name: str) -> Sequence[object]:
    if org is not None and org.name == name:
        return []
    named = Named(code, name)
    return [named, told(evolve(org, named))]


def _opened(org: Org | None, command: OpenOffice) -> Sequence[object]:
    check_theirs(command.by.actor, command.code, command.office.dept)
    if org is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    if org.level in WITHOUT_OFFICES:
        raise NoOfficesHere("村站和服务点自身就是办理单位，不再设部门；请在乡镇中心或以上设立。")
    if org.office(command.office.dept) is not None:
        raise OfficeExists(f"{org.name}已设立“{command.office.dept}”办理单位，不必重复设立。")
    opened = OfficeOpened(command.office)
    return [opened, told(evolve(org, opened))]


def told(org: Org) -> OrgChanged:
    """What the other services are to know of an org."""
    return OrgChanged(
        code=org.code,
        name=org.name,
        level=org.level,
        parent=org.parent,
        offices=tuple(OfficeOf(dept=office.dept, name=office.name) for office in org.offices),
    )


def evolve(org: Org | None, fact: Any) -> Org:
    """The org after a fact."""
    match fact:
        case Named(code, name):
            return Org(code, name, version=1) if org is None else replace(org, name=name, version=org.version + 1)
        case OfficeOpened(office) if org is not None:
            offices = sorted((*org.offices, office), key=lambda each: each.dept)
            return replace(org, offices=tuple(offices), version=org.version + 1)
        case OrgChanged() if org is not None:
            return org  # tells what the fact before it did
    raise AssertionError(f"unknown fact {type(fact).__name__}")
