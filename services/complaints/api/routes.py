"""`/complaints`: anybody may lodge and follow; who handles it sees it; for all others it does not exist."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.domain.actors import Actor
from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.events.parts import ComplaintKind
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.decide import Cause
from bianmin.kit.endpoints import RequestContext, context_for, public_router, respond, staff_router
from bianmin.kit.ids import new_id, secret_code
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.complaints.api.bodies import (
    AcceptanceIn,
    AssignmentIn,
    ConclusionIn,
    ExtensionIn,
    Lodging,
    ReasonIn,
    ReplyIn,
    TransferIn,
)
from services.complaints.api.papers import Seals
from services.complaints.api.views import (
    AnswerView,
    ComplaintHead,
    ComplaintSummary,
    ComplaintView,
    FollowView,
    LodgedView,
    PaperView,
)
from services.complaints.domain.complaint import (
    Accept,
    Assign,
    Complaint,
    Conclude,
    Escalate,
    Extend,
    Lodge,
    Object,
    Paper,
    Papers,
    Refuse,
    Reply,
    Status,
    Transfer,
)
from services.complaints.domain.handing_on import review_by
from services.complaints.domain.rules import ComplaintNotFound
from services.complaints.domain.status import STATUS_NAMES
from services.complaints.store import views

router = staff_router("complaints")
open_router = public_router("complaints")

# no role is asked for: a 403 by role would tell nothing, but a 404 for all but the handlers tells less
Staff = Annotated[RequestContext, context_for()]
_MOVES = refuses(NotFound, Forbidden, Conflict)


class FilesNotOffered(Invalid):
    slug, title = "file-unknown", "没有这个文件"


@open_router.post("/complaints", status_code=201, response_model=LodgedView, responses=refuses())
async def lodge_complaint(body: Lodging, context: Staff) -> Response:
    """投诉、举报、建议、表扬；可以不登录、不留名。答复里的 follow_code 只出现这一次，凭它查询办理情况。

    The stored answer of the Idempotency-Key holds the follow code until keys are cleared: a retry must tell it again.
    """
    if body.file_ids:
        where = FieldError("/file_ids", "file_unknown", "没有这个文件")
        raise FilesNotOffered("引用的文件不存在；文件上传尚未开通，请去掉 file_ids。", errors=[where])
    complaint_id, code = new_id(), secret_code()
    seals = Seals(context.runtime.sealer, complaint_id)
    order = Lodge(
        complaint_id=complaint_id,
        complaint_no=f"TS{context.today:%Y%m%d}-{secret_code(6)}",
        kind=body.kind,
        channel=body.channel,
        anonymous=body.anonymous,
        accused_org=body.subject.org,
        accused_staff=body.subject.staff_id,
        case_id=body.subject.case_id,
        papers=Papers(
            text=seals.seal("text", body.text),
            complainant=seals.seal("complainant", body.complainant.model_dump_json()) if body.complainant else None,
            follow=seals.follow(code),
        ),
        lodged_on=context.today,
        # whoever complains is nobody in the events, also somebody who signed in
        by=Cause(Actor("citizen", first_handler(body.subject.org)), trace=context.trace),
    )

    def view(complaint: Complaint) -> LodgedView:
        return LodgedView(id=complaint.id, complaint_no=complaint.complaint_no, follow_code=code)

    return await context.submit(order, view, status=201)


@open_router.get("/complaints/follow", response_model=FollowView, responses=refuses(NotFound))
async def follow_complaint(context: Staff, code: Annotated[str, Query(max_length=60)]) -> Response:
    """凭查询码看自己投诉的办理情况，匿名的也可以。"""
    async with context.read() as tx:
        found = await views.followed(tx, Seals.digests(context.runtime.sealer, code))
    if found is None:
        raise ComplaintNotFound("没有查到；请核对查询码。")
    complaint = found.complaint
    seals = Seals(context.runtime.sealer, complaint.id)
    answers = [
        AnswerView(kind=paper.kind, level=paper.level, on=paper.on, text=seals.open(paper.kind, paper.content))
        for paper in found.papers
        if paper.kind in ("refusal", "extension", "reply")
    ]
    return respond(
        FollowView(
            complaint_no=complaint.complaint_no,
            kind=complaint.kind,
            level=complaint.level,
            status=complaint.status,
            status_text=STATUS_NAMES[complaint.status],
            lodged_on=complaint.lodged_on,
            accepted_on=complaint.accepted_on,
            escalated_on=complaint.escalated_on,
            refused_on=complaint.refused_on,
            extended_by=complaint.extended_by,
            concluded_on=complaint.concluded_on,
            outcome=complaint.outcome,
            replied_on=complaint.replied_on,
            reply=next((each.text for each in reversed(answers) if each.kind == "reply"), None),
            review_by=review_by(complaint),
            answers=answers,
        )
    )


@router.get("/complaints", response_model=Page[ComplaintSummary])
async def list_complaints(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="被投诉单位，含下级")] = None,
    status: Status | None = None,
    kind: ComplaintKind | None = None,
    updated_since: Annotated[Moment | None, Query(description="只要此刻以后变动的")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """由本单位负责办理的投诉，新的在前。"""
    wanted = views.ComplaintFilter(org, status, kind, updated_since)
    async with context.read() as tx:
        items, following = await views.list_complaints(
            tx, context.actor, wanted, context.runtime.cursors, cursor, limit
        )
    return respond(Page(items=[ComplaintSummary.at(*item) for item in items], next_cursor=following))


@router.get("/complaints/{complaint_id}", response_model=ComplaintView, responses=refuses(NotFound))
async def get_complaint(complaint_id: UUID, context: Staff) -> Response:
    """一件投诉的全部内容，只给负责办理的人；每次查看都记录在案（信访工作条例 art. 30）。"""
    async with context.read() as tx:
        found = await views.file_of(tx, complaint_id)
    if found is None or not may_see_complaint(context.actor, found.complaint.parties):
        raise ComplaintNotFound("没有这件投诉；请核对编号。")
    async with context.runtime.database.transaction() as tx:
        await views.audit(tx, context.now, context.actor, complaint_id)
    seals = Seals(context.runtime.sealer, complaint_id)
    view = ComplaintView.of(
        found.complaint,
        text=seals.open("text", found.text),
        complainant=json.loads(seals.open("complainant", found.complainant)) if found.complainant else None,
        papers=[_opened(seals, paper) for paper in found.papers],
    )
    return respond(view, found.complaint.version)


def _opened(seals: Seals, paper: Paper) -> PaperView:
    told = seals.open(paper.kind, paper.content)
    document = json.loads(told) if paper.kind == "document" else None
    text = None if document else told
    return PaperView(kind=paper.kind, level=paper.level, on=paper.on, by=paper.by, text=text, document=document)


@router.post("/complaints/{complaint_id}/accept", response_model=ComplaintHead, responses=_MOVES)
async def accept_complaint(complaint_id: UUID, context: Staff, body: AcceptanceIn | None = None) -> Response:
    """受理：六十日的办理期限从今天起算（信访工作条例 art. 34）。"""
    return await context.submit(Accept(complaint_id, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/refuse", response_model=ComplaintHead, responses=_MOVES)
async def refuse_complaint(complaint_id: UUID, body: ReasonIn, context: Staff) -> Response:
    """不予受理，说明理由和应去的渠道；十五日内告知投诉人，凭查询码可见（信访工作条例 art. 23）。"""
    reason = Seals(context.runtime.sealer, complaint_id).seal("refusal", body.reason)
    return await context.submit(Refuse(complaint_id, reason, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/objection", response_model=ComplaintHead, responses=_MOVES)
async def object_to_complaint(complaint_id: UUID, body: ReasonIn, context: Staff) -> Response:
    """承办单位认为不属于本单位职责：收到之日起五个工作日内提出，由上级单位决定（信访工作条例 art. 23）。"""
    reason = Seals(context.runtime.sealer, complaint_id).seal("objection", body.reason)
    return await context.submit(
        Object(complaint_id, reason, context.now, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/transfer", response_model=ComplaintHead, responses=_MOVES)
async def transfer_complaint(complaint_id: UUID, body: TransferIn, context: Staff) -> Response:
    """上级单位转送给另一单位承办；受理期限从转送之日起重新计算（信访工作条例 art. 23）。"""
    reason = Seals(context.runtime.sealer, complaint_id).seal("transfer", body.reason)
    return await context.submit(
        Transfer(complaint_id, body.org, reason, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/extend", response_model=ComplaintHead, responses=_MOVES)
async def extend_complaint(complaint_id: UUID, body: ExtensionIn, context: Staff) -> Response:
    """承办单位负责人批准延长办理期限：期满之前，一次，不超过三十日；理由告知投诉人（信访工作条例 art. 34）。

    热线工单的期限随之延长，不超过本地策略规定的长短（策略没有规定的，不延长）。
    """
    reason = Seals(context.runtime.sealer, complaint_id).seal("extension", body.reason)
    order = Extend(complaint_id, body.days, reason, context.now, context.today, context.cause)
    return await context.submit(order, ComplaintHead.of)


@router.post("/complaints/{complaint_id}/assign", response_model=ComplaintHead, responses=_MOVES)
async def assign_complaint(complaint_id: UUID, body: AssignmentIn, context: Staff) -> Response:
    """指定调查员；被投诉人和经办过该办件的人须回避（信访工作条例 art. 28）。"""
    return await context.submit(Assign(complaint_id, body.investigator, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/conclude", response_model=ComplaintHead, responses=_MOVES)
async def conclude_complaint(complaint_id: UUID, body: ConclusionIn, context: Staff) -> Response:
    """调查结论：事实、理由、依据，支持、解释说明或不予支持（信访工作条例 art. 32）。"""
    document = Seals(context.runtime.sealer, complaint_id).seal("document", body.model_dump_json())
    return await context.submit(
        Conclude(complaint_id, body.outcome, document, context.today, context.cause), ComplaintHead.of
    )


@router.post("/complaints/{complaint_id}/reply", response_model=ComplaintHead, responses=_MOVES)
async def reply_to_complaint(complaint_id: UUID, body: ReplyIn, context: Staff) -> Response:
    """答复投诉人；凭查询码可见。"""
    text = Seals(context.runtime.sealer, complaint_id).seal("reply", body.text)
    return await context.submit(Reply(complaint_id, text, context.today, context.cause), ComplaintHead.of)


@router.post("/complaints/{complaint_id}/escalate", response_model=ComplaintHead, responses=_MOVES)
async def escalate_complaint(complaint_id: UUID, body: ReasonIn, context: Staff) -> Response:
    """登记投诉人的复查、复核申请：收到意见之日起三十日内，由上一级单位三十日内答复；复核意见是终局的。

    信访工作条例 art. 35, 36.
    """
    request = Seals(context.runtime.sealer, complaint_id).seal("request", body.reason)
    return await context.submit(
        Escalate(complaint_id, request, context.now, context.today, context.cause), ComplaintHead.of
    )
