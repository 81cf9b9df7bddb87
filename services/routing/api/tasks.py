"""`/tasks`: the work of an office."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.events.parts import Dept, TaskStatus
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies import CompletionIn, EmptyBody, ReturnIn
from services.routing.api.sealing import seal_note
from services.routing.api.views.tasks import ListedTaskView, TaskView
from services.routing.domain.route import Route
from services.routing.domain.tasks import CompleteTask, ReceiveTask, ReturnTask, StartTask
from services.routing.store.queries import tasks

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.get("/tasks", response_model=Page[ListedTaskView], responses=refuses())
async def list_tasks(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="办理单位所在的区划，含下级")] = None,
    dept: Annotated[Dept | None, Query(description="办理单位的条线")] = None,
    assignee: Annotated[str | None, Query(min_length=1, max_length=200, description="签收人的编号")] = None,
    status: TaskStatus | None = None,
    updated_since: Annotated[Moment | None, Query(description="此刻以后变动的，按变动先后排列，不遗漏")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """本单位看得到的办件的任务，先来的在前；带 `updated_since` 时按变动先后排列。"""
    filters = tasks.TaskFilter(org, dept, assignee, status, updated_since)
    async with context.read() as tx:
        page, following = await tasks.list_tasks(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[ListedTaskView.of(listed) for listed in page], next_cursor=following))


@router.post("/tasks/{task_id}/receive", response_model=TaskView, responses=_REFUSALS)
async def receive_task(task_id: UUID, context: Staff, body: EmptyBody | None = None) -> Response:
    """签收：从此由签收人办理。同一任务只能由一人签收。"""
    return await context.submit(ReceiveTask(task_id, context.now, context.cause), _view_of(task_id))


@router.post("/tasks/{task_id}/start", response_model=TaskView, responses=_REFUSALS)
async def start_task(task_id: UUID, context: Staff, body: EmptyBody | None = None) -> Response:
    """开始办理。可以省略：签收以后可以直接办完。"""
    return await context.submit(StartTask(task_id, context.cause), _view_of(task_id))


@router.post("/tasks/{task_id}/complete", response_model=TaskView, responses=_REFUSALS)
async def complete_task(task_id: UUID, body: CompletionIn, context: Staff) -> Response:
    """办完：审核步骤给出意见，决定步骤作出决定。

    不予许可须写明理由和依据，并告知救济途径（行政许可法 art. 38(2)）。
    """
    command = CompleteTask(
        task_id=task_id,
        opinion=body.opinion,
        at=context.now,
        today=context.today,
        by=context.cause,
        note=seal_note(context.runtime.sealer, task_id, body.note) if body.note else None,
        reason_code=body.reason_code,
        legal_basis=body.legal_basis,
    )
    return await context.submit(command, _view_of(task_id))


@router.post("/tasks/{task_id}/return", response_model=TaskView, responses=_REFUSALS)
async def return_task(task_id: UUID, body: ReturnIn, context: Staff) -> Response:
    """退回上一步重新办理，须写明理由。"""
    reason = seal_note(context.runtime.sealer, task_id, body.reason)
    command = ReturnTask(task_id, reason, context.now, (new_id(), new_id()), context.cause)
    return await context.submit(command, _view_of(task_id))


def _view_of(task_id: UUID) -> Callable[[Route], TaskView]:
    def view(route: Route) -> TaskView:
        return TaskView.in_route(route, task_id)

    return view
