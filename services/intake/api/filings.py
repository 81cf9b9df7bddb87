"""`/refusal-filings`: intentions to refuse a case, and the answers of the heads."""

from typing import Annotated

from fastapi import Query, Response

from bianmin.domain.filing import FILING_STATUSES, FilingStatus
from bianmin.kit.bodies import OrgCode
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import CENTER_ORG, values_of
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.intake.api.bodies import RefusalFilingAnswerIn, RefusalFilingIn
from services.intake.api.parameters import CasePath, RefusalFilingPath
from services.intake.api.sealing import seal_filing_text
from services.intake.api.views.refusal_filings import ListedRefusalFilingView, RefusalFilingView
from services.intake.domain.case import Case
from services.intake.domain.checks import NO_CASE, CaseNotFound
from services.intake.domain.refusal_filings import (
    AnswerRefusalFiling,
    FiledTexts,
    FileRefusal,
)
from services.intake.store.queries import refusal_filings

router = staff_router("intake")

OrganStaff = Annotated[RequestContext, context_for("window", "manager")]
Head = Annotated[RequestContext, context_for("manager")]
Staff = Annotated[
    RequestContext, context_for("window", "agent", "department", "manager", "supervisor", "investigator", "admin")
]
_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/refusal-filings",
    status_code=201,
    response_model=RefusalFilingView,
    responses=_REFUSALS,
    summary="报备不予受理",
    description="受理单位的窗口或负责人拟不予受理的，先写明事实、理由、依据报负责人（否决报备）。期限照常计算；"
    "事项授权窗口决定的不需要报备，为 409。",
    openapi_extra=created_at("/cases/{case_id}"),
)
async def file_refusal(case_id: CasePath, body: RefusalFilingIn, context: OrganStaff) -> Response:
    """File the intention to refuse a case."""
    id, sealer = new_id(), context.runtime.sealer
    texts = FiledTexts(
        id=id,
        case_id=case_id,
        facts=seal_filing_text(sealer, id, body.facts),
        reason=seal_filing_text(sealer, id, body.reason),
        legal_basis=body.legal_basis,
        missing=tuple(body.missing or ()),
    )
    return await context.submit(FileRefusal(case_id, texts, context.today, context.cause), _view, status=201)


@router.get(
    "/refusal-filings",
    response_model=Page[ListedRefusalFilingView],
    responses=refuses(Forbidden),
    summary="不予受理的报备列表",
    description="各级工作人员查看本单位看得到的办件的报备和答复，先提出的在前。"
    "负责人用 `status=filed` 查看等待答复的。",
)
async def list_refusal_filings(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="受理单位所在的区划代码，含下级", examples=[CENTER_ORG])] = None,
    status: Annotated[
        FilingStatus | None, Query(description=f"状态：{values_of(FILING_STATUSES)}", examples=["filed"])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List filings of the cases that the caller may see, the oldest first."""
    wanted = refusal_filings.RefusalFilingFilter(org, status)
    async with context.read() as tx:
        page, following = await refusal_filings.list_refusal_filings(
            tx, context.actor, wanted, context.runtime.cursors, cursor, limit
        )
    items = [ListedRefusalFilingView.of(row, context.runtime.sealer) for row in page]
    return respond(Page(items=items, next_cursor=following))


@router.post(
    "/refusal-filings/{filing_id}/answer",
    response_model=RefusalFilingView,
    responses=_REFUSALS,
    summary="答复不予受理的报备",
    description="受理单位的负责人答复，不能是报备人自己。同意的，窗口可以不予受理（refuse）；"
    "不同意的，附意见退回窗口继续办理，需要时重新报备。",
)
async def answer_refusal_filing(filing_id: RefusalFilingPath, body: RefusalFilingAnswerIn, context: Head) -> Response:
    """Answer a filing: agree, or send the matter back with an opinion."""
    async with context.read() as tx:
        case_id = await refusal_filings.case_of_filing(tx, filing_id)
    if case_id is None:
        raise CaseNotFound(NO_CASE)
    opinion = seal_filing_text(context.runtime.sealer, filing_id, body.opinion)
    command = AnswerRefusalFiling(case_id, filing_id, body.agree, opinion, context.today, context.cause)
    return await context.submit(command, _view)


def _view(case: Case) -> RefusalFilingView:
    return RefusalFilingView.model_validate(case.refusal_filing)
