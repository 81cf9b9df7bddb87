"""`/denial-filings`: intentions to deny, and the answers of the heads."""

from typing import Annotated

from fastapi import Query, Response

from bianmin.domain.filing import FILING_STATUSES, FilingStatus
from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import OFFICE_ORG, values_of
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.routing.api.bodies.filings import DenialFilingAnswerIn, DenialFilingIn
from services.routing.api.parameters import CasePath, FilingPath
from services.routing.api.sealing import SealedTexts, seal_reason
from services.routing.api.views.filings import DenialFilingView, ListedDenialFilingView
from services.routing.domain.filings import AnswerFiling, FileDenial
from services.routing.store.queries import filings

router = staff_router("routing")

Staff = Annotated[RequestContext, context_for()]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/denial-filings",
    status_code=201,
    response_model=DenialFilingView,
    responses=_REFUSALS,
    summary="报备不予许可",
    description="轮到决定步骤时，作出决定的单位的工作人员拟不予许可的，先写明事实、理由、依据报负责人（否决报备）。"
    "期限照常计算；事项授权窗口决定的不需要报备，为 409。",
    openapi_extra=created_at("/cases/{case_id}/route"),
)
async def file_denial(case_id: CasePath, body: DenialFilingIn, context: Staff) -> Response:
    """File the intention to deny a case."""
    id, sealer = new_id(), context.runtime.sealer
    command = FileDenial(
        case_id=case_id,
        filing_id=id,
        facts=seal_reason(sealer, id, body.facts),
        reason=seal_reason(sealer, id, body.reason),
        legal_basis=body.legal_basis,
        missing=tuple(body.missing or ()),
        today=context.today,
        by=context.cause,
    )
    return await context.submit(command, lambda route: DenialFilingView.model_validate(route.filing(id)), status=201)


@router.get(
    "/denial-filings",
    response_model=Page[ListedDenialFilingView],
    responses=refuses(),
    summary="不予许可的报备列表",
    description="各级工作人员查看本单位看得到的办件的报备和答复，先提出的在前。"
    "负责人用 `status=filed` 查看等待答复的。",
)
async def list_denial_filings(
    context: Staff,
    org: Annotated[
        OrgCode | None, Query(description="作出决定的单位所在的区划代码，含下级", examples=[OFFICE_ORG])
    ] = None,
    status: Annotated[
        FilingStatus | None, Query(description=f"状态：{values_of(FILING_STATUSES)}", examples=["filed"])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List filings of the cases that the caller may see, the oldest first."""
    filters = filings.FilingFilter(org, status)
    async with context.read() as tx:
        page, following = await filings.list_filings(tx, context.actor, filters, context.runtime.cursors, cursor, limit)
    sealed = SealedTexts(context.runtime.sealer)
    items = [ListedDenialFilingView.of(listed, sealed) for listed in page]
    return respond(Page(items=items, next_cursor=following))


@router.post(
    "/denial-filings/{filing_id}/answer",
    response_model=DenialFilingView,
    responses=_REFUSALS,
    summary="答复不予许可的报备",
    description="作出决定的单位的负责人答复，不能是报备人自己。同意的，可以以 deny 办完决定步骤；"
    "不同意的，附意见退回经办人继续办理，需要时重新报备。",
)
async def answer_denial_filing(filing_id: FilingPath, body: DenialFilingAnswerIn, context: Staff) -> Response:
    """Answer a filing: agree, or send the matter back with an opinion."""
    opinion = seal_reason(context.runtime.sealer, filing_id, body.opinion)
    command = AnswerFiling(filing_id, body.agree, opinion, context.today, context.cause)
    return await context.submit(command, lambda route: DenialFilingView.model_validate(route.filing(filing_id)))
