"""`/complaints/{id}`: who handles a complaint accepts or refuses, investigates, concludes and replies to it."""

from typing import Annotated

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.complaints.api.bodies import (
    AssignmentIn,
    ComplaintAcceptanceIn,
    ComplaintExtensionIn,
    ConclusionIn,
    ReasonIn,
    ReplyIn,
    TransferIn,
)
from services.complaints.api.parameters import ComplaintPath
from services.complaints.api.sealing import ComplaintSealer
from services.complaints.api.views import ComplaintHead
from services.complaints.domain.acceptance import AcceptComplaint, RefuseComplaint
from services.complaints.domain.extension import ExtendHandling
from services.complaints.domain.investigation import AssignInvestigator, ConcludeComplaint, ReplyToComplaint
from services.complaints.domain.review import EscalateComplaint
from services.complaints.domain.transfers import RaiseObjection, TransferComplaint

router = staff_router("complaints")

# no role is required: a 404 for everybody but the handlers tells less than a 403 by role
Context = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/complaints/{complaint_id}/accept",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="受理投诉",
    description="承办单位或其上级的负责人、督查或调查员受理，登记之日起 15 日以内（信访工作条例第二十三条）；"
    "60 日的办理期限从当日起算（第三十四条），受理期限停止计时。",
)
async def accept_complaint(
    complaint_id: ComplaintPath, context: Context, body: ComplaintAcceptanceIn | None = None
) -> Response:
    """Accept a complaint; its handling period starts today."""
    return await context.submit(AcceptComplaint(complaint_id, context.today, context.cause), ComplaintHead.of)


@router.post(
    "/complaints/{complaint_id}/refuse",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="不予受理投诉",
    description="承办单位或其上级不予受理，说明理由和应去的渠道，15 日内告知投诉人，凭查询码可见"
    "（信访工作条例第二十三条）；受理期限停止计时，投诉随即结束。",
)
async def refuse_complaint(complaint_id: ComplaintPath, body: ReasonIn, context: Context) -> Response:
    """Refuse a complaint; the complainant reads the reason."""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("refusal", body.reason)
    return await context.submit(RefuseComplaint(complaint_id, reason, context.today, context.cause), ComplaintHead.of)


@router.post(
    "/complaints/{complaint_id}/objection",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="提出职责异议",
    description="承办单位认为不属本单位职责的，收到之日起 5 个工作日内、受理之前提出，"
    "由上级单位决定是否转送（信访工作条例第二十三条）；热线工单按本地策略的期限。受理期限照常计时。",
)
async def object_to_complaint(complaint_id: ComplaintPath, body: ReasonIn, context: Context) -> Response:
    """Object that another org is responsible for a complaint."""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("objection", body.reason)
    return await context.submit(
        RaiseObjection(complaint_id, reason, context.now, context.today, context.cause), ComplaintHead.of
    )


@router.post(
    "/complaints/{complaint_id}/transfer",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="转送投诉",
    description="承办单位的上级把尚未受理的投诉转给本辖区的另一单位承办，不能转给被投诉的单位及其下属；"
    "受理期限从转送之日起重新计算（信访工作条例第二十三条）。",
)
async def transfer_complaint(complaint_id: ComplaintPath, body: TransferIn, context: Context) -> Response:
    """Transfer a complaint to another org; the period for accepting it starts anew."""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("transfer", body.reason)
    return await context.submit(
        TransferComplaint(complaint_id, body.org, reason, context.today, context.cause), ComplaintHead.of
    )


@router.post(
    "/complaints/{complaint_id}/extend",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="延长投诉办理期限",
    description="承办单位负责人在期满之前批准延长办理期限，一次，不超过 30 日，"
    "理由告知投诉人（信访工作条例第三十四条）。热线工单的期限随之延长，不超过本地策略规定的长短；"
    "策略没有规定的，不延长。复查、复核不能延长。",
)
async def extend_complaint(complaint_id: ComplaintPath, body: ComplaintExtensionIn, context: Context) -> Response:
    """Extend the handling period of a complaint once, by at most 30 days."""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("extension", body.reason)
    command = ExtendHandling(complaint_id, body.days, reason, context.now, context.today, context.cause)
    return await context.submit(command, ComplaintHead.of)


@router.post(
    "/complaints/{complaint_id}/assign",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="指定调查员",
    description="承办单位或其上级在受理以后指定调查员。调查员须是机构目录中承办单位或其上级的调查员，"
    "目录中没有的为 422。被投诉单位的人、被投诉人、经办过涉及办件的人、前一级调查过的人须回避"
    "（信访工作条例第二十八条），为 409。期限不因此改变。",
)
async def assign_complaint(complaint_id: ComplaintPath, body: AssignmentIn, context: Context) -> Response:
    """Name the person who investigates a complaint."""
    return await context.submit(AssignInvestigator(complaint_id, body.investigator, context.cause), ComplaintHead.of)


@router.post(
    "/complaints/{complaint_id}/conclude",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="提交调查结论",
    description="承办的调查员提交结论：事实、理由、依据，支持、解释说明或不予支持（信访工作条例第三十二条）。办理期限继续计时，"
    "到答复为止。",
)
async def conclude_complaint(complaint_id: ComplaintPath, body: ConclusionIn, context: Context) -> Response:
    """Conclude a complaint with facts, reasons and legal basis."""
    document = ComplaintSealer(context.runtime.sealer, complaint_id).seal("document", body.model_dump_json())
    return await context.submit(
        ConcludeComplaint(complaint_id, body.outcome, document, context.today, context.cause), ComplaintHead.of
    )


@router.post(
    "/complaints/{complaint_id}/reply",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="答复投诉人",
    description="承办单位或其上级在有结论以后答复投诉人，凭查询码可见；办理期限停止计时。投诉人可在 30 日内申请复查，"
    "对复查意见不服的可在 30 日内申请复核（信访工作条例第三十五条、第三十六条）。",
)
async def reply_to_complaint(complaint_id: ComplaintPath, body: ReplyIn, context: Context) -> Response:
    """Reply to the complainant; the handling period ends."""
    text = ComplaintSealer(context.runtime.sealer, complaint_id).seal("reply", body.text)
    return await context.submit(ReplyToComplaint(complaint_id, text, context.today, context.cause), ComplaintHead.of)


@router.post(
    "/complaints/{complaint_id}/escalate",
    response_model=ComplaintHead,
    responses=_REFUSALS,
    summary="登记复查复核申请",
    description="承办单位或其上级登记投诉人的复查或复核申请：须在收到意见之日起 30 日内提出，由上一级单位承办，"
    "30 日的复查（复核）期限从当日起算；复核意见是终局的（信访工作条例第三十五条、第三十六条）。"
    "检举控告、建议、表扬没有复查复核。",
)
async def escalate_complaint(complaint_id: ComplaintPath, body: ReasonIn, context: Context) -> Response:
    """Register the complainant's request for a review by the org above."""
    request = ComplaintSealer(context.runtime.sealer, complaint_id).seal("request", body.reason)
    return await context.submit(
        EscalateComplaint(complaint_id, request, context.now, context.today, context.cause), ComplaintHead.of
    )
