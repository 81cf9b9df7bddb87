"""The actor of a request or command: their roles, and the part of the org tree that is theirs."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal[
    "citizen", "agent", "window", "department", "manager", "supervisor", "investigator", "integrator", "admin"
]
ROLES: frozenset[str] = frozenset(get_args(Role))
STAFF_ROLES: frozenset[str] = ROLES - {"citizen"}
"""The roles of everybody who does not ask for himself, systems included."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member, a citizen or the system, at an org. With `dept` they act for that department only."""

    id: str
    org: str
    roles: frozenset[str] = field(default_factory=frozenset)
    dept: str | None = None

    @property
    def name(self) -> str:
        """Their name in events and records: the id of staff, `citizen` for whoever is a citizen only."""
        return "citizen" if self.roles == {"citizen"} else self.id

    def may(self, *roles: str) -> bool:
        """Whether the actor has one of the roles."""
        return not self.roles.isdisjoint(roles)

    def covers(self, org: str) -> bool:
        """Whether `org` lies in the actor's subtree. Division codes nest by prefix."""
        return self.org != "" and org.startswith(self.org)


def system(region: str) -> Actor:
    """The actor of timers and reactions, at the org that they concern."""
    return Actor(id="system", org=region)
