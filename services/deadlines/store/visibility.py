"""SQL filter: subjects an actor may see."""

from sqlalchemy import ColumnElement

from bianmin.domain.actors import Actor
from bianmin.kit.complaint_filter import visible_by_keys
from services.deadlines.store.tables import subjects


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may see a subject, and what belongs to it."""
    return visible_by_keys(subjects.c.seen_by, actor)
