"""What moves the time of a case: special procedures, extensions, and the reopening of what was decided."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond, staff_router
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.routing.api import seals
from services.routing.api.bodies import AnswerIn, ExtensionIn, Nothing, ProcedureIn, ReopeningIn
from services.routing.api.views import ExtensionView, ListedExtensionView, ProcedureView, ReopenedView
from services.routing.domain.route import (
    AnswerExtension,
    EndProcedure,
    ExtensionStatus,
    ReopenCase,
    RequestExtension,
    StartProcedure,
)
from services.routing.store import views

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_MOVES = refuses(NotFound, Forbidden, Conflict)


@router.post("/cases/{case_id}/procedures", status_code=201, response_model=ProcedureView, responses=_MOVES)
async def start_procedure(case_id: UUID, body: ProcedureIn, context: Staff) -> Response:
    """登记特别程序（行政许可法 art. 45）：自当日起暂停计时，所需时间告知申请人；由作出决定或正在办理的单位登记。"""
    id = new_id()
    command = StartProcedure(
        case_id=case_id,
        procedure_id=id,
        kind=body.kind,
        expected_days=body.expected_days,
        reason=seals.reason(context.runtime.sealer, id, body.reason),
        today=context.today,
        by=context.cause,
    )
    return await context.submit(command, lambda route: ProcedureView.in_route(route, id), status=201)


@router.post("/cases/{case_id}/procedures/{procedure_id}/end", response_model=ProcedureView, responses=_MOVES)
async def end_procedure(case_id: UUID, procedure_id: UUID, context: Staff, body: Nothing | None = None) -> Response:
    """特别程序结束：当日仍不计入，次日起继续计时。"""
    command = EndProcedure(case_id, procedure_id, context.today, context.cause)
    return await context.submit(command, lambda route: ProcedureView.in_route(route, procedure_id))


@router.post("/cases/{case_id}/extensions", status_code=201, response_model=ExtensionView, responses=_MOVES)
async def request_extension(case_id: UUID, body: ExtensionIn, context: Staff) -> Response:
    """申请延长办理期限（行政许可法 art. 42）：由作出决定的单位在期限届满前提出，只能延长一次。"""
    id = new_id()
    command = RequestExtension(
        case_id=case_id,
        extension_id=id,
        days=body.days,
        reason=seals.reason(context.runtime.sealer, id, body.reason),
        at=context.now,
        today=context.today,
        by=context.cause,
    )
    return await context.submit(command, lambda route: ExtensionView.in_route(route, id), status=201)


@router.get("/extensions", response_model=Page[ListedExtensionView], responses=refuses())
async def list_extensions(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="作出决定的单位所在的区划，含下级")] = None,
    status: Annotated[ExtensionStatus | None, Query(description="requested 为等待批准的")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """本单位看得到的办件的延期申请，附申请理由和答复，先提出的在前。"""
    wanted = views.WantedExtensions(org, status)
    async with context.read() as tx:
        page, following = await views.list_extensions(tx, context.actor, wanted, context.runtime.cursors, cursor, limit)
    opened = partial(seals.opened_reason, context.runtime.sealer)
    return respond(Page(items=[ListedExtensionView.of(one, opened) for one in page], next_cursor=following))


@router.post("/extensions/{extension_id}/approve", response_model=ExtensionView, responses=_MOVES)
async def approve_extension(extension_id: UUID, context: Staff, body: AnswerIn | None = None) -> Response:
    """批准延期：由作出决定的单位负责人批准，联合办理的由同级政府负责人批准；须在期限届满前。"""
    return await _answered(context, extension_id, body, approved=True)


@router.post("/extensions/{extension_id}/reject", response_model=ExtensionView, responses=_MOVES)
async def reject_extension(extension_id: UUID, context: Staff, body: AnswerIn | None = None) -> Response:
    """不批准延期：原期限不变。"""
    return await _answered(context, extension_id, body, approved=False)


async def _answered(context: RequestContext, extension_id: UUID, body: AnswerIn | None, *, approved: bool) -> Response:
    said = body.reason if body else None
    answer = seals.reason(context.runtime.sealer, extension_id, said) if said else None
    command = AnswerExtension(extension_id, approved, answer, context.now, context.today, context.cause)
    return await context.submit(command, lambda route: ExtensionView.in_route(route, extension_id))


@router.post("/cases/{case_id}/reopen", response_model=ReopenedView, responses=_MOVES)
async def reopen_case(case_id: UUID, body: ReopeningIn, context: Staff) -> Response:
    """原决定被撤销后重新办理：步骤和期限重新开始，原来的记录保留；由决定单位负责人或督查人员办理。"""
    reason = seals.reason(context.runtime.sealer, case_id, f"{body.reason}\n{body.basis}")
    command = ReopenCase(case_id, reason, context.today, (new_id(), new_id()), context.cause)
    return await context.submit(command, ReopenedView.of)
