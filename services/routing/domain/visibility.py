"""Who may see a route and its tasks, as sets of keys: an actor sees what shares a key with them.

This is `kit.access.sees` in a shape that one index serves, whether few rows are theirs or nearly all.
"""

from functools import lru_cache

from bianmin.kit.access import Reach
from bianmin.kit.actors import ROLES, Actor
from bianmin.kit.codes import ancestors

STAFF = sorted(ROLES - {"citizen"})


def seen_by(reach: Reach) -> list[str]:
    """The keys that open a case's route, sorted."""
    keys = {*_opening(reach.org, reach.dept), *_opening(reach.accepting_org, reach.dept)}
    for holder in reach.holders:
        keys.update(_opening(holder.org, holder.dept))
    return sorted(keys)


@lru_cache(maxsize=4096)
def _opening(org: str, dept: str | None) -> tuple[str, ...]:
    """The keys of those above an office, of the whole house and of its line."""
    places = (org, *ancestors(org))
    return places if dept is None else (*places, *(_line(place, dept) for place in places))


def keys_of(actor: Actor) -> list[str]:
    """The keys an actor holds: their subtree, or their line within it. A citizen's cases are known to intake alone."""
    if not actor.may(*STAFF):
        return []
    return [actor.org if actor.dept is None else _line(actor.org, actor.dept)]


def may_see(actor: Actor, reach: Reach) -> bool:
    return not set(keys_of(actor)).isdisjoint(seen_by(reach))


def _line(org: str, dept: str) -> str:
    return f"{org}/{dept}"
