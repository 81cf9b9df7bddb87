"""`/complaints`: anybody may lodge and follow a complaint; who handles it sees it; for all others it does not exist."""

from typing import Annotated

from fastapi import Query, Request, Response

from bianmin.domain.actors import STAFF_ROLES, Actor
from bianmin.domain.complaint_access import first_handler, may_see_complaint
from bianmin.domain.labels_zh import COMPLAINT_KINDS
from bianmin.events.parts import ComplaintKind
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Moment, OrgCode
from bianmin.kit.decide import Cause
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import CENTER_ORG, MOMENT, values_of
from bianmin.kit.ids import new_id, secret_code
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import TooMany, refuses
from bianmin.kit.refusals import DeskOnly, FieldError, Invalid, NotFound
from bianmin.kit.routers import created_at, public_router, staff_router
from services.complaints.api.bodies import (
    LodgingIn,
)
from services.complaints.api.parameters import ComplaintPath
from services.complaints.api.sealing import ComplaintSealer, follow_digest, follow_digests, normalised
from services.complaints.api.views import (
    AnswerView,
    ComplainantView,
    ComplaintSummary,
    ComplaintView,
    ConclusionView,
    FollowView,
    LodgedView,
    PaperView,
)
from services.complaints.domain.complaint import Complaint, ComplaintStatus, Paper, Submission
from services.complaints.domain.decide import ComplaintNotFound, complaint_not_found
from services.complaints.domain.lodging import LodgeComplaint
from services.complaints.domain.review import review_by
from services.complaints.domain.status import STATUS_NAMES
from services.complaints.store import queries

router = staff_router("complaints")
open_router = public_router("complaints")

# no role is required: a 404 for everybody but the handlers tells less than a 403 by role
Context = Annotated[RequestContext, context_for()]


class ComplaintFilesNotOffered(Invalid):
    """Raised when a complaint names files: none can be uploaded yet."""

    slug, title = "file-unknown", "没有这个文件"


@open_router.post(
    "/complaints",
    status_code=201,
    response_model=LodgedView,
    responses=refuses(DeskOnly),
    summary="提出投诉",
    description="任何人提出投诉、检举控告、建议或表扬，可以不登录、不留名（信访工作条例第十七条）。由被投诉单位的上一级承办，"
    "被投诉的单位和人看不到。15 日的受理期限从当日起算（第二十三条）。热线工单（channel 为 hotline）由工作人员登记。"
    "答复里的 follow_code 只出现这一次，用同一个 Idempotency-Key 重试时仍可得到；凭它查询办理情况。"
    "没有登录的，Idempotency-Key 须为随机的 UUID（第 4 或第 7 版），否则为 400。",
    openapi_extra=created_at("/complaints/{id}"),
)
async def lodge_complaint(body: LodgingIn, context: Context) -> Response:
    """Lodge a complaint, report, suggestion or praise, also without a name or a login.

    The stored answer of the Idempotency-Key has the follow code, encrypted and beside no name: a retry gets it again.
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
        # events never tell who complains: neither the name, nor a trace that other requests of the same person have
        by=Cause(Actor("citizen", first_handler(body.subject.org))),
    )

    def view(complaint: Complaint) -> LodgedView:
        return LodgedView(id=complaint.id, complaint_no=complaint.complaint_no, follow_code=code)

    return await context.submit(command, view, status=201, nameless=True)


@open_router.get(
    "/complaints/follow",
    response_model=FollowView,
    responses=refuses(NotFound, TooMany),
    summary="凭查询码查询投诉",
    description="投诉人凭查询码查看办理情况和答复，匿名的也可以，不需要登录；"
    "看不到经办人和他人的情况。查询码不对的为 404，次数多了须等待后再试（429）。",
)
async def follow_complaint(
    request: Request,
    context: Context,
    code: Annotated[
        str,
        Query(
            max_length=60,
            description="查询码，18 位数字和字母，不分大小写，空格和短横线可有可无",
            examples=["K7MPXQ2RWD9HBTV4NC"],
        ),
    ],
) -> Response:
    """Return a complaint to its complainant, by the follow code."""
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


@router.get(
    "/complaints",
    response_model=Page[ComplaintSummary],
    responses=refuses(),
    summary="投诉列表",
    description="承办单位及其上级的负责人、督查和调查员查看负责办理的投诉，新的在前；被投诉单位的人、经办过涉及办件的人"
    "看不到（信访工作条例第二十八条、第三十条），没有可看的得到空列表。",
)
async def list_complaints(
    context: Context,
    org: Annotated[OrgCode | None, Query(description="被投诉单位的区划代码，含下级", examples=[CENTER_ORG])] = None,
    status: Annotated[
        ComplaintStatus | None, Query(description=f"状态：{values_of(STATUS_NAMES)}", examples=["lodged"])
    ] = None,
    kind: Annotated[
        ComplaintKind | None, Query(description=f"种类：{values_of(COMPLAINT_KINDS)}", examples=["complaint"])
    ] = None,
    updated_since: Annotated[
        Moment | None, Query(description="只要此刻以后变动的，RFC 3339，带时区", examples=[MOMENT])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the complaints that the caller handles, the newest first."""
    wanted = queries.ComplaintFilter(org, status, kind, updated_since)
    async with context.read() as tx:
        found, following = await queries.list_complaints(
            tx, context.actor, wanted, context.runtime.cursors, cursor, limit
        )
    items = [ComplaintSummary.of(complaint, updated_at=changed_at) for complaint, changed_at in found]
    return respond(Page(items=items, next_cursor=following))


@router.get(
    "/complaints/{complaint_id}",
    response_model=ComplaintView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="查看投诉",
    description="负责办理的人查看一件投诉的全部内容和案卷，对其他人它不存在（404）；每次查看都记录在案"
    "（信访工作条例第三十条）。",
)
async def get_complaint(complaint_id: ComplaintPath, context: Context) -> Response:
    """Return a complaint with its file to who handles it; the reading is recorded."""
    async with context.read() as tx:
        file = await queries.file_of(tx, complaint_id)
    if file is None or not may_see_complaint(context.actor, file.complaint.parties):
        raise complaint_not_found()
    async with context.runtime.database.transaction() as tx:
        await queries.record_reading(tx, context.now, context.actor, complaint_id)
    sealer = ComplaintSealer(context.runtime.sealer, complaint_id)
    view = ComplaintView.of(
        file.complaint,
        text=sealer.open("text", file.text),
        complainant=_complainant_view(sealer, file.complainant) if file.complainant else None,
        papers=[_paper_view(sealer, paper) for paper in file.papers],
    )
    return respond(view, file.complaint.version)


def _complainant_view(sealer: ComplaintSealer, sealed: bytes) -> ComplainantView:
    return ComplainantView.model_validate_json(sealer.open("complainant", sealed))


def _paper_view(sealer: ComplaintSealer, paper: Paper) -> PaperView:
    content = sealer.open(paper.kind, paper.content)
    document = ConclusionView.model_validate_json(content) if paper.kind == "document" else None
    return PaperView(
        kind=paper.kind,
        level=paper.level,
        on=paper.written_on,
        by=paper.written_by,
        text=None if document else content,
        document=document,
    )
