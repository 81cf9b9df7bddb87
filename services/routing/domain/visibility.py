"""Who may see a route and its tasks, as sets of keys: an actor sees what shares a key with them.

This is `kit.access.sees` in a shape that one index serves, whether few rows are theirs or nearly all.
"""

from bianmin.kit.access import Reach
from bianmin.kit.actors import ROLES, Actor
from bianmin.kit.codes import ancestors

STAFF = sorted(ROLES - {"citizen"})


def seen_by(reach: Reach) -> list[str]:
    """The keys that open a case's route, sorted."""
    keys = set()
    offices = [(holder.org, holder.dept) for holder in reach.holders]
    for org, dept in ((reach.org, reach.dept), (reach.accepting_org, reach.dept), *offices):
        for place in (org, *ancestors(org)):
            keys.add(place)
            if dept is not None:
                keys.add(_line(place, dept))
    return sorted(keys)


def keys_of(actor: Actor) -> list[str]:
    """The keys an actor holds: their subtree, or their line within it. A citizen's cases are known to intake alone."""
    if not actor.may(*STAFF):
        return []
    return [actor.org if actor.dept is None else _line(actor.org, actor.dept)]


def may_see(actor: Actor, reach: Reach) -> bool:
    return not set(keys_of(actor)).isdisjoint(seen_by(reach))


def _line(org: str, dept: str) -> str:
    return f"{org}/{dept}"
