"""`/tasks`: the work of an office."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.domain.labels_zh import TASK_STATUSES
from bianmin.events.parts import Dept, TaskStatus
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import DEPT_VALUES, MOMENT, OFFICE_ORG, STAFF_ID, values_of
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies.tasks import CompletionIn, EmptyBody, ReturnIn
from services.routing.api.parameters import TaskPath
from services.routing.api.sealing import seal_note, seal_result
from services.routing.api.views.tasks import ListedTaskView, TaskView
from services.routing.domain.planning import MOST_STEPS
from services.routing.domain.route import Route
from services.routing.domain.tasks import CompleteTask, ReceiveTask, ReturnTask, StartTask
from services.routing.store.queries import tasks

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.get(
    "/tasks",
    response_model=Page[ListedTaskView],
    responses=refuses(),
    summary="任务列表",
    description="各级工作人员查看本单位看得到的办件的任务：本机构及下级的，部门工作人员只看本条线的；先来的在前。"
    "对接系统同步时带 `updated_since`，按变动先后排列，不遗漏。",
)
async def list_tasks(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="办理单位所在的区划代码，含下级", examples=[OFFICE_ORG])] = None,
    dept: Annotated[Dept | None, Query(description=f"办理单位的条线：{DEPT_VALUES}", examples=["market"])] = None,
    assignee: Annotated[
        str | None, Query(min_length=1, max_length=200, description="签收人的人员编号", examples=[STAFF_ID])
    ] = None,
    status: Annotated[
        TaskStatus | None, Query(description=f"状态：{values_of(TASK_STATUSES)}", examples=["assigned"])
    ] = None,
    updated_since: Annotated[
        Moment | None,
        Query(description="只要此刻以后变动的，RFC 3339，带时区；按变动先后排列，不遗漏", examples=[MOMENT]),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the tasks of the cases that the caller may see, the oldest first."""
    filters = tasks.TaskFilter(org, dept, assignee, status, updated_since)
    async with context.read() as tx:
        page, following = await tasks.list_tasks(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[ListedTaskView.of(listed) for listed in page], next_cursor=following))


@router.post(
    "/tasks/{task_id}/receive",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="签收任务",
    description="办理单位的工作人员签收轮到本单位的任务，从此由签收人办理；同一任务只能由一人签收，后签收的为 409。"
    "没有签收的不能办完。期限不因签收而改变。",
)
async def receive_task(task_id: TaskPath, context: Staff, body: EmptyBody | None = None) -> Response:
    """Sign for a task; the caller becomes its assignee."""
    return await context.submit(ReceiveTask(task_id, context.now, context.cause), view_of(task_id))


@router.post(
    "/tasks/{task_id}/start",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="开始办理任务",
    description="签收人（或本单位负责人）登记开始办理。这一步可以省略：签收以后可以直接办完。期限不因此改变。",
)
async def start_task(task_id: TaskPath, context: Staff, body: EmptyBody | None = None) -> Response:
    """Start to work on a task; this step may be left out."""
    return await context.submit(StartTask(task_id, context.cause), view_of(task_id))


@router.post(
    "/tasks/{task_id}/complete",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="办完任务",
    description="签收人（或本单位负责人）办完任务。审核步骤给出意见，无论同意与否都转到决定步骤"
    "（行政许可法第三十五条、第四十三条）；决定步骤作出决定，承诺和法定期限停止计时，送达期限 10 个工作日起算"
    "（第四十四条），直接办理的当场办结。不予许可须写明理由和依据，答复中有应告知的救济途径（第三十八条第二款）。",
)
async def complete_task(task_id: TaskPath, body: CompletionIn, context: Staff) -> Response:
    """Complete a task with an opinion or with the decision of the case."""
    command = CompleteTask(
        task_id=task_id,
        opinion=body.opinion,
        at=context.now,
        today=context.today,
        by=context.cause,
        note=seal_note(context.runtime.sealer, task_id, body.note) if body.note else None,
        reason_code=body.reason_code,
        legal_basis=body.legal_basis,
        result=seal_result(context.runtime.sealer, task_id, body.result) if body.result else None,
    )
    return await context.submit(command, view_of(task_id))


@router.post(
    "/tasks/{task_id}/return",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="退回上一步",
    description="办理单位的工作人员把办件退回上一步重新办理，须写明理由；上一步和这一步成为新的任务，原来的保留。"
    "期限不暂停。第一步没有上一步可退，为 409。",
)
async def return_task(task_id: TaskPath, body: ReturnIn, context: Staff) -> Response:
    """Return a case to the step before, with a reason."""
    reason = seal_note(context.runtime.sealer, task_id, body.reason)
    command = ReturnTask(task_id, reason, context.now, [new_id() for _ in range(MOST_STEPS)], context.cause)
    return await context.submit(command, view_of(task_id))


def view_of(task_id: UUID) -> Callable[[Route], TaskView]:
    """Return what makes the view of a task of a route."""

    def view(route: Route) -> TaskView:
        return TaskView.in_route(route, task_id)

    return view
