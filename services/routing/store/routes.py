"""Routes and their tasks: load many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, select, union

from bianmin.events.parts import ItemFacts
from bianmin.kit import sets
from bianmin.kit.access import Holder, seen_by
from bianmin.kit.clock import TZ
from bianmin.kit.db import Tx
from services.routing.domain.route import Delivered, Route, Task
from services.routing.store.tables import RouteRow, TaskRow, routes, tasks

_WANTED = union(
    select(func.unnest(sets.named("case_ids", routes.c.case_id)).label("case_id")),
    select(tasks.c.case_id).where(tasks.c.id == any_(sets.named("task_ids", tasks.c.id))),
).subquery()
_LOCKED = sets.Load(
    select(routes)
    .join(_WANTED, _WANTED.c.case_id == routes.c.case_id)
    .order_by(routes.c.case_id)
    .with_for_update(of=routes)
)
_TASKS = sets.Load(
    select(tasks)
    .where(tasks.c.case_id == any_(sets.named("case_ids", tasks.c.case_id)))
    .order_by(tasks.c.case_id, tasks.c.place)
)


async def load(tx: Tx, case_ids: Iterable[UUID], task_ids: Iterable[UUID]) -> dict[UUID, Route]:
    """The routes of these cases and of these tasks, locked in the order of their cases."""
    found = await _LOCKED(tx, case_ids=case_ids, task_ids=task_ids)
    # in a statement of its own: joined to the lock, tasks would be read as they were before the lock was waited for
    of_case = await _tasks_of(tx, [row["case_id"] for row in found])
    return {row["case_id"]: route_of(row, of_case[row["case_id"]]) for row in found}


async def one(tx: Tx, case_id: UUID) -> Route | None:
    """A route to look at."""
    row = (await tx.execute(select(routes).where(routes.c.case_id == case_id))).mappings().first()
    return None if row is None else route_of(row, (await _tasks_of(tx, [case_id]))[case_id])


async def _tasks_of(tx: Tx, case_ids: Sequence[UUID]) -> Mapping[UUID, list[Task]]:
    of_case: dict[UUID, list[Task]] = defaultdict(list)
    if case_ids:
        for row in await _TASKS(tx, case_ids=case_ids):
            of_case[row["case_id"]].append(task_of(row))
    return of_case


async def save(tx: Tx, before: Mapping[UUID, Route], changed: Mapping[UUID, Route]) -> None:
    """Everything a batch decided about routes, in one statement. `before`: the routes as they were loaded."""
    known = {task.id: task for route in before.values() for task in route.tasks}
    now = [(route, task) for route in changed.values() for task in route.tasks]
    await sets.write(
        tx,
        sets.insert(RouteRow, [_new_route_row(route) for id, route in changed.items() if id not in before]),
        sets.insert(TaskRow, [_new_task_row(route, task) for route, task in now if task.id not in known]),
        sets.update(RouteRow, [_route_row(route) for id, route in changed.items() if id in before], by=("case_id",)),
        sets.update(
            TaskRow,
            [_task_row(task) for _, task in now if task.id in known and task != known[task.id]],
            also="changed_at = now()",
        ),
    )


def route_of(row: sets.Row, steps: Iterable[Task]) -> Route:
    return Route(
        case_id=row["case_id"],
        case_no=row["case_no"],
        item=ItemFacts.model_validate(row["item"]),
        org=row["org"],
        accepting_org=row["accepting_org"],
        dept=row["dept"],
        tasks=tuple(steps),
        status=row["status"],
        decided_on=row["decided_on"],
        delivered=_delivered_of(row),
        closed_on=row["closed_on"],
        sequence=row["sequence"],
        version=row["version"],
    )


def _delivered_of(row: sets.Row) -> Delivered | None:
    if row["delivered_on"] is None:
        return None
    return Delivered(row["delivery_method"], row["delivered_on"], row["signed_by"])


def task_of(row: sets.Row) -> Task:
    return Task(
        id=row["id"],
        place=row["place"],
        seq=row["seq"],
        kind=row["kind"],
        office=Holder(row["office_org"], row["office_dept"]),
        status=row["status"],
        assignee=row["assignee"],
        received_at=_local(row["received_at"]),
        done_at=_local(row["done_at"]),
        opinion=row["opinion"],
        note=row["note"],
        reason_code=row["reason_code"],
        legal_basis=row["legal_basis"],
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(TZ)


def _new_route_row(route: Route) -> dict[str, Any]:
    return {
        **_route_row(route),
        "case_no": route.case_no,
        "item": route.item.model_dump(mode="json"),
        "org": route.org,
        "accepting_org": route.accepting_org,
        "dept": route.dept,
    }


def _route_row(route: Route) -> dict[str, Any]:
    """What changes on the way."""
    delivered = route.delivered
    return {
        "case_id": route.case_id,
        "seen_by": seen_by(route.reach),
        "status": route.status,
        "decided_on": route.decided_on,
        "delivered_on": delivered and delivered.on,
        "delivery_method": delivered and delivered.method,
        "signed_by": delivered and delivered.signed_by,
        "closed_on": route.closed_on,
        "sequence": route.sequence,
        "version": route.version,
    }


def _new_task_row(route: Route, task: Task) -> dict[str, Any]:
    return {
        **_task_row(task),
        "case_id": route.case_id,
        "place": task.place,
        "seq": task.seq,
        "kind": task.kind,
        "office_org": task.office.org,
        "office_dept": task.office.dept,
    }


def _task_row(task: Task) -> dict[str, Any]:
    """What changes while it is worked on."""
    return {
        "id": task.id,
        "status": task.status,
        "assignee": task.assignee,
        "received_at": task.received_at,
        "done_at": task.done_at,
        "opinion": task.opinion,
        "note": task.note,
        "reason_code": task.reason_code,
        "legal_basis": task.legal_basis,
    }
