"""`/cases/{id}` of routing: the route of a case, its delivery, its reopening."""

from typing import Annotated

from fastapi import Response

from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies.routes import ApplicantReplyIn, DeliveryIn, ReopeningIn
from services.routing.api.parameters import CasePath
from services.routing.api.sealing import SealedTexts, seal_reason, seal_reply, seal_signer
from services.routing.api.views.routes import ApplicantReplyView, DeliveryView, ReopenedView, RouteView
from services.routing.domain.delivery import DeliverResult
from services.routing.domain.planning import MOST_STEPS
from services.routing.domain.preconditions import visible
from services.routing.domain.reopening import ReopenCase
from services.routing.domain.reply import ReplyToApplicant
from services.routing.domain.route import DeliveryReceipt, Reply
from services.routing.store import routes

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.get(
    "/cases/{case_id}/route",
    response_model=RouteView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="办理路线",
    description="看得到办件的工作人员查看它的办理路线：牵头单位，每一步在哪里、由谁办、意见如何，特别程序、延期、送达，"
    "以及决定已被撤销的各次办理。路线在受理以后才有；还没有的为 404。",
)
async def get_route(case_id: CasePath, context: Staff) -> Response:
    """Return the route of a case: its offices, steps, opinions and delivery."""
    route = visible(await context.load(routes.read, case_id), context.actor)
    texts = SealedTexts(context.runtime.sealer, case_id)
    return respond(RouteView.of(route, texts), route.version)


@router.post(
    "/cases/{case_id}/deliver",
    response_model=DeliveryView,
    responses=_REFUSALS,
    summary="送达结果",
    description="登记站点或受理单位的窗口、代办员或负责人把决定送达申请人，登记方式和签收人；办件随即办结（代为办理的，回复申请人以后办结），"
    "送达期限停止计时。许可证件应在作出决定之日起 10 个工作日内送达（行政许可法第四十四条）。",
)
async def deliver_result(case_id: CasePath, body: DeliveryIn, context: Staff) -> Response:
    """Record the delivery of the result, which closes the case."""
    signed_by = seal_signer(context.runtime.sealer, case_id, body.signed_by)
    receipt = DeliveryReceipt(body.method, context.today, signed_by)
    return await context.submit(DeliverResult(case_id, receipt, context.cause), DeliveryView.model_validate)


@router.post(
    "/cases/{case_id}/reply",
    response_model=ApplicantReplyView,
    responses=_REFUSALS,
    summary="回复申请人",
    description="代为办理的办件，由登记站点或受理单位的代办员、窗口或负责人登记怎样把结果回复了申请人。"
    "结果送达并且回复以后才办结；还没有作出决定的、不是代为办理的为 409。",
)
async def reply_to_applicant(case_id: CasePath, body: ApplicantReplyIn, context: Staff) -> Response:
    """Record that the applicant was told the result; with the delivery, it closes an agency case."""
    text = seal_reply(context.runtime.sealer, case_id, body.text)
    reply = Reply(body.method, body.replied_on or context.today, text)
    command = ReplyToApplicant(case_id, reply, context.today, context.cause)
    return await context.submit(command, ApplicantReplyView.model_validate)


@router.post(
    "/cases/{case_id}/reopen",
    response_model=ReopenedView,
    responses=_REFUSALS,
    summary="重新办理",
    description="原决定被复议、判决或上级撤销后，由作出决定的单位的负责人或上级督查人员登记重新办理：步骤从头开始，"
    "承诺和法定期限重新起算，原来的步骤、决定和期限保留。没有作出过决定的为 409。",
)
async def reopen_case(case_id: CasePath, body: ReopeningIn, context: Staff) -> Response:
    """Handle a case again after its decision was set aside."""
    reason = seal_reason(context.runtime.sealer, case_id, f"{body.reason}\n{body.basis}")
    command = ReopenCase(case_id, reason, context.today, [new_id() for _ in range(MOST_STEPS)], context.cause)
    return await context.submit(command, ReopenedView.model_validate)
