"""Who may see a clock, as sets of keys: an actor sees what shares a key with them.

For cases this is `kit.access.sees` in a shape that one index serves, whether few rows are theirs or nearly all.
"""

from dataclasses import dataclass

from bianmin.kit.access import Reach
from bianmin.kit.actors import ROLES, Actor
from bianmin.kit.codes import ancestors

STAFF = sorted(ROLES - {"citizen"})
OVERSEERS = ("investigator", "manager", "supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Handling:
    """Where a complaint is: who handles it, and whom it is about, who must never learn of it (信访工作条例 art. 30)."""

    handler_org: str
    accused_org: str


def seen_by(reach: Reach | Handling) -> list[str]:
    """The keys that open a matter, sorted."""
    return sorted(_of_case(reach) if isinstance(reach, Reach) else _of_complaint(reach))


def keys_of(actor: Actor) -> list[str]:
    """The keys an actor holds: their subtree, or their line within it; of complaints only whoever oversees."""
    if not actor.may(*STAFF):
        return []
    if actor.dept is not None:
        return [_line(actor.org, actor.dept)]
    return [actor.org, _complaints(actor.org)] if actor.may(*OVERSEERS) else [actor.org]


def _of_case(reach: Reach) -> set[str]:
    keys = set()
    for org, dept in ((reach.org, reach.dept), (reach.accepting_org, reach.dept), *_offices(reach)):
        for place in (org, *ancestors(org)):
            keys.add(place)
            if dept is not None:
                keys.add(_line(place, dept))
    return keys


def _offices(reach: Reach) -> list[tuple[str, str | None]]:
    return [(holder.org, holder.dept) for holder in reach.holders]


def _of_complaint(handling: Handling) -> set[str]:
    """Those above the accused. Where nobody is above, and the accused handle it themselves, they have to see it."""
    own_judge = handling.handler_org == handling.accused_org
    above = (handling.handler_org, *ancestors(handling.handler_org))
    return {_complaints(place) for place in above if own_judge or not place.startswith(handling.accused_org)}


def _line(org: str, dept: str) -> str:
    return f"{org}/{dept}"


def _complaints(org: str) -> str:
    return f"complaints:{org}"
