"""Looking at the directory and at tasks: what lists and single views read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select

from bianmin.domain.access import Holder, keys_of
from bianmin.domain.actors import Actor
from bianmin.events.parts import Dept, ItemFacts, TaskStatus
from bianmin.kit import feed
from bianmin.kit.db import Tx
from bianmin.kit.pages import Cursors, Keyset
from bianmin.kit.subtree import opened_by, under
from bianmin.kit.time_source import TZ
from services.routing.domain.orgs import Office, Org
from services.routing.domain.route import Extension, ExtensionStatus, Task
from services.routing.domain.staff import StaffMember
from services.routing.store.directory import member_of
from services.routing.store.routes import extension_of, task_of
from services.routing.store.tables import extensions, offices, orgs, routes, staff, tasks


async def org(tx: Tx, code: str) -> Org | None:
    """An org with its offices."""
    query = (
        select(orgs, offices.c.dept, offices.c.name.label("office"), offices.c.phone)
        .outerjoin(offices, offices.c.org == orgs.c.code)
        .where(orgs.c.code == code)
        .order_by(offices.c.dept)
    )
    found = (await tx.execute(query)).all()
    if not found:
        return None
    head = found[0]
    theirs = tuple(Office(row.dept, row.office, row.phone) for row in found if row.dept is not None)
    return Org(head.code, head.name, theirs, head.sequence, head.version)


async def version_of(tx: Tx, code: str) -> int | None:
    """An org's ETag, or None where there is no such org."""
    return (await tx.execute(select(orgs.c.version).where(orgs.c.code == code))).scalar()


@dataclass(frozen=True, slots=True)
class WantedOrgs:
    """What a list of orgs is asked for. `q`: signs in the name."""

    parent: str | None
    org: str | None
    q: str | None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.parent is not None:
            found.append(orgs.c.parent == self.parent)
        if self.org is not None:
            found.append(under(orgs.c.code, self.org))
        if self.q is not None:
            found.append(orgs.c.name.contains(self.q, autoescape=True))
        return found


async def list_orgs(
    tx: Tx, wanted: WantedOrgs, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[Org], str | None]:
    """A page of the tree, by code, without offices."""
    filters = [wanted.parent, wanted.org, wanted.q]
    found, following = await _page(tx, select(orgs).where(*wanted.conditions()), _ORGS, filters, cursors, cursor, limit)
    return [Org(row["code"], row["name"], (), row["sequence"], row["version"]) for row in found], following


async def list_staff(
    tx: Tx, code: str, dept: str | None, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[StaffMember], str | None]:
    """A page of who works at an org, by id; of one line where `dept` is given."""
    query = select(staff).where(staff.c.org == code)
    if dept is not None:
        query = query.where(staff.c.dept == dept)
    found, following = await _page(tx, query, _STAFF, [code, dept], cursors, cursor, limit)
    return [member_of(row) for row in found], following


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task, and what of its case a desk has to know. `changed_at` is real time: it orders the change feed."""

    task: Task
    case_id: UUID
    case_no: str
    item: ItemFacts
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """What a list of tasks is asked for. `org`: the subtree of the office's org."""

    org: str | None
    dept: Dept | None
    assignee: str | None
    status: TaskStatus | None
    updated_since: datetime | None

    def conditions(self) -> list[ColumnElement[bool]]:
        c = tasks.c
        by_value = ((c.office_dept, self.dept), (c.assignee, self.assignee), (c.status, self.status))
        found = [column == value for column, value in by_value if value is not None]
        if self.org is not None:
            found.append(under(c.office_org, self.org))
        if self.updated_since is not None:
            found.append(c.changed_at >= self.updated_since)
        return found

    def bound(self, actor: Actor) -> list[Any]:
        """What a cursor is bound to: the filters, and what whoever asks may see."""
        return [self.org, self.dept, self.assignee, self.status, self.updated_since, *keys_of(actor)]


_TASKS = select(tasks, routes.c.case_no, routes.c.item).join(routes, routes.c.case_id == tasks.c.case_id)


async def list_tasks(
    tx: Tx, actor: Actor, wanted: WantedTasks, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedTask], str | None]:
    """A page of the tasks that `actor` may see."""
    query = listing(actor, wanted)
    if wanted.updated_since is not None:
        query = query.where(tasks.c.changed_at < await feed.horizon(tx))
    found, following = await _page(tx, query, order(wanted), wanted.bound(actor), cursors, cursor, limit)
    return [_listed(row) for row in found], following


def listing(actor: Actor, wanted: WantedTasks) -> Select[Any]:
    return _TASKS.where(opened_by(routes.c.seen_by, keys_of(actor)), *wanted.conditions())


def order(wanted: WantedTasks) -> Keyset:
    """The oldest first; in the change feed, as they changed."""
    return _OLDEST_FIRST if wanted.updated_since is None else _AS_CHANGED


def _listed(row: RowMapping) -> ListedTask:
    item = ItemFacts.model_validate(row["item"])
    return ListedTask(task_of(row), row["case_id"], row["case_no"], item, row["changed_at"].astimezone(TZ))


@dataclass(frozen=True, slots=True)
class ListedExtension:
    """A request for more time, and of which case and office it is."""

    extension: Extension
    case_id: UUID
    case_no: str
    office: Holder


@dataclass(frozen=True, slots=True)
class WantedExtensions:
    """What a list of requests for more time is asked for. `org`: the subtree of the deciding office's org."""

    org: str | None
    status: ExtensionStatus | None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.org is not None:
            found.append(under(extensions.c.office_org, self.org))
        if self.status is not None:
            found.append(extensions.c.status == self.status)
        return found

    def bound(self, actor: Actor) -> list[Any]:
        return [self.org, self.status, *keys_of(actor)]


_EXTENSIONS = select(extensions, routes.c.case_no).join(routes, routes.c.case_id == extensions.c.case_id)
FIRST_ASKED_FIRST = Keyset([extensions.c.id], [UUID])


async def list_extensions(
    tx: Tx, actor: Actor, wanted: WantedExtensions, cursors: Cursors, cursor: str | None, limit: int
) -> tuple[list[ListedExtension], str | None]:
    """A page of the requests in cases that `actor` may see, those that have waited longest first."""
    query = listing_extensions(actor, wanted)
    found, following = await _page(tx, query, FIRST_ASKED_FIRST, wanted.bound(actor), cursors, cursor, limit)
    return [
        ListedExtension(
            extension_of(row), row["case_id"], row["case_no"], Holder(row["office_org"], row["office_dept"])
        )
        for row in found
    ], following


def listing_extensions(actor: Actor, wanted: WantedExtensions) -> Select[Any]:
    return _EXTENSIONS.where(opened_by(routes.c.seen_by, keys_of(actor)), *wanted.conditions())


_ORGS = Keyset([orgs.c.code], [str])
_STAFF = Keyset([staff.c.id], [str])
_OLDEST_FIRST = Keyset([tasks.c.id], [UUID])
_AS_CHANGED = Keyset([tasks.c.changed_at, tasks.c.id], [datetime.fromisoformat, UUID])


async def _page(
    tx: Tx, query: Any, keyset: Keyset, filters: Sequence[Any], cursors: Cursors, cursor: str | None, limit: int
) -> tuple[Sequence[RowMapping], str | None]:
    """The rows of one page, and the cursor of the next."""
    after = cursors.read(cursor, filters, keyset)
    found = (await tx.execute(keyset.apply(query, after, limit))).mappings().all()
    page = found[:limit]
    if len(found) == len(page):
        return page, None
    return page, cursors.write([page[-1][column.name] for column in keyset.columns], filters)
