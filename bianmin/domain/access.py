"""Who may see a case: by the org tree and the department. Pure.

`bianmin/kit/subtree.py` has the same as SQL conditions; complaints have their own rule, in `complaint_access`.
"""

from dataclasses import dataclass
from functools import lru_cache

from bianmin.domain.actors import STAFF_ROLES, Actor
from bianmin.domain.divisions import ancestors


@dataclass(frozen=True, slots=True)
class Holder:
    """The office that holds a step of a case: an org, and the department within it (none at a station)."""

    org: str
    dept: str | None = None

    def __str__(self) -> str:
        return f"{self.org}/{self.dept or ''}"

    @classmethod
    def of(cls, text: str) -> "Holder":
        """Return the holder that `str` wrote as `org/dept`."""
        org, _, dept = text.partition("/")
        return cls(org, dept or None)


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides who may see a case: `org` registered it, `accepting_org` accepts it, `dept` is that of its item."""

    org: str
    accepting_org: str
    dept: str
    holders: tuple[Holder, ...] = ()


def sees(actor: Actor, reach: Reach) -> bool:
    """Return whether an actor may see a case: staff, within their subtree; with a department, only cases of it.

    A center has no department and sees all of them (dual leadership). What a citizen registered is for intake to know.
    """
    if not actor.may(*STAFF_ROLES):
        return False
    at_home = actor.covers(reach.org) or actor.covers(reach.accepting_org)
    if actor.dept is None:
        return at_home or any(actor.covers(holder.org) for holder in reach.holders)
    if at_home and reach.dept == actor.dept:
        return True
    return any(actor.covers(holder.org) and holder.dept == actor.dept for holder in reach.holders)


def seen_by(reach: Reach) -> list[str]:
    """Return the keys to store with a case, sorted: each org above it, as `org` and as `org/dept`.

    An actor sees the case when it has one of the keys in `keys_of`: the rule of `sees`, in a form that one GIN index
    serves, whether an actor may see few rows or nearly all.
    """
    keys = {*_keys(reach.org, reach.dept), *_keys(reach.accepting_org, reach.dept)}
    for holder in reach.holders:
        keys.update(_keys(holder.org, holder.dept))
    return sorted(keys)


def keys_of(actor: Actor) -> list[str]:
    """Return the keys that open cases to an actor: one for their subtree, or for their department within it."""
    if not actor.may(*STAFF_ROLES) or not actor.org:
        return []
    return [actor.org if actor.dept is None else line(actor.org, actor.dept)]


@lru_cache(maxsize=8192)
def _keys(org: str, dept: str | None) -> tuple[str, ...]:
    places = (org, *ancestors(org))
    return places if dept is None else (*places, *(line(place, dept) for place in places))


def line(org: str, dept: str) -> str:
    """Return the key of one department within an org's subtree."""
    return f"{org}/{dept}"
