"""`/reports`: the figures by which every desk is assessed."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response

from bianmin.domain.actors import Actor
from bianmin.domain.labels_zh import DEPTS, MODES
from bianmin.kit.endpoints import RequestContext, context_for, respond
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import FieldError
from bianmin.kit.routers import staff_router
from services.reporting.api.bodies import ReportQuery
from services.reporting.api.views import FiguresView, LineView, PerformanceView
from services.reporting.domain.figures import (
    FIGURES,
    RATES,
    Figures,
    Grouping,
    OrgNotYours,
    PeriodWrong,
    ReportOrgUnknown,
    ReportPeriod,
    counts_complaints,
    counts_complaints_about,
    reported_org,
)
from services.reporting.store import queries
from services.reporting.store.queries import Line, PerformanceReport

router = staff_router("reporting")

Staff = Annotated[
    RequestContext,
    context_for("agent", "window", "department", "manager", "supervisor", "investigator", "integrator", "admin"),
]


@router.get(
    "/reports/performance",
    response_model=PerformanceView,
    responses=refuses(OrgNotYours, ReportOrgUnknown, PeriodWrong),
    summary="绩效统计",
    description="各级工作人员查看本辖区一段时间内的办件、时限、投诉数据；统计口径是受理机构（按站点统计时是登记站点）。"
    "一次最多 400 天。",
)
async def performance(query: Annotated[ReportQuery, Query()], context: Staff) -> Response:
    """Count cases, deadlines and complaints of a period."""
    org = reported_org(context.actor, query.org)
    period = ReportPeriod.requested(query.first, query.last, context.today)
    async with context.read() as tx:
        known, name = await queries.name_of(tx, org)
        if query.org is not None and not known:
            detail = "没有这个机构；请核对机构代码。刚刚导入的机构，请稍后再查。"
            raise ReportOrgUnknown(detail, errors=[FieldError("query:org", "org_unknown", detail)])
        report = await queries.performance(tx, org, period, query.by, context.actor)
    lines = _with_empty_months(report, period) if query.by == "month" else report.lines
    view = PerformanceView(
        org=org,
        name=name,
        first=period.first,
        last=period.last,
        by=query.by,
        items=[_line_view(line, context.actor, org, query.by) for line in lines],
        total=FiguresView(**_shown(report.total, counts_complaints(context.actor)), cases=_cases(org=org)),
    )
    return respond(view)


def _with_empty_months(report: PerformanceReport, period: ReportPeriod) -> list[Line]:
    lines = {line.key: line for line in report.lines}
    return [lines.get(month) or Line(month, None, Figures()) for month in period.months()]


def _line_view(line: Line, actor: Actor, org: str, by: Grouping) -> LineView:
    figures = _shown(line.figures, counts_complaints(actor))
    match by:
        case "org" | "station":
            figures = _shown(line.figures, counts_complaints_about(actor, line.key))
            return LineView(**{by: line.key}, name=line.name, cases=_cases(org=line.key), **figures)
        case "item":
            owner, _, code = line.key.partition("/")
            return LineView(item=code, item_org=owner, name=line.name, cases=_cases(org=org, item_code=code), **figures)
        case "dept":
            return LineView(dept=line.key, name=DEPTS.get(line.key), cases=None, **figures)
        case "mode":
            return LineView(mode=line.key, name=MODES.get(line.key), cases=None, **figures)
        case "month":
            year, _, month = line.key.partition("-")
            return LineView(month=line.key, name=f"{year}年{int(month)}月", cases=None, **figures)


def _shown(figures: Figures, complaints: bool) -> dict[str, Any]:
    """Return the figures and their rates by name; figures of complaints are None for whoever may not know them."""
    shown: dict[str, Any] = {name: getattr(figures, name) for name in (*FIGURES, *RATES)}
    if not complaints:
        shown |= {"complaints": None, "complaints_supported": None}
    return shown


def _cases(**filters: str) -> str:
    return f"/api/v1/cases?{urlencode(filters)}"
