"""`/complaints`: anybody may lodge and follow a complaint; who handles it sees it; for all others it does not exist."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from bianmin.domain.actors import STAFF_ROLES, Actor
from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.events.parts import ComplaintKind
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.decide import Cause
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id, secret_code
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import TooMany, refuses
from bianmin.kit.refusals import Conflict, DeskOnly, FieldError, Forbidden, Invalid, NotFound
from bianmin.kit.routers import public_router, staff_router
from services.complaints.api.bodies import (
    AssignmentIn,
    ComplaintAcceptanceIn,
    ComplaintExtensionIn,
    ConclusionIn,
    LodgingIn,
    ReasonIn,
    ReplyIn,
    TransferIn,
)
from services.complaints.api.sealing import ComplaintSealer, follow_digest, follow_digests, normalised
from services.complaints.api.views import (
    AnswerView,
    ComplaintHead,
    ComplaintSummary,
    ComplaintView,
    FollowView,
    LodgedView,
    PaperView,
)
from services.complaints.domain.acceptance import AcceptComplaint, RefuseComplaint
from services.complaints.domain.complaint import Complaint, ComplaintStatus, Paper, Submission
from services.complaints.domain.decide import ComplaintNotFound
from services.complaints.domain.extension import ExtendHandling
from services.complaints.domain.investigation import AssignInvestigator, ConcludeComplaint, ReplyToComplaint
from services.complaints.domain.lodging import LodgeComplaint
from services.complaints.domain.review import EscalateComplaint, review_by
from services.complaints.domain.status import STATUS_NAMES
from services.complaints.domain.transfers import RaiseObjection, TransferComplaint
from services.complaints.store import queries

router = staff_router("complaints")
open_router = public_router("complaints")

# no role is required: a 404 for everybody but the handlers tells less than a 403 by role
Context = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


class ComplaintFilesNotOffered(Invalid):
    """Raised when a complaint names files: none can be uploaded yet."""

    slug, title = "file-unknown", "没有这个文件"


@open_router.post("/complaints", status_code=201, response_model=LodgedView, responses=refuses(DeskOnly))
async def lodge_complaint(body: LodgingIn, context: Context) -> Response:
    """投诉、举报、建议、表扬；可以不登录、不留名。答复里的 follow_code 只出现这一次，凭它查询办理情况。

    The stored answer of the Idempotency-Key has the follow code until keys are cleared: a retry gets it again.
    """
    if body.file_ids:
        where = FieldError("/file_ids", "file_unknown", "没有这个文件")
        raise ComplaintFilesNotOffered("引用的文件不存在；文件上传尚未开通，请去掉 file_ids。", errors=[where])
    if body.channel == "hotline" and not context.actor.may(*STAFF_ROLES):
        where = FieldError("/channel", "desk_only", "热线工单由热线或窗口登记；请改为 mobile")
        raise DeskOnly("热线工单有自己的期限，由热线系统或窗口登记；请去掉 channel 后重新提交。", errors=[where])
    complaint_id, code = new_id(), secret_code()
    sealer = ComplaintSealer(context.runtime.sealer, complaint_id)
    command = LodgeComplaint(
        complaint_id=complaint_id,
        complaint_no=f"TS{context.today:%Y%m%d}-{secret_code(6)}",
        kind=body.kind,
        channel=body.channel,
        anonymous=body.anonymous,
        accused_org=body.subject.org,
        accused_staff=body.subject.staff_id,
        case_id=body.subject.case_id,
        submission=Submission(
            text=sealer.seal("text", body.text),
            complainant=sealer.seal("complainant", body.complainant.model_dump_json()) if body.complainant else None,
            follow_digest=follow_digest(context.runtime.sealer, code),
        ),
        lodged_on=context.today,
        # events never name who complains, also where they signed in
        by=Cause(Actor("citizen", first_handler(body.subject.org)), trace=context.trace),
    )

    def view(complaint: Complaint) -> LodgedView:
        return LodgedView(id=complaint.id, complaint_no=complaint.complaint_no, follow_code=code)

    return await context.submit(command, view, status=201)


@open_router.get("/complaints/follow", response_model=FollowView, responses=refuses(NotFound, TooMany))
async def follow_complaint(request: Request, context: Context, code: Annotated[str, Query(max_length=60)]) -> Response:
    """凭查询码看自己投诉的办理情况，匿名的也可以。查不到的次数多了，须等待后再试。"""
    async with context.runtime.guesses.attempt(request, normalised(code)), context.read() as tx:
        file = await queries.file_by_follow_code(tx, follow_digests(context.runtime.sealer, code))
        if file is None:
            raise ComplaintNotFound("没有查到；请核对查询码。")
    complaint = file.complaint
    sealer = ComplaintSealer(context.runtime.sealer, complaint.id)
    answers = [
        AnswerView(kind=paper.kind, level=paper.level, on=paper.written_on, text=sealer.open(paper.kind, paper.content))
        for paper in file.papers
        if paper.kind in ("refusal", "extension", "reply")
    ]
    return respond(
        FollowView.of(
            complaint,
            status_text=STATUS_NAMES[complaint.status],
            reply=next((answer.text for answer in reversed(answers) if answer.kind == "reply"), None),
            review_by=review_by(complaint),
            answers=answers,
        )
    )


@router.get("/complaints", response_model=Page[ComplaintSummary])
async def list_complaints(
    context: Context,
    org: Annotated[OrgCode | None, Query(description="被投诉单位，含下级")] = None,
    status: ComplaintStatus | None = None,
    kind: ComplaintKind | None = None,
    updated_since: Annotated[Moment | None, Query(description="只要此刻以后变动的")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """由本单位负责办理的投诉，新的在前。"""
    wanted = queries.ComplaintFilter(org, status, kind, updated_since)
    async with context.read() as tx:
        found, following = await queries.list_complaints(
            tx, context.actor, wanted, context.runtime.cursors, cursor, limit
        )
    items = [ComplaintSummary.of(complaint, updated_at=changed_at) for complaint, changed_at in found]
    return respond(Page(items=items, next_cursor=following))


@router.get("/complaints/{complaint_id}", response_model=ComplaintView, responses=refuses(NotFound))
async def get_complaint(complaint_id: UUID, context: Context) -> Response:
    """一件投诉的全部内容，只给负责办理的人；每次查看都记录在案（信访工作条例 art. 30）。"""
    async with context.read() as tx:
        file = await queries.file_of(tx, complaint_id)
    if file is None or not may_see_complaint(context.actor, file.complaint.parties):
        raise ComplaintNotFound("没有这件投诉；请核对编号。")
    async with context.runtime.database.transaction() as tx:
        await queries.record_reading(tx, context.now, context.actor, complaint_id)
    sealer = ComplaintSealer(context.runtime.sealer, complaint_id)
    view = ComplaintView.of(
        file.complaint,
        text=sealer.open("text", file.text),
        complainant=json.loads(sealer.open("complainant", file.complainant)) if file.complainant else None,
        papers=[_paper_view(sealer, paper) for paper in file.papers],
    )
    return respond(view, file.complaint.version)


def _paper_view(sealer: ComplaintSealer, paper: Paper) -> PaperView:
    content = sealer.open(paper.kind, paper.content)
    document = json.loads(content) if paper.kind == "document" else None
    return PaperView(
        kind=paper.kind,
        level=paper.level,
        on=paper.written_on,
        by=paper.written_by,
        text=None if document else content,
        document=document,
    )


@router.post("/complaints/{complaint_id}/accept", response_model=ComplaintHead, responses=_REFUSALS)
async def accept_complaint(complaint_id: UUID, context: Context, body: ComplaintAcceptanceIn | None = None) -> Response:
    """受理：六十日的办理期限从今天起算（信访工作条例 art. 34）。"""
    return await context.submit(AcceptComplaint(complaint_id, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/refuse", response_model=ComplaintHead, responses=_REFUSALS)
async def refuse_complaint(complaint_id: UUID, body: ReasonIn, context: Context) -> Response:
    """不予受理，说明理由和应去的渠道；十五日内告知投诉人，凭查询码可见（信访工作条例 art. 23）。"""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("refusal", body.reason)
    return await context.submit(RefuseComplaint(complaint_id, reason, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/objection", response_model=ComplaintHead, responses=_REFUSALS)
async def object_to_complaint(complaint_id: UUID, body: ReasonIn, context: Context) -> Response:
    """承办单位认为不属于本单位职责：收到之日起五个工作日内提出，由上级单位决定（信访工作条例 art. 23）。"""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("objection", body.reason)
    return await context.submit(
        RaiseObjection(complaint_id, reason, context.now, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/transfer", response_model=ComplaintHead, responses=_REFUSALS)
async def transfer_complaint(complaint_id: UUID, body: TransferIn, context: Context) -> Response:
    """上级单位转送给另一单位承办；受理期限从转送之日起重新计算（信访工作条例 art. 23）。"""
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("transfer", body.reason)
    return await context.submit(
        TransferComplaint(complaint_id, body.org, reason, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/extend", response_model=ComplaintHead, responses=_REFUSALS)
async def extend_complaint(complaint_id: UUID, body: ComplaintExtensionIn, context: Context) -> Response:
    """承办单位负责人批准延长办理期限：期满之前，一次，不超过三十日；理由告知投诉人（信访工作条例 art. 34）。

    热线工单的期限随之延长，不超过本地策略规定的长短（策略没有规定的，不延长）。
    """
    reason = ComplaintSealer(context.runtime.sealer, complaint_id).seal("extension", body.reason)
    command = ExtendHandling(complaint_id, body.days, reason, context.now, context.today, context.cause)
    return await context.submit(command, ComplaintHead.of)


@router.post("/complaints/{complaint_id}/assign", response_model=ComplaintHead, responses=_REFUSALS)
async def assign_complaint(complaint_id: UUID, body: AssignmentIn, context: Context) -> Response:
    """指定调查员；被投诉人和经办过该办件的人须回避（信访工作条例 art. 28）。"""
    return await context.submit(AssignInvestigator(complaint_id, body.investigator, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/conclude", response_model=ComplaintHead, responses=_REFUSALS)
async def conclude_complaint(complaint_id: UUID, body: ConclusionIn, context: Context) -> Response:
    """调查结论：事实、理由、依据，支持、解释说明或不予支持（信访工作条例 art. 32）。"""
    document = ComplaintSealer(context.runtime.sealer, complaint_id).seal("document", body.model_dump_json())
    return await context.submit(
        ConcludeComplaint(complaint_id, body.outcome, document, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/reply", response_model=ComplaintHead, responses=_REFUSALS)
async def reply_to_complaint(complaint_id: UUID, body: ReplyIn, context: Context) -> Response:
    """答复投诉人；凭查询码可见。"""
    text = ComplaintSealer(context.runtime.sealer, complaint_id).seal("reply", body.text)
    return await context.submit(ReplyToComplaint(complaint_id, text, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/escalate", response_model=ComplaintHead, responses=_REFUSALS)
async def escalate_complaint(complaint_id: UUID, body: ReasonIn, context: Context) -> Response:
    """登记投诉人的复查、复核申请：收到意见之日起三十日内，由上一级单位三十日内答复；复核意见是终局的。

    信访工作条例 art. 35, 36.
    """
    request = ComplaintSealer(context.runtime.sealer, complaint_id).seal("request", body.reason)
    return await context.submit(
        EscalateComplaint(complaint_id, request, context.now, context.today, context.cause), ComplaintHead.of
    )
