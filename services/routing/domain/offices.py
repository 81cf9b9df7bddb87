"""Who works at an office."""

from bianmin.domain.access import Holder
from bianmin.domain.actors import Actor
from bianmin.kit.refusals import Forbidden


class NotTheOffice(Forbidden):
    slug, title = "not-the-office", "不是经办单位"


def works_at(actor: Actor, office: Holder) -> bool:
    """A station's window and manager; an office's staff of its own line, and the head of the whole house."""
    if actor.org != office.org:
        return False
    if office.dept is None:
        return actor.may("window", "manager")
    if actor.dept is None:
        return actor.may("manager")
    return actor.dept == office.dept and actor.may("department", "window", "manager")
