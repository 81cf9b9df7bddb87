"""`/cases/{case_id}/…`: the acts at the desks before a case is decided."""

from datetime import date
from typing import Annotated

from fastapi import Response

from bianmin.kit.endpoints import RequestContext, context_for
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import staff_router
from services.intake import texts
from services.intake.api.bodies import CaseAcceptanceIn, MaterialsIn, NoticeIn, RefusalIn, WithdrawalIn
from services.intake.api.materials import submitted_materials
from services.intake.api.parameters import CasePath
from services.intake.api.views.cases import CaseView
from services.intake.domain.acceptance import AcceptCase
from services.intake.domain.case import Case
from services.intake.domain.case_parts import CaseRefusal, RequestedMaterial
from services.intake.domain.notice import GiveNotice
from services.intake.domain.refusal import RefuseCase
from services.intake.domain.supplement import AddMaterials
from services.intake.domain.withdrawal import WithdrawCase
from services.intake.settings import IntakeSettings

router = staff_router("intake")

DeskStaff = Annotated[RequestContext, context_for("window", "agent", "manager")]
OrganStaff = Annotated[RequestContext, context_for("window", "manager")]
_ACT_REFUSALS = refuses(NotFound, Forbidden, Conflict)


@router.post(
    "/cases/{case_id}/supplement-notice",
    response_model=CaseView,
    responses=_ACT_REFUSALS,
    summary="一次性告知补正",
    description="登记单位或受理单位的窗口、代办员、负责人一次性告知需要补正的全部材料（行政许可法 art. 32(4)）；"
    "再次提出新材料的，须由负责人说明理由。",
)
async def give_notice(case_id: CasePath, body: NoticeIn, context: DeskStaff) -> Response:
    """Give the one-time notice of what is missing."""
    today = context.today
    missing = tuple(RequestedMaterial(each.no, each.reason) for each in body.missing)
    command = GiveNotice(
        case_id=case_id,
        missing=missing,
        noticed_on=body.noticed_on or today,
        today=today,
        wait_days=context.settings(IntakeSettings).supplement_wait_days,
        by=context.cause,
        override_reason=body.override_reason,
    )
    return await context.submit(command, CaseView.model_validate)


@router.post(
    "/cases/{case_id}/materials",
    response_model=CaseView,
    responses=_ACT_REFUSALS,
    summary="补交材料",
    description="窗口、代办员、负责人登记申请人补交的材料：告知的都齐了，办件回到已登记。"
    "逾期办结后才录入、而期限内已补齐的，更正办结。",
)
async def add_materials(case_id: CasePath, body: MaterialsIn, context: DeskStaff) -> Response:
    """Record materials that the applicant brought later."""
    today = context.today
    command = AddMaterials(
        case_id, submitted_materials(body.materials), body.received_on or today, today, context.cause
    )
    return await context.submit(command, CaseView.model_validate)


@router.post(
    "/cases/{case_id}/accept",
    response_model=CaseView,
    responses=_ACT_REFUSALS,
    summary="受理",
    description="受理单位的窗口或负责人受理：承诺时限和法定时限从受理日起算（行政许可法 art. 32、42）。",
)
async def accept_case(case_id: CasePath, context: OrganStaff, body: CaseAcceptanceIn | None = None) -> Response:
    """Accept a case; its clocks start."""
    today = context.today
    accepted_on: date = body.accepted_on if body and body.accepted_on else today
    return await context.submit(AcceptCase(case_id, accepted_on, today, context.cause), CaseView.model_validate)


@router.post(
    "/cases/{case_id}/refuse",
    response_model=CaseView,
    responses=_ACT_REFUSALS,
    summary="不予受理",
    description="负责人同意报备以后（事项授权窗口决定的不用报备），受理单位的窗口或负责人不予受理：写明理由、依据、救济途径；"
    "不属于本机关的，告知应去的机关（行政许可法 art. 32）。",
)
async def refuse_case(case_id: CasePath, body: RefusalIn, context: OrganStaff) -> Response:
    """Refuse to accept a case."""
    refusal = CaseRefusal(
        body.reason_code,
        body.reason,
        body.legal_basis,
        body.remedies or texts.REMEDIES,
        body.redirect_to,
        context.today,
    )
    return await context.submit(RefuseCase(case_id, refusal, context.cause), CaseView.model_validate)


@router.post(
    "/cases/{case_id}/withdraw",
    response_model=CaseView,
    responses={**_ACT_REFUSALS, 202: {"description": "已受理的办件：撤回申请已转交办理单位答复", "model": CaseView}},
    summary="撤回申请",
    description="撤回是申请人的权利，由窗口、代办员、负责人代为录入，或由登记它的群众自己提出：受理前即时撤回；"
    "受理后（202）由办理单位答复。",
)
async def withdraw_case(
    case_id: CasePath,
    body: WithdrawalIn,
    context: Annotated[RequestContext, context_for("window", "agent", "manager", "citizen")],
) -> Response:
    """Withdraw a case, or ask the office that handles it to."""

    def status(case: Case) -> int:
        return 202 if case.withdrawal_pending else 200

    return await context.submit(
        WithdrawCase(case_id, body.reason, context.today, context.cause), CaseView.model_validate, status
    )
