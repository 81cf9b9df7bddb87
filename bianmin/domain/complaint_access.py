"""Who may see a complaint (投诉举报), and what follows from it: its clocks, its share in a report. Pure.

`may_see_complaint` is the rule. `bianmin/kit/complaint_filter.py` has it for SQL, and
`tests/service/test_complaint_filter.py` shows on PostgreSQL that both agree.
"""

from dataclasses import dataclass

from bianmin.domain import access
from bianmin.domain.actors import Actor
from bianmin.domain.divisions import ancestors, parent_of

COMPLAINT_HANDLERS = ("investigator", "manager", "supervisor")
"""Roles that handle complaints."""


@dataclass(frozen=True, slots=True)
class ComplaintParties:
    """The parties of a complaint, as complaints announces them with each of its events.

    `handler_org` handles it and `accused_org` is the unit it is about. `recused`: ids of the staff who must not learn
    of it, wherever they work: who is accused, and who had a hand in the case (信访工作条例 art. 28). `awaits_case`: it
    names a case of which no event has arrived, so nobody knows yet whom to recuse.
    """

    handler_org: str
    accused_org: str
    recused: tuple[str, ...] = ()
    awaits_case: bool = False


def may_see_complaint(actor: Actor, parties: ComplaintParties) -> bool:
    """Return whether an actor may see a complaint, and whatever follows from it.

    Staff who handle complaints may, at the handling org and at every org above it. Staff of the accused unit, of the
    orgs below it, and recused staff may not (信访工作条例 art. 28, 30). A province has nobody above it: it handles
    complaints about itself, so its own staff may see them. While the complaint awaits its case, the handling org may
    not: whoever worked on the case could be among its staff.
    """
    return (
        handles_complaints(actor)
        and parties.handler_org.startswith(actor.org)
        and not (parties.awaits_case and actor.org == parties.handler_org)
        and actor.id not in parties.recused
        and (_handles_itself(parties) or not actor.org.startswith(parties.accused_org))
    )


def handles_complaints(actor: Actor) -> bool:
    """Return whether an actor handles complaints: a head of a whole org, or an investigator, also of one department."""
    return actor.org != "" and actor.may(*COMPLAINT_HANDLERS) and (actor.dept is None or actor.may("investigator"))


def first_handler(accused_org: str, accused_staff_org: str | None = None) -> str:
    """Return the org that handles a new complaint: the nearest above the accused org and the accused person's own.

    Nobody is above a province: it handles a complaint about itself, and about its own staff.
    """
    above = ancestors(accused_org)
    own = accused_staff_org or accused_org
    places = (place for place in above if own.startswith(place) and own != place)
    return next(places, above[-1] if above else accused_org)


# The rule as keys: a row stores the keys of its complaint, so that one index finds the rows that an actor may see.


def complaint_keys(parties: ComplaintParties) -> list[str]:
    """Return the keys to store with a complaint, sorted: `complaints:{org}` opens it to those who handle complaints at
    that org, `not:{staff}` bars it for a person, whatever else that person holds."""
    places = (parties.handler_org, *ancestors(parties.handler_org))
    own = _handles_itself(parties)
    opening = {
        _opening_key(place)
        for place in places
        if (own or not place.startswith(parties.accused_org))
        and not (parties.awaits_case and place == parties.handler_org)
    }
    return sorted(opening | {barring_key(staff) for staff in parties.recused})


def keys_held_by(actor: Actor) -> list[str]:
    """Return the keys that open rows to an actor: those of cases (`access.keys_of`), and that of complaints for
    whoever handles them."""
    return [*access.keys_of(actor), *([_opening_key(actor.org)] if handles_complaints(actor) else [])]


def barring_key(staff_id: str) -> str:
    """Return the key that bars a row for one person."""
    return f"not:{staff_id}"


def _opening_key(org: str) -> str:
    return f"complaints:{org}"


def _handles_itself(parties: ComplaintParties) -> bool:
    return parties.handler_org == parties.accused_org and parent_of(parties.accused_org) is None
