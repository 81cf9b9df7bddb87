"""`/tasks/{task_id}/…`: who does a task."""

from typing import Annotated

from fastapi import Response

from bianmin.domain.access import Holder
from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies.assignment import OfficeIdIn, TaskAssignmentIn, TaskReasonIn, TaskTransferIn
from services.routing.api.bodies.tasks import EmptyBody
from services.routing.api.parameters import TaskPath
from services.routing.api.sealing import seal_note
from services.routing.api.tasks import view_of
from services.routing.api.views.tasks import TaskView
from services.routing.domain.assignment import AssignTask, RecuseFromTask, VerifyTask
from services.routing.domain.objections import ObjectToTask, SettleObjection
from services.routing.domain.offices import office_at
from services.routing.domain.transfers import TransferTask
from services.routing.store.queries import directory

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


class StaffUnknown(Invalid):
    """Nobody in the directory has this id."""

    slug, title = "staff-unknown", "没有这个人员"


@router.post(
    "/tasks/{task_id}/assign",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="指派任务",
    description="办理单位的负责人把任务指派给本单位的一名工作人员（`staff_id`），由其签收；已签收的可以改派。"
    "单位提出异议以后，由共同上级的负责人确定办理单位（`office`）：另一个单位的，任务转过去；仍是原单位的，由原单位办理。",
)
async def assign_task(task_id: TaskPath, body: TaskAssignmentIn, context: Staff) -> Response:
    """Assign a task to a person, or set its office after an objection."""
    if body.office is not None:
        office, exists = await _office(context, body.office)
        command = SettleObjection(task_id, new_id(), office, exists, context.today, context.cause)
        return await context.submit(command, view_of(task_id))
    assert body.staff_id is not None
    async with context.read() as tx:
        member = await directory.read_staff(tx, body.staff_id)
    if member is None:
        where = FieldError("/staff_id", "staff_unknown", "没有这个人员；请核对人员编号，或先登记")
        raise StaffUnknown("没有这个人员；请核对人员编号。", errors=[where])
    return await context.submit(AssignTask(task_id, member, context.cause), view_of(task_id))


@router.post(
    "/tasks/{task_id}/transfer",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="转交任务",
    description="签收人（或本单位负责人；没有签收的，本单位的工作人员）写明理由，把任务转交同一个县、同一级的另一个单位："
    "原任务成为 transferred，那里有新的任务。期限照常计算。",
)
async def transfer_task(task_id: TaskPath, body: TaskTransferIn, context: Staff) -> Response:
    """Transfer a task to another office."""
    office, exists = await _office(context, OfficeIdIn(org=body.org, dept=body.dept))
    reason = seal_note(context.runtime.sealer, task_id, body.reason)
    command = TransferTask(task_id, new_id(), office, exists, reason, context.now, context.cause)
    return await context.submit(command, view_of(task_id))


@router.post(
    "/tasks/{task_id}/object",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="对分派提出异议",
    description="不属于本单位的任务，本单位的工作人员可以在收到的当日、签收以前提出一次异议，由共同上级的负责人确定办理单位。",
)
async def object_to_task(task_id: TaskPath, body: TaskReasonIn, context: Staff) -> Response:
    """Object to a misrouted task."""
    reason = seal_note(context.runtime.sealer, task_id, body.reason)
    return await context.submit(ObjectToTask(task_id, reason, context.today, context.cause), view_of(task_id))


@router.post(
    "/tasks/{task_id}/verify",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="第二人复核",
    description="须由两名工作人员核查的事项（行政许可法第三十四条第三款），由签收人以外的本单位工作人员复核；复核以后才能办完。",
)
async def verify_task(task_id: TaskPath, context: Staff, body: EmptyBody | None = None) -> Response:
    """Verify the work on a task as a second person."""
    return await context.submit(VerifyTask(task_id, context.cause), view_of(task_id))


@router.post(
    "/tasks/{task_id}/recuse",
    response_model=TaskView,
    responses=_REFUSALS,
    summary="回避",
    description="与申请人有利害关系的工作人员写明理由回避：由其签收的任务退回本单位等待他人签收，本人不能再签收和复核。",
)
async def recuse_from_task(task_id: TaskPath, body: TaskReasonIn, context: Staff) -> Response:
    """Declare an interest and leave the task to others."""
    reason = seal_note(context.runtime.sealer, task_id, body.reason)
    return await context.submit(RecuseFromTask(task_id, reason, context.cause), view_of(task_id))


async def _office(context: RequestContext, given: OfficeIdIn) -> tuple[Holder, bool]:
    """The office that is named, and whether it exists: a station is its own office."""
    async with context.read() as tx:
        org = await directory.read_org(tx, given.org)
    if given.dept is None:
        return Holder(given.org), org is not None
    office = office_at(given.org, given.dept)
    return office, org is not None and (office.dept is None or org.office(given.dept) is not None)
