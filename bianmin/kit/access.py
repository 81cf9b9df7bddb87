"""Who may see a case, a clock or a task: the org tree and the department line, in Python and in SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from bianmin.kit.actors import Actor


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
    """Their subtree; with a department, of its own line only (dual leadership: the center sees all lines)."""
    at_home = actor.covers(reach.org) or actor.covers(reach.accepting_org)
    if actor.dept is None:
        return at_home or any(actor.covers(holder.org) for holder in reach.holders)
    if at_home and reach.dept == actor.dept:
        return True
    return any(actor.covers(holder.org) and holder.dept == actor.dept for holder in reach.holders)


def under(column: Any, org: str) -> ColumnElement[bool]:
    """Whether an org column lies in the subtree of `org`. Columns collate "C", so an index serves it."""
    condition: ColumnElement[bool] = column.like(f"{org}%")
    return condition


def visible(actor: Actor, table: Any) -> ColumnElement[bool]:
    """`sees` for rows with columns org, accepting_org, dept and holders (a jsonb list of `org/dept`)."""
    at_home = or_(under(table.org, actor.org), under(table.accepting_org, actor.org))
    pattern = f"{actor.org}%/{actor.dept}" if actor.dept is not None else f"{actor.org}%"
    held = func.jsonb_array_elements_text(table.holders).table_valued("value").alias("held")
    holds = select(1).select_from(held).where(held.c.value.like(pattern)).exists()
    if actor.dept is not None:
        at_home = and_(at_home, table.dept == actor.dept)
    return or_(at_home, holds)


def holders_of(texts: Iterable[str]) -> tuple[Holder, ...]:
    return tuple(Holder.of(text) for text in texts)
