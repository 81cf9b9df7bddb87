"""`/cases/{id}/procedures`: special procedures of a case."""

from typing import Annotated

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.routing.api.bodies.routes import ProcedureIn
from services.routing.api.bodies.tasks import EmptyBody
from services.routing.api.parameters import CasePath, ProcedurePath
from services.routing.api.sealing import seal_reason
from services.routing.api.views.procedures import SpecialProcedureView
from services.routing.domain.procedures import EndProcedure, StartProcedure

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/procedures",
    status_code=201,
    response_model=SpecialProcedureView,
    responses=_REFUSALS,
    summary="登记特别程序",
    description="作出决定或正在办理的单位登记听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审或公示。自当日起，"
    "承诺、法定和环节期限暂停计时，预计时间告知申请人，并起一个特别程序的时钟（行政许可法第四十五条）。"
    "事项规定公示计入期限的，公示不必登记，为 409；同一种类正在进行的也为 409。",
    openapi_extra=created_at("/cases/{case_id}/route"),
)
async def start_procedure(case_id: CasePath, body: ProcedureIn, context: Staff) -> Response:
    """Start a special procedure; the periods of the case pause."""
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


@router.post(
    "/cases/{case_id}/procedures/{procedure_id}/end",
    response_model=SpecialProcedureView,
    responses=_REFUSALS,
    summary="结束特别程序",
    description="作出决定或正在办理的单位登记特别程序结束：当日仍不计入期限，次日起继续计时，到期日相应顺延；"
    "特别程序的时钟停止。另有特别程序仍在进行的，期限仍暂停（行政许可法第四十五条）。",
)
async def end_procedure(
    case_id: CasePath, procedure_id: ProcedurePath, context: Staff, body: EmptyBody | None = None
) -> Response:
    """End a special procedure; the periods of the case go on from the next day."""
    command = EndProcedure(case_id, procedure_id, context.today, context.cause)
    return await context.submit(
        command, lambda route: SpecialProcedureView.model_validate(route.procedure(procedure_id))
    )
