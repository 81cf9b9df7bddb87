"""Whose a matter is to see, as a condition."""

from sqlalchemy import ColumnElement, and_

from bianmin.domain.actors import Actor
from bianmin.kit.subtree import opened_by
from services.deadlines.domain.visibility import bar_of, keys_of
from services.deadlines.store.tables import subjects


def visible(actor: Actor) -> ColumnElement[bool]:
    """That the actor may see the matter, and what belongs to it."""
    return and_(opened_by(subjects.c.seen_by, keys_of(actor)), ~opened_by(subjects.c.seen_by, [bar_of(actor)]))
