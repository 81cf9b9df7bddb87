"""Disputes: mediation at the village, the township, the county."""

from typing import Annotated

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.routing.api.bodies.routes import EscalationIn, MediationIn
from services.routing.api.parameters import CasePath
from services.routing.api.sealing import seal_mediators, seal_note, seal_reason
from services.routing.api.views.disputes import DisputeView, MediationView
from services.routing.domain.disputes import EscalateDispute, RecordMediation, task_in_turn
from services.routing.domain.preconditions import visible
from services.routing.domain.route import Route
from services.routing.store import routes

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/mediations",
    status_code=201,
    response_model=MediationView,
    responses=_REFUSALS,
    summary="登记调解",
    description="矛盾纠纷轮到哪一级，由该级单位的工作人员登记一次调解：哪天、谁调解、结果和记录。达成协议的随即办结，"
    "并说明在哪一级化解；最后一级没有调解成的也办结，告知当事人可以申请仲裁或者起诉（人民调解法第二十六条）。",
    openapi_extra=created_at("/cases/{case_id}/route"),
)
async def record_mediation(case_id: CasePath, body: MediationIn, context: Staff) -> Response:
    """Record an attempt to mediate a dispute."""
    id = new_id()
    sealer = context.runtime.sealer
    command = RecordMediation(
        case_id=case_id,
        mediation_id=id,
        mediated_on=body.on,
        outcome=body.outcome,
        mediators=seal_mediators(sealer, id, body.mediators),
        note=seal_reason(sealer, id, body.note),
        now=context.now,
        today=context.today,
        by=context.cause,
    )

    def view(route: Route) -> MediationView:
        return MediationView.model_validate(next(each for each in route.mediations if each.id == id))

    return await context.submit(command, view, status=201)


@router.post(
    "/disputes/{case_id}/escalate",
    response_model=DisputeView,
    responses=_REFUSALS,
    summary="上报纠纷",
    description="本级调解没有成的，由本级单位的工作人员写明理由上报上一级：村到乡镇，乡镇到县。"
    "本级没有调解过的、已经是最后一级的为 409。",
)
async def escalate_dispute(case_id: CasePath, body: EscalationIn, context: Staff) -> Response:
    """Pass a dispute to the next level."""
    route = visible(await context.load(routes.read, case_id), context.actor)
    task = task_in_turn(route, context.actor)
    why = seal_note(context.runtime.sealer, task.id, body.why)
    return await context.submit(EscalateDispute(case_id, task.id, why, context.now, context.cause), DisputeView.of)
