"""Who may see a clock, as sets of keys: an actor sees what shares a key with them (`kit.access`)."""

from dataclasses import dataclass

from bianmin.domain import access
from bianmin.domain.access import Reach, handles_complaints
from bianmin.domain.actors import Actor
from bianmin.domain.codes import ancestors


@dataclass(frozen=True, slots=True)
class Handling:
    """Where a complaint is: who handles it, and whom it is about, who must never learn of it (信访工作条例 art. 30)."""

    handler_org: str
    accused_org: str
    recused: tuple[str, ...] = ()
    """Staff who must not either: who is accused, and who has an interest."""


def seen_by(reach: Reach | Handling) -> list[str]:
    """The keys that open a matter, sorted: a case as everywhere, a complaint as its handlers. And those that bar it."""
    return access.seen_by(reach) if isinstance(reach, Reach) else sorted(_of_complaint(reach))


def keys_of(actor: Actor) -> list[str]:
    """The keys an actor holds; for complaints only whoever handles them."""
    keys = access.keys_of(actor)
    if keys and handles_complaints(actor):
        keys.append(_complaints(actor.org))
    return keys


def bar_of(actor: Actor) -> str:
    """The key that keeps an actor out, whatever other keys they hold."""
    return f"not:{actor.id}"


def _of_complaint(handling: Handling) -> set[str]:
    """Those above the accused. Where nobody is above, and the accused handle it themselves, they have to see it."""
    own_judge = handling.handler_org == handling.accused_org
    above = (handling.handler_org, *ancestors(handling.handler_org))
    opening = {_complaints(place) for place in above if own_judge or not place.startswith(handling.accused_org)}
    return opening | {f"not:{staff}" for staff in handling.recused}


def _complaints(org: str) -> str:
    return f"complaints:{org}"
