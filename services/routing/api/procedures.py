"""`/cases/{id}/procedures`: special procedures of a case."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies import EmptyBody, ProcedureIn
from services.routing.api.sealing import seal_reason
from services.routing.api.views.procedures import SpecialProcedureView
from services.routing.domain.procedures import EndProcedure, StartProcedure

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post("/cases/{case_id}/procedures", status_code=201, response_model=SpecialProcedureView, responses=_REFUSALS)
async def start_procedure(case_id: UUID, body: ProcedureIn, context: Staff) -> Response:
    """登记特别程序（行政许可法 art. 45）：自当日起暂停计时，所需时间告知申请人；由作出决定或正在办理的单位登记。"""
    id = new_id()
    command = StartProcedure(
        case_id=case_id,
        procedure_id=id,
        kind=body.kind,
        expected_days=body.expected_days,
        reason=seal_reason(context.runtime.sealer, id, body.reason),
        today=context.today,
        by=context.cause,
    )
    return await context.submit(
        command, lambda route: SpecialProcedureView.model_validate(route.procedure(id)), status=201
    )


@router.post("/cases/{case_id}/procedures/{procedure_id}/end", response_model=SpecialProcedureView, responses=_REFUSALS)
async def end_procedure(case_id: UUID, procedure_id: UUID, context: Staff, body: EmptyBody | None = None) -> Response:
    """特别程序结束：当日仍不计入，次日起继续计时。"""
    command = EndProcedure(case_id, procedure_id, context.today, context.cause)
    return await context.submit(
        command, lambda route: SpecialProcedureView.model_validate(route.procedure(procedure_id))
    )
