"""Who may see a matter: the org tree and the department line. Pure; `subtree` asks the same of a database."""

from dataclasses import dataclass
from functools import lru_cache

from bianmin.domain.actors import ROLES, Actor
from bianmin.domain.codes import ancestors

_STAFF = sorted(ROLES - {"citizen"})


@dataclass(frozen=True, slots=True)
class Holder:
    """An office that holds a step: an org, and the department line within it (none at a station)."""

    org: str
    dept: str | None = None

    def __str__(self) -> str:
        return f"{self.org}/{self.dept or ''}"

    @classmethod
    def of(cls, text: str) -> "Holder":
        org, _, dept = text.partition("/")
        return cls(org, dept or None)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a matter is: what decides who may see it. `org` registered it, `accepting_org` accepts it."""

    org: str
    accepting_org: str
    dept: str
    holders: tuple[Holder, ...] = ()


def sees(actor: Actor, reach: Reach) -> bool:
    """Their subtree; with a department, of its own line only (dual leadership: the center sees all lines).

    What a citizen registered himself is known to intake alone.
    """
    if not actor.may(*_STAFF):
        return False
    at_home = actor.covers(reach.org) or actor.covers(reach.accepting_org)
    if actor.dept is None:
        return at_home or any(actor.covers(holder.org) for holder in reach.holders)
    if at_home and reach.dept == actor.dept:
        return True
    return any(actor.covers(holder.org) and holder.dept == actor.dept for holder in reach.holders)


def seen_by(reach: Reach) -> list[str]:
    """The keys that open a matter, sorted: every org above it, as a whole and in its line.

    With `keys_of` this is `sees` in a shape that one index serves, whether few rows are theirs or nearly all.
    """
    keys = {*_keys(reach.org, reach.dept), *_keys(reach.accepting_org, reach.dept)}
    for holder in reach.holders:
        keys.update(_keys(holder.org, holder.dept))
    return sorted(keys)


def keys_of(actor: Actor) -> list[str]:
    """The keys an actor holds: their subtree, or their line within it."""
    if not actor.may(*_STAFF) or not actor.org:
        return []
    return [actor.org if actor.dept is None else line(actor.org, actor.dept)]


COMPLAINT_HANDLERS = ("investigator", "manager", "supervisor")


def handles_complaints(actor: Actor) -> bool:
    """Whether complaints are this actor's to handle: of all lines, or an investigator's of any."""
    return actor.org != "" and actor.may(*COMPLAINT_HANDLERS) and (actor.dept is None or actor.may("investigator"))


@lru_cache(maxsize=8192)
def _keys(org: str, dept: str | None) -> tuple[str, ...]:
    places = (org, *ancestors(org))
    return places if dept is None else (*places, *(line(place, dept) for place in places))


def line(org: str, dept: str) -> str:
    """The key of one department line within an org's subtree."""
    return f"{org}/{dept}"
