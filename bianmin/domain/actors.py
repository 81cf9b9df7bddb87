"""Who acts, and which part of the org tree is theirs. Pure: rules ask it, tokens make it."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal[
    "citizen", "agent", "window", "department", "manager", "supervisor", "investigator", "integrator", "admin"
]
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member (or citizen, or the system) at an org; with `dept` of one line only."""

    id: str
    org: str
    roles: frozenset[str] = field(default_factory=frozenset)
    dept: str | None = None

    @property
    def name(self) -> str:
        """What events and records call them: staff by their id, whoever is a citizen and nothing else only as such."""
        return "citizen" if self.roles == {"citizen"} else self.id

    def may(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def covers(self, org: str) -> bool:
        """Whether `org` lies in the subtree that is theirs. Division codes nest by prefix."""
        return self.org != "" and org.startswith(self.org)


def system(region: str) -> Actor:
    """The house itself, where nobody acts: timers and reactions, at the org they concern."""
    return Actor(id="system", org=region)
