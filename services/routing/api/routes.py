"""`/cases/{id}`, as far as it is routing's: the way of the case, and its delivery."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Response

from bianmin.domain.access import sees
from bianmin.kit.endpoints import RequestContext, context_for, respond, staff_router
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from services.routing.api import seals
from services.routing.api.bodies import DeliveryIn
from services.routing.api.views import DeliveryView, RouteView
from services.routing.domain.route import Delivered, DeliverResult
from services.routing.domain.rules import RouteNotFound
from services.routing.store import routes

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]


@router.get("/cases/{case_id}/route", response_model=RouteView, responses=refuses(NotFound))
async def get_route(case_id: UUID, context: Staff) -> Response:
    """办件的办理路线：牵头窗口、每一步在哪里、由谁办、意见如何。受理以后才有。"""
    async with context.read() as tx:
        route = await routes.one(tx, case_id)
    if route is None or not sees(context.actor, route.reach):
        raise RouteNotFound("没有这个办件的办理路线；请核对编号，受理以后才有路线。")
    sealer = context.runtime.sealer
    notes = [seals.opened_note(sealer, task) for task in route.tasks]
    opened = partial(seals.opened_reason, sealer)
    return respond(RouteView.of(route, notes, opened, seals.masked_signature(sealer, route)), route.version)


@router.post("/cases/{case_id}/deliver", response_model=DeliveryView, responses=refuses(NotFound, Forbidden, Conflict))
async def deliver_result(case_id: UUID, body: DeliveryIn, context: Staff) -> Response:
    """把决定送达申请人并办结（行政许可法 art. 44）；由登记站点或受理单位的窗口、代办员或负责人办理。"""
    signed_by = seals.signature(context.runtime.sealer, case_id, body.signed_by)
    delivered = Delivered(body.method, context.today, signed_by)
    return await context.submit(DeliverResult(case_id, delivered, context.cause), DeliveryView.of)
