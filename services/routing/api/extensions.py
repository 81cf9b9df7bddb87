"""`/extensions`: requests to extend the statutory period, and their answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import OFFICE_ORG, values_of
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.routing import texts
from services.routing.api.bodies.routes import AnswerIn, ExtensionIn
from services.routing.api.parameters import CasePath, ExtensionPath
from services.routing.api.sealing import SealedTexts, seal_reason
from services.routing.api.views.extensions import ExtensionView, ListedExtensionView
from services.routing.domain.extensions import AnswerExtension, RequestExtension
from services.routing.domain.route import ExtensionStatus
from services.routing.store.queries import extensions

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/extensions",
    status_code=201,
    response_model=ExtensionView,
    responses=_REFUSALS,
    summary="申请延长期限",
    description="作出决定的单位的工作人员在法定期限届满前申请延长，每次办理只能延长一次；最多延长事项规定的天数，"
    "没有规定的，许可 10 个工作日、联合办理的许可 15 个工作日，其他事项不能延长（行政许可法第四十二条）。"
    "批准以前期限不变。",
    openapi_extra=created_at("/cases/{case_id}/route"),
)
async def request_extension(case_id: CasePath, body: ExtensionIn, context: Staff) -> Response:
    """Request an extension of the statutory period."""
    id = new_id()
    command = RequestExtension(
        case_id=case_id,
        extension_id=id,
        days=body.days,
        reason=seal_reason(context.runtime.sealer, id, body.reason),
        at=context.now,
        today=context.today,
        by=context.cause,
    )
    return await context.submit(command, lambda route: ExtensionView.model_validate(route.extension(id)), status=201)


@router.get(
    "/extensions",
    response_model=Page[ListedExtensionView],
    responses=refuses(),
    summary="延期申请列表",
    description="各级工作人员查看本单位看得到的办件的延期申请，附申请和答复的理由，先提出的在前。"
    "负责人用 `status=requested` 查看等待批准的。",
)
async def list_extensions(
    context: Staff,
    org: Annotated[
        OrgCode | None, Query(description="作出决定的单位所在的区划代码，含下级", examples=[OFFICE_ORG])
    ] = None,
    status: Annotated[
        ExtensionStatus | None,
        Query(description=f"状态：{values_of(texts.EXTENSION_STATUSES)}", examples=["requested"]),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List requests for an extension of the cases that the caller may see, the oldest first."""
    filters = extensions.ExtensionFilter(org, status)
    async with context.read() as tx:
        page, following = await extensions.list_extensions(
            tx, context.actor, filters, context.runtime.cursors, cursor, limit
        )
    sealed = SealedTexts(context.runtime.sealer)
    items = [ListedExtensionView.of(listed, sealed) for listed in page]
    return respond(Page(items=items, next_cursor=following))


@router.post(
    "/extensions/{extension_id}/approve",
    response_model=ExtensionView,
    responses=_REFUSALS,
    summary="批准延期",
    description="作出决定的单位的负责人批准，联合办理的由同级政府负责人批准，须在法定期限届满前"
    "（行政许可法第四十二条）。法定期限随即延长，尚在计时的承诺期限同样延长，申请人在进度中看到新的到期日。",
)
async def approve_extension(extension_id: ExtensionPath, context: Staff, body: AnswerIn | None = None) -> Response:
    """Approve a request for an extension; the periods move."""
    return await _answer(context, extension_id, body, approved=True)


@router.post(
    "/extensions/{extension_id}/reject",
    response_model=ExtensionView,
    responses=_REFUSALS,
    summary="不批准延期",
    description="作出决定的单位的负责人（联合办理的由同级政府负责人）不批准延期：原期限不变，"
    "在届满前可以再次申请（行政许可法第四十二条）。",
)
async def reject_extension(extension_id: ExtensionPath, context: Staff, body: AnswerIn | None = None) -> Response:
    """Reject a request for an extension; the periods stay."""
    return await _answer(context, extension_id, body, approved=False)


async def _answer(context: RequestContext, extension_id: UUID, body: AnswerIn | None, *, approved: bool) -> Response:
    reason = body.reason if body else None
    answer = seal_reason(context.runtime.sealer, extension_id, reason) if reason else None
    command = AnswerExtension(extension_id, approved, answer, context.now, context.today, context.cause)
    return await context.submit(command, lambda route: ExtensionView.model_validate(route.extension(extension_id)))
