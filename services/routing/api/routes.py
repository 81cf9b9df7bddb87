"""`/cases/{id}` of routing: the route of a case, its delivery, its reopening."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies import DeliveryIn, ReopeningIn
from services.routing.api.sealing import SealedTexts, seal_reason, seal_signer
from services.routing.api.views.routes import DeliveryView, ReopenedView, RouteView
from services.routing.domain.delivery import DeliverResult
from services.routing.domain.preconditions import visible
from services.routing.domain.reopening import ReopenCase
from services.routing.domain.route import DeliveryReceipt
from services.routing.store import routes

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.get("/cases/{case_id}/route", response_model=RouteView, responses=refuses(NotFound))
async def get_route(case_id: UUID, context: Staff) -> Response:
    """办件的办理路线：牵头窗口、每一步在哪里、由谁办、意见如何。受理以后才有。"""
    route = visible(await context.load(routes.read, case_id), context.actor)
    texts = SealedTexts(context.runtime.sealer, case_id)
    return respond(RouteView.model_validate(route, context=texts), route.version)


@router.post("/cases/{case_id}/deliver", response_model=DeliveryView, responses=_REFUSALS)
async def deliver_result(case_id: UUID, body: DeliveryIn, context: Staff) -> Response:
    """把决定送达申请人并办结（行政许可法 art. 44）；由登记站点或受理单位的窗口、代办员或负责人办理。"""
    signed_by = seal_signer(context.runtime.sealer, case_id, body.signed_by)
    receipt = DeliveryReceipt(body.method, context.today, signed_by)
    return await context.submit(DeliverResult(case_id, receipt, context.cause), DeliveryView.model_validate)


@router.post("/cases/{case_id}/reopen", response_model=ReopenedView, responses=_REFUSALS)
async def reopen_case(case_id: UUID, body: ReopeningIn, context: Staff) -> Response:
    """原决定被撤销后重新办理：步骤和期限重新开始，原来的记录保留；由决定单位负责人或督查人员办理。"""
    reason = seal_reason(context.runtime.sealer, case_id, f"{body.reason}\n{body.basis}")
    command = ReopenCase(case_id, reason, context.today, (new_id(), new_id()), context.cause)
    return await context.submit(command, ReopenedView.model_validate)
