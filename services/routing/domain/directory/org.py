"""An org of the division tree and its offices: the state, and who may edit it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bianmin.domain.actors import Actor
from bianmin.domain.divisions import level_of, parent_of
from bianmin.events.parts import Dept, OrgLevel
from bianmin.kit.refusals import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class OrgOffice:
    """A functional office (办事窗口、科室) of an org, for one line. `phone` is public."""

    dept: Dept
    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Org:
    """A division and its offices, sorted by line.

    Level and parent follow from the code (GB/T 2260, domain rules 5.4).
    """

    code: str
    name: str
    offices: tuple[OrgOffice, ...] = ()
    sequence: int = 0
    version: int = 0

    @property
    def level(self) -> OrgLevel:
        """The level, by the length of the code."""
        return level_of(self.code)

    @property
    def parent(self) -> str | None:
        """The code of the org above, None for a province."""
        return parent_of(self.code)

    def office(self, dept: str) -> OrgOffice | None:
        """The office for this line, or None."""
        return next((office for office in self.offices if office.dept == dept), None)


Tree = Mapping[str, Org]
"""Orgs by code."""


class OrgNotFound(NotFound):
    """There is no such org."""

    slug, title = "org-not-found", "没有这个机构"


class NotYourOrg(Forbidden):
    """The org is not in the actor's subtree, or the line is not the actor's."""

    slug, title = "not-your-org", "不是本单位"


def check_may_edit(actor: Actor, code: str, dept: str | None = None) -> None:
    """Check that the org lies in the actor's subtree and `dept` is the actor's line, if the actor has one.

    Raises `NotYourOrg`.
    """
    if not actor.covers(code) or actor.dept not in (None, dept):
        line = f"的 {actor.dept} 条线" if actor.dept else ""
        raise NotYourOrg(f"只能维护本单位（{actor.org}）及下属机构{line}；请联系该机构的管理员。")
