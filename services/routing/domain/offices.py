"""Offices: which office handles a line at an org, who works there, how events and messages name it."""

from functools import lru_cache

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.domain.divisions import has_offices
from bianmin.events.parts import Dept, Office
from bianmin.kit.refusals import Forbidden


class NotTheOffice(Forbidden):
    """The actor does not work at the office that has to act."""

    slug, title = "not-the-office", "不是经办单位"


def office_at(org: str, dept: Dept) -> Holder:
    """The office that handles a line at an org. A station or point is its own office and has no line."""
    return Holder(org, dept if has_offices(org) else None)


def works_at(actor: Actor, office: Holder) -> bool:
    """Whether the actor works at the office.

    At a station: its window and manager. Elsewhere: the staff of the line, and the manager of the whole org.
    """
    if actor.org != office.org:
        return False
    if office.dept is None:
        return actor.may("window", "manager")
    if actor.dept is None:
        return actor.may("manager")
    return actor.dept == office.dept and actor.may("department", "window", "manager")


@lru_cache(maxsize=4096)
def office_in_event(office: Holder) -> Office:
    """The office in the form of an event."""
    return Office(org=office.org, dept=office.dept)


def office_name(office: Holder) -> str:
    """The office in a message: its org, and its line where it has one."""
    return f"{office.org} {office.dept}" if office.dept else office.org
