"""Routes with their tasks, procedures and extensions: load many, read many, save many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import any_, select

from bianmin.kit import sets
from bianmin.kit.db import Tx
from services.routing.domain.route import DenialFiling, Extension, Mediation, Route, SpecialProcedure
from services.routing.domain.task import Task
from services.routing.store.route_rows import (
    ROUTE_COLUMNS,
    TASK_COLUMNS,
    changed_extension_row,
    changed_filing_row,
    changed_route_row,
    changed_task_row,
    extension_codec,
    filing_codec,
    history_row,
    mediation_codec,
    new_extension_row,
    new_filing_row,
    new_route_row,
    new_task_row,
    procedure_codec,
    route_of,
    same_history,
    task_of,
)
from services.routing.store.tables import (
    ExtensionRow,
    FilingRow,
    MediationRow,
    ProcedureRow,
    RouteRow,
    TaskRow,
    extensions,
    filings,
    mediations,
    procedures,
    routes,
    tasks,
)

_WITH_TASKS = select(*ROUTE_COLUMNS, *TASK_COLUMNS).join(tasks, tasks.c.case_id == routes.c.case_id)
"""A row for each task of a route; a route always has tasks."""

_READ = sets.Load(
    _WITH_TASKS.where(routes.c.case_id == any_(sets.named("case_ids", routes.c.case_id))).order_by(
        routes.c.case_id, tasks.c.place
    )
)

_CASES_OF_TASKS = sets.Load(select(tasks.c.case_id).where(tasks.c.id == any_(sets.named("task_ids", tasks.c.id))))
_CASES_OF_EXTENSIONS = sets.Load(
    select(extensions.c.case_id).where(extensions.c.id == any_(sets.named("extension_ids", extensions.c.id)))
)
_CASES_OF_FILINGS = sets.Load(
    select(filings.c.case_id).where(filings.c.id == any_(sets.named("filing_ids", filings.c.id)))
)
_SNAPSHOT = routes.alias("snapshot")
# Only `route` is locked. Where another transaction held the lock, `route` is read again after the wait, but `snapshot`
# and `task` stay as they were before it: different versions show that the tasks are out of date.
_LOCKED = sets.Load(
    _WITH_TASKS.add_columns(_SNAPSHOT.c.version.label("snapshot_version"))
    .join(_SNAPSHOT, _SNAPSHOT.c.case_id == routes.c.case_id)
    .where(routes.c.case_id == any_(sets.named("case_ids", routes.c.case_id)))
    .order_by(routes.c.case_id, tasks.c.place)
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
_FILINGS = sets.Load(
    select(filings).where(filings.c.case_id == any_(sets.named("case_ids", filings.c.case_id))).order_by(filings.c.id)
)
_MEDIATIONS = sets.Load(
    select(mediations)
    .where(mediations.c.case_id == any_(sets.named("case_ids", mediations.c.case_id)))
    .order_by(mediations.c.id)
)
_EXTENSIONS = sets.Load(
    select(extensions)
    .where(extensions.c.case_id == any_(sets.named("case_ids", extensions.c.case_id)))
    .order_by(extensions.c.id)
)


async def load(
    tx: Tx,
    case_ids: Sequence[UUID],
    task_ids: Sequence[UUID],
    extension_ids: Sequence[UUID] = (),
    filing_ids: Sequence[UUID] = (),
) -> dict[UUID, Route]:
    """The routes of these cases, tasks, extensions and filings, by case id, locked in the order of their case ids.

    One statement finds the cases of tasks and one loads the routes. Rarely there is one more each for extension and
    filing ids, for tasks that changed while a lock was waited for, and for procedures, extensions, mediations and
    filings. Few simple statements cost less than one with alternatives: PostgreSQL keeps their plans.
    """
    wanted = set(case_ids)
    if task_ids:
        wanted.update(row["case_id"] for row in await _CASES_OF_TASKS(tx, task_ids=task_ids))
    if extension_ids:
        wanted.update(row["case_id"] for row in await _CASES_OF_EXTENSIONS(tx, extension_ids=extension_ids))
    if filing_ids:
        wanted.update(row["case_id"] for row in await _CASES_OF_FILINGS(tx, filing_ids=filing_ids))
    found = await _LOCKED(tx, case_ids=wanted) if wanted else ()
    stale = {row["case_id"] for row in found if row["version"] != row["snapshot_version"]}
    tasks_of = _tasks_by_case(row for row in found if row["case_id"] not in stale)
    if stale:
        tasks_of |= _tasks_by_case(await _TASKS(tx, case_ids=stale))
    return await _routes_by_case(tx, found, tasks_of)


async def read(tx: Tx, case_ids: Sequence[UUID]) -> Mapping[UUID, Route]:
    """The routes of these cases by case id, for views.

    One statement, and one more each for procedures, extensions, mediations and filings.
    """
    found = await _READ(tx, case_ids=case_ids)
    return await _routes_by_case(tx, found, _tasks_by_case(found))


def _tasks_by_case(found: Iterable[sets.Row]) -> dict[UUID, list[Task]]:
    tasks_of: dict[UUID, list[Task]] = defaultdict(list)
    for row in found:
        tasks_of[row["case_id"]].append(task_of(row))
    return tasks_of


async def _routes_by_case(
    tx: Tx, found: Sequence[sets.Row], tasks_of: Mapping[UUID, Sequence[Task]]
) -> dict[UUID, Route]:
    by_case = {row["case_id"]: row for row in found}
    with_procedures = [case_id for case_id, row in by_case.items() if row["procedures"]]
    with_extensions = [case_id for case_id, row in by_case.items() if row["extensions"]]
    procedures_of: dict[UUID, list[SpecialProcedure]] = defaultdict(list)
    for row in await _PROCEDURES(tx, case_ids=with_procedures) if with_procedures else ():
        procedures_of[row["case_id"]].append(procedure_codec.load(row))
    extensions_of: dict[UUID, list[Extension]] = defaultdict(list)
    for row in await _EXTENSIONS(tx, case_ids=with_extensions) if with_extensions else ():
        extensions_of[row["case_id"]].append(extension_codec.load(row))
    with_mediations = [case_id for case_id, row in by_case.items() if row["mediations"]]
    mediations_of: dict[UUID, list[Mediation]] = defaultdict(list)
    for row in await _MEDIATIONS(tx, case_ids=with_mediations) if with_mediations else ():
        mediations_of[row["case_id"]].append(mediation_codec.load(row))
    with_filings = [case_id for case_id, row in by_case.items() if row["filings"]]
    filings_of: dict[UUID, list[DenialFiling]] = defaultdict(list)
    for row in await _FILINGS(tx, case_ids=with_filings) if with_filings else ():
        filings_of[row["case_id"]].append(filing_codec.load(row))
    return {
        case_id: route_of(
            row,
            tasks_of[case_id],
            procedures_of[case_id],
            extensions_of[case_id],
            mediations_of[case_id],
            filings_of[case_id],
        )
        for case_id, row in by_case.items()
    }


async def save(tx: Tx, before: Mapping[UUID, Route], changed: Mapping[UUID, Route]) -> None:
    """Write the changed routes in one statement. `before`: the routes as they were loaded."""
    new = [route for case_id, route in changed.items() if case_id not in before]
    known = [(before[case_id], route) for case_id, route in changed.items() if case_id in before]
    with_same_history = [now for was, now in known if same_history(was, now)]
    with_other_history = [now for was, now in known if not same_history(was, now)]
    tasks_before = {task.id: task for was, _ in known for task in was.tasks}
    tasks_now = [task for route in changed.values() for task in route.tasks]
    procedures_before = {each.id: each for was, _ in known for each in was.procedures}
    procedures_now = [each for route in changed.values() for each in route.procedures]
    extensions_before = {each.id: each for was, _ in known for each in was.extensions}
    mediations_before = {each.id for was, _ in known for each in was.mediations}
    mediations_now = [each for route in changed.values() for each in route.mediations]
    filings_before = {each.id: each for was, _ in known for each in was.filings}
    filings_now = [(route, each) for route in changed.values() for each in route.filings]
    extensions_now = [(route, each) for route in changed.values() for each in route.extensions]
    await sets.write(
        tx,
        sets.insert(RouteRow, [new_route_row(route) for route in new]),
        sets.insert(TaskRow, [new_task_row(task) for task in tasks_now if task.id not in tasks_before]),
        sets.update(RouteRow, [changed_route_row(route) for route in with_same_history], by=("case_id",)),
        sets.update(
            RouteRow, [changed_route_row(route) | history_row(route) for route in with_other_history], by=("case_id",)
        ),
        sets.update(
            TaskRow,
            [changed_task_row(task) for task in tasks_now if tasks_before.get(task.id, task) != task],
            also="changed_at = now()",
        ),
        sets.insert(
            ProcedureRow, [procedure_codec.row(each) for each in procedures_now if each.id not in procedures_before]
        ),
        sets.update(
            ProcedureRow,
            [
                {"id": each.id, "ended_on": each.ended_on}
                for each in procedures_now
                if procedures_before.get(each.id, each) != each
            ],
        ),
        sets.insert(
            FilingRow, [new_filing_row(route, each) for route, each in filings_now if each.id not in filings_before]
        ),
        sets.update(
            FilingRow,
            [changed_filing_row(each) for _, each in filings_now if filings_before.get(each.id, each) != each],
        ),
        sets.insert(
            MediationRow, [mediation_codec.row(each) for each in mediations_now if each.id not in mediations_before]
        ),
        sets.insert(
            ExtensionRow,
            [new_extension_row(route, each) for route, each in extensions_now if each.id not in extensions_before],
        ),
        sets.update(
            ExtensionRow,
            [changed_extension_row(each) for _, each in extensions_now if extensions_before.get(each.id, each) != each],
        ),
    )
