"""Routes and their tasks: load many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, select, union

from bianmin.domain.access import Holder, seen_by
from bianmin.events.parts import ItemFacts
from bianmin.kit import sets
from bianmin.kit.db import Tx
from bianmin.kit.time_source import TZ
from services.routing.domain.route import Delivered, Extension, LegalEnd, Outcome, Procedure, Route, Task
from services.routing.store.tables import (
    ExtensionRow,
    ProcedureRow,
    RouteRow,
    TaskRow,
    extensions,
    procedures,
    routes,
    tasks,
)

_WANTED = union(
    select(func.unnest(sets.named("case_ids", routes.c.case_id)).label("case_id")),
    select(tasks.c.case_id).where(tasks.c.id == any_(sets.named("task_ids", tasks.c.id))),
    select(extensions.c.case_id).where(extensions.c.id == any_(sets.named("extension_ids", extensions.c.id))),
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
_PROCEDURES = sets.Load(
    select(procedures)
    .where(procedures.c.case_id == any_(sets.named("case_ids", procedures.c.case_id)))
    .order_by(procedures.c.id)
)
_EXTENSIONS = sets.Load(
    select(extensions)
    .where(extensions.c.case_id == any_(sets.named("case_ids", extensions.c.case_id)))
    .order_by(extensions.c.id)
)


async def load(
    tx: Tx, case_ids: Iterable[UUID], task_ids: Iterable[UUID], extension_ids: Iterable[UUID] = ()
) -> dict[UUID, Route]:
    """The routes of these cases, of these tasks and extensions, locked in the order of their cases."""
    found = await _LOCKED(tx, case_ids=case_ids, task_ids=task_ids, extension_ids=extension_ids)
    return {route.case_id: route for route in await _routes_of(tx, found)}


async def _routes_of(tx: Tx, found: Sequence[sets.Row]) -> list[Route]:
    # in statements of their own: joined to the lock, tasks would be read as they were before the lock was waited for
    tasks_of = await _tasks_of(tx, [row["case_id"] for row in found])
    interrupted = [row["case_id"] for row in found if row["procedures"]]
    extended = [row["case_id"] for row in found if row["extensions"]]
    procedures_of: dict[UUID, list[Procedure]] = defaultdict(list)
    for row in await _PROCEDURES(tx, case_ids=interrupted) if interrupted else ():
        procedures_of[row["case_id"]].append(_procedure_of(row))
    extensions_of: dict[UUID, list[Extension]] = defaultdict(list)
    for row in await _EXTENSIONS(tx, case_ids=extended) if extended else ():
        extensions_of[row["case_id"]].append(extension_of(row))
    return [
        route_of(row, tasks_of[row["case_id"]], procedures_of[row["case_id"]], extensions_of[row["case_id"]])
        for row in found
    ]


async def one(tx: Tx, case_id: UUID) -> Route | None:
    """A route to look at."""
    row = (await tx.execute(select(routes).where(routes.c.case_id == case_id))).mappings().first()
    return None if row is None else (await _routes_of(tx, [row]))[0]


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
    held_up = {one.id: one for route in before.values() for one in route.procedures}
    asked = {one.id: one for route in before.values() for one in route.extensions}
    interruptions = [(route, one) for route in changed.values() for one in route.procedures]
    requests = [(route, one) for route in changed.values() for one in route.extensions]
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
        sets.insert(
            ProcedureRow, [_procedure_row(route, one) for route, one in interruptions if one.id not in held_up]
        ),
        sets.update(
            ProcedureRow,
            [{"id": one.id, "ended_on": one.ended_on} for _, one in interruptions if held_up.get(one.id, one) != one],
        ),
        sets.insert(ExtensionRow, [_extension_row(route, one) for route, one in requests if one.id not in asked]),
        sets.update(ExtensionRow, [_answer_row(one) for _, one in requests if asked.get(one.id, one) != one]),
    )


def route_of(
    row: sets.Row, steps: Iterable[Task], interruptions: Iterable[Procedure], requests: Iterable[Extension]
) -> Route:
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
        procedures=tuple(interruptions),
        extensions=tuple(requests),
        legal_end=row["legal_clock"] and LegalEnd(row["legal_clock"], _local(row["legal_due_at"])),
        cycle=row["cycle"],
        past=tuple(_outcome_of(one) for one in row["past"]),
        sequence=row["sequence"],
        version=row["version"],
    )


def _delivered_of(row: sets.Row) -> Delivered | None:
    if row["delivered_on"] is None:
        return None
    return Delivered(row["delivery_method"], row["delivered_on"], row["signed_by"])


def _outcome_of(stored: Mapping[str, Any]) -> Outcome:
    decided_on, delivered_on, closed_on = (
        stored[name] and date.fromisoformat(stored[name]) for name in ("decided_on", "delivered_on", "closed_on")
    )
    delivered = None
    if delivered_on is not None:
        delivered = Delivered(stored["delivery_method"], delivered_on, bytes.fromhex(stored["signed_by"]))
    reason = bytes.fromhex(stored["reason"])
    return Outcome(stored["cycle"], stored["status"], decided_on, delivered, closed_on, reason)


def _procedure_of(row: sets.Row) -> Procedure:
    return Procedure(**{name: row[name] for name in Procedure.__dataclass_fields__})


def extension_of(row: sets.Row) -> Extension:
    return Extension(**{name: row[name] for name in Extension.__dataclass_fields__})


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
        cycle=row["cycle"],
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
        "cycle": route.cycle,
        "past": [_outcome_row(one) for one in route.past],
        "legal_clock": route.legal_end and route.legal_end.clock_id,
        "legal_due_at": route.legal_end and route.legal_end.due_at,
        "procedures": len(route.procedures),
        "extensions": len(route.extensions),
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
        "cycle": task.cycle,
    }


def _outcome_row(outcome: Outcome) -> dict[str, Any]:
    delivered = outcome.delivered
    return {
        "cycle": outcome.cycle,
        "status": outcome.status,
        "decided_on": outcome.decided_on,
        "delivered_on": delivered and delivered.on,
        "delivery_method": delivered and delivered.method,
        "signed_by": delivered and delivered.signed_by.hex(),
        "closed_on": outcome.closed_on,
        "reason": outcome.reason.hex(),
    }


def _procedure_row(route: Route, procedure: Procedure) -> dict[str, Any]:
    return {**asdict(procedure), "case_id": route.case_id}


def _extension_row(route: Route, extension: Extension) -> dict[str, Any]:
    office = route.deciding
    return {**asdict(extension), "case_id": route.case_id, "office_org": office.org, "office_dept": office.dept}


def _answer_row(extension: Extension) -> dict[str, Any]:
    return {
        "id": extension.id,
        "status": extension.status,
        "answered_on": extension.answered_on,
        "answered_by": extension.answered_by,
        "answer": extension.answer,
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
