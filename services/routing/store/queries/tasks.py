"""Read pages of tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from bianmin.domain.access import keys_of
from bianmin.domain.actors import Actor
from bianmin.events.parts import Dept, ItemFacts, TaskStatus
from bianmin.kit.db import Tx
from bianmin.kit.feed import changed_since
from bianmin.kit.pages import Cursors, Keyset, read_page
from bianmin.kit.subtree import opened_by, under
from bianmin.kit.time_source import TZ
from services.routing.domain.task import Task
from services.routing.store.route_rows import task_of
from services.routing.store.tables import routes, tasks

_OLDEST_FIRST = Keyset([tasks.c.id], [UUID])
_BY_CHANGE = Keyset([tasks.c.changed_at, tasks.c.id], [datetime.fromisoformat, UUID])
_TASKS = select(tasks, routes.c.case_no, routes.c.item).join(routes, routes.c.case_id == tasks.c.case_id)


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task with its case number and item. `changed_at` is real time: it orders the change feed."""

    task: Task
    case_no: str
    item: ItemFacts
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Filters of a list of tasks. `org` stands for the subtree in which the office lies."""

    org: str | None = None
    dept: Dept | None = None
    assignee: str | None = None
    status: TaskStatus | None = None
    updated_since: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL conditions, but for `updated_since`."""
        c = tasks.c
        by_value = ((c.office_dept, self.dept), (c.assignee, self.assignee), (c.status, self.status))
        conditions = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            conditions.append(under(c.office_org, self.org))
        return conditions

    def bound(self, actor: Actor) -> Sequence[Any]:
        """What a cursor is bound to: the filters, and the keys of the actor."""
        return [self.org, self.dept, self.assignee, self.status, self.updated_since, *keys_of(actor)]

    @property
    def order(self) -> Keyset:
        """The oldest tasks first; in the change feed the order in which they changed."""
        return _OLDEST_FIRST if self.updated_since is None else _BY_CHANGE


async def list_tasks(
    tx: Tx, actor: Actor, filters: TaskFilter, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedTask], str | None]:
    """A page of the tasks in cases that the actor may see, and the cursor of the next page."""
    query = tasks_visible_to(actor, filters)
    query = await changed_since(tx, query, tasks.c.changed_at, filters.updated_since)
    found, following = await read_page(tx, query, filters.order, filters.bound(actor), cursors, cursor, limit)
    listed = [
        ListedTask(
            task_of(row), row["case_no"], ItemFacts.model_validate(row["item"]), row["changed_at"].astimezone(TZ)
        )
        for row in found
    ]
    return listed, following


def tasks_visible_to(actor: Actor, filters: TaskFilter) -> Select[Any]:
    """SELECT of the tasks in cases that the actor may see."""
    return _TASKS.where(opened_by(routes.c.seen_by, keys_of(actor)), *filters.conditions())
