"""`/cases`: register, list and read cases."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from bianmin.domain.labels_zh import CASE_STATUSES, LAMPS
from bianmin.events.parts import CaseStatus, Lamp
from bianmin.kit.answers import NOT_MODIFIED
from bianmin.kit.bodies import Moment, OrgCode, Short
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.fields import MOMENT, OFFICE_ORG, values_of
from bianmin.kit.ids import new_id
from bianmin.kit.pages import Cursor, Limit, Page
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import Conflict, Forbidden, NotFound
from bianmin.kit.routers import created_at, staff_router
from services.intake import texts
from services.intake.api.bodies import (
    Registration,
)
from services.intake.api.materials import files_not_offered, submitted_materials
from services.intake.api.parameters import CasePath
from services.intake.api.sealing import open_applicant, seal_applicant
from services.intake.api.views.applicant import ApplicantView
from services.intake.api.views.cases import CaseSummary, CaseView, RegisteredView
from services.intake.api.views.timeline import TimelineEntryView, TimelineView
from services.intake.domain.case import Case
from services.intake.domain.checks import NO_CASE, CaseNotFound, check_visible
from services.intake.domain.registration import RegisterCase
from services.intake.settings import IntakeSettings
from services.intake.store.queries import cases as queries
from services.intake.store.timeline import find_timelines

router = staff_router("intake")

Staff = Annotated[RequestContext, context_for()]


@router.post(
    "/cases",
    status_code=201,
    response_model=RegisteredView,
    responses=refuses(Forbidden, Conflict),
    summary="登记办件",
    description="窗口、代办员、负责人，以及群众本人和对接系统登记一个办件：核对身份号码，列出所缺材料，给出编号和收件凭证。"
    "`missing` 只是提示，不是补正告知。",
    openapi_extra=created_at("/cases/{id}"),
)
async def register_case(
    body: Registration,
    context: Annotated[RequestContext, context_for("window", "agent", "manager", "citizen", "integrator")],
) -> Response:
    """Register a case."""
    today = context.today
    case_id = new_id()
    if body.agent is not None and body.agent.mandate_file_id is not None:
        raise files_not_offered(["/agent/mandate_file_id"])
    return await context.submit(
        RegisterCase(
            case_id=case_id,
            item_code=body.item_code,
            org=body.org,
            channel=body.channel,
            applicant=seal_applicant(context.runtime.sealer, case_id, body, today),
            materials=submitted_materials(body.materials),
            received_on=body.received_on or today,
            today=today,
            earliest=today - timedelta(days=context.settings(IntakeSettings).received_on_max_back_days),
            by=context.cause,
            client_ref=body.client_ref,
            agent_id=body.agent.staff_id if body.agent else None,
        ),
        RegisteredView.model_validate,
        status=201,
    )


@router.get(
    "/cases",
    response_model=Page[CaseSummary],
    summary="办件列表",
    description="各级工作人员查看本单位看得到的办件，新的在前。"
    "对接系统同步时带 `updated_since`，按变动先后排列，不遗漏。",
)
async def list_cases(
    context: Staff,
    org: Annotated[OrgCode | None, Query(description="登记单位的区划代码，含下级", examples=[OFFICE_ORG])] = None,
    status: Annotated[
        CaseStatus | None, Query(description=f"状态：{values_of(CASE_STATUSES)}", examples=["accepted"])
    ] = None,
    item_code: Annotated[str | None, Query(max_length=40, description="事项编码", examples=["MZ-003"])] = None,
    lamp: Annotated[Lamp | None, Query(description=f"亮灯：{values_of(LAMPS)}", examples=["red"])] = None,
    client_ref: Annotated[
        str | None, Query(max_length=64, description="登记时的 client_ref，完全一致", examples=["OA-2026-0117"])
    ] = None,
    updated_since: Annotated[
        Moment | None,
        Query(description="只要此刻以后变动的，RFC 3339，带时区；按变动先后排列，不遗漏", examples=[MOMENT]),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the cases that the caller may see, the newest first."""
    wanted = queries.CaseFilter(org, status, item_code, lamp, client_ref, updated_since)
    async with context.read() as tx:
        items, next_cursor = await queries.list_cases(tx, context.actor, wanted, context.runtime.cursors, cursor, limit)
    return respond(Page(items=[CaseSummary.of(case, at) for case, at in items], next_cursor=next_cursor))


@router.get(
    "/cases/{case_id}",
    response_model=CaseView,
    responses={**NOT_MODIFIED, **refuses(NotFound)},
    summary="一个办件",
    description="看得到这个办件的人查看：状态、材料、补正告知、时限；申请人信息已脱敏。看不到的为 404。",
)
async def get_case(case_id: CasePath, context: Staff) -> Response:
    """Show a case."""
    case = await _visible_case(context, case_id)
    return respond(CaseView.model_validate(case), case.version)


@router.get(
    "/cases/{case_id}/applicant",
    response_model=ApplicantView,
    responses=refuses(NotFound, Forbidden),
    summary="申请人的完整信息",
    description="经办单位的窗口、代办员、负责人和部门工作人员查看未脱敏的申请人信息；每次查看都记入审计"
    "（个人信息保护法 art. 6、51）。",
)
async def get_applicant(
    case_id: CasePath,
    context: Annotated[RequestContext, context_for("window", "agent", "manager", "department")],
    purpose: Annotated[Short, Query(description="查看原因，记入审计", examples=["核对来电人身份"])],
) -> Response:
    """Show the applicant in full; the access is recorded."""
    async with context.runtime.database.transaction() as tx:
        found = (await queries.find_cases_with_applicant(tx, [case_id])).get(case_id)
        if found is None:
            raise CaseNotFound(NO_CASE)
        case, sealed = found
        check_visible(context.actor, case)
        handling = {case.org, case.accepting_org, *(holder.org for holder in case.holders)}
        if context.actor.org not in handling:
            raise Forbidden("只有经办单位可以查看申请人的完整信息。")
        await queries.record_applicant_access(tx, context.now, context.actor, case_id, purpose)
    return respond(open_applicant(context.runtime.sealer, case, sealed))


@router.get(
    "/cases/{case_id}/timeline",
    response_model=TimelineView,
    responses=refuses(NotFound),
    summary="办件全过程",
    description="看得到这个办件的人查看它的全过程，按先后排列，来自各个服务；不含投诉。",
)
async def get_timeline(case_id: CasePath, context: Staff) -> Response:
    """Show what happened to a case, in order."""
    await _visible_case(context, case_id)
    entries = await context.load(find_timelines, case_id) or []
    items = [TimelineEntryView.of(entry, texts.event_text(entry.type, entry.data)) for entry in entries]
    return respond(TimelineView(items=items))


async def _visible_case(context: RequestContext, case_id: UUID) -> Case:
    return check_visible(context.actor, await context.load(queries.find_cases, case_id))
