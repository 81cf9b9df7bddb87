"""`/extensions`: requests to extend the statutory period, and their answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.routing.api.bodies import AnswerIn, ExtensionIn
from services.routing.api.sealing import SealedTexts, seal_reason
from services.routing.api.views.extensions import ExtensionView, ListedExtensionView
from services.routing.domain.extensions import AnswerExtension, RequestExtension
from services.routing.domain.route import ExtensionStatus
from services.routing.store.queries import extensions

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post("/cases/{case_id}/extensions", status_code=201, response_model=ExtensionView, responses=_REFUSALS)
async def request_extension(case_id: UUID, body: ExtensionIn, context: Staff) -> Response:
    """申请延长办理期限（行政许可法 art. 42）：由作出决定的单位在期限届满前提出，只能延长一次。"""
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


@router.get("/extensions", response_model=Page[ListedExtensionView], responses=refuses())
async def list_extensions(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="作出决定的单位所在的区划，含下级")] = None,
    status: Annotated[ExtensionStatus | None, Query(description="requested 为等待批准的")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """本单位看得到的办件的延期申请，附申请理由和答复，先提出的在前。"""
    filters = extensions.ExtensionFilter(org, status)
    async with context.read() as tx:
        page, following = await extensions.list_extensions(
            tx, context.actor, filters, context.runtime.cursors, cursor, limit
        )
    texts = SealedTexts(context.runtime.sealer)
    items = [ListedExtensionView.of(listed, texts) for listed in page]
    return respond(Page(items=items, next_cursor=following))


@router.post("/extensions/{extension_id}/approve", response_model=ExtensionView, responses=_REFUSALS)
async def approve_extension(extension_id: UUID, context: Staff, body: AnswerIn | None = None) -> Response:
    """批准延期：由作出决定的单位负责人批准，联合办理的由同级政府负责人批准；须在期限届满前。"""
    return await _answer(context, extension_id, body, approved=True)


@router.post("/extensions/{extension_id}/reject", response_model=ExtensionView, responses=_REFUSALS)
async def reject_extension(extension_id: UUID, context: Staff, body: AnswerIn | None = None) -> Response:
    """不批准延期：原期限不变。"""
    return await _answer(context, extension_id, body, approved=False)


async def _answer(context: RequestContext, extension_id: UUID, body: AnswerIn | None, *, approved: bool) -> Response:
    reason = body.reason if body else None
    answer = seal_reason(context.runtime.sealer, extension_id, reason) if reason else None
    command = AnswerExtension(extension_id, approved, answer, context.now, context.today, context.cause)
    return await context.submit(command, lambda route: ExtensionView.model_validate(route.extension(extension_id)))
