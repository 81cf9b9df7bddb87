"""`/reports`: the figures by which every desk is judged."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response
from pydantic import Field

from bianmin.domain.labels_zh import DEPTS, MODES
from bianmin.events.parts import Dept, Mode
from bianmin.kit.bodies import Body, Day, OrgCode, View
from bianmin.kit.endpoints import RequestContext, context_for, respond, staff_router
from bianmin.kit.problems import refuses
from bianmin.kit.refusals import FieldError
from services.reporting.domain.figures import (
    By,
    Figures,
    OrgNotYours,
    OrgUnknown,
    Period,
    PeriodWrong,
    counts_complaints,
    counts_complaints_about,
    scope,
)
from services.reporting.store import report
from services.reporting.store.report import Line, Report

router = staff_router("reporting")

Staff = Annotated[
    RequestContext,
    context_for("agent", "window", "department", "manager", "supervisor", "investigator", "integrator", "admin"),
]


class Asked(Body):
    """Unknown parameters are refused: a misspelt `from` would report another period than was meant."""

    org: Annotated[OrgCode | None, Field(description="统计哪个机构及其下级；不填为本单位")] = None
    first: Annotated[Day | None, Field(alias="from", description="起始日（含）；不填为截止日当月 1 日")] = None
    last: Annotated[Day | None, Field(alias="to", description="截止日（含）；不填为今天")] = None
    by: Annotated[By, Field(description="按什么分：受理机构、登记站点、事项、部门、办理方式、月份")] = "org"


def _absent(value: object) -> bool:
    return value is None


class LineKey(View):
    """What a line is about; which of these it has follows from `by`."""

    org: Annotated[str | None, Field(exclude_if=_absent)] = None
    station: Annotated[str | None, Field(exclude_if=_absent)] = None
    item: Annotated[str | None, Field(exclude_if=_absent)] = None
    item_org: Annotated[str | None, Field(exclude_if=_absent)] = None
    dept: Annotated[Dept | None, Field(exclude_if=_absent)] = None
    mode: Annotated[Mode | None, Field(exclude_if=_absent)] = None
    month: Annotated[str | None, Field(exclude_if=_absent)] = None
    name: str | None


class FiguresView(View):
    """Days are business days in the county's zone. A rate of nothing is null."""

    registered: Annotated[int, Field(description="登记")]
    accepted: Annotated[int, Field(description="受理")]
    granted: Annotated[int, Field(description="准予")]
    denied: Annotated[int, Field(description="不予许可")]
    refused: Annotated[int, Field(description="不予受理")]
    withdrawn: Annotated[int, Field(description="撤回")]
    lapsed: Annotated[int, Field(description="逾期未补正而办结")]
    closed: Annotated[int, Field(description="办结")]
    on_time: Annotated[int, Field(description="按时作出决定，按决定日计")]
    early: Annotated[int, Field(description="其中提前作出决定")]
    overdue: Annotated[int, Field(description="到期未作出决定，按到期日计，以后是否办结不影响；每件只计一次")]
    yellow_cards: Annotated[int, Field(description="发出黄牌，按发牌日计入被发牌单位")]
    red_cards: Annotated[int, Field(description="发出红牌，同上")]
    cards_revoked: Annotated[int, Field(description="撤销的牌，按撤销日另行计数；不从发出数中扣除")]
    complaints: Annotated[
        int | None, Field(description="对下级单位的投诉、举报，按登记日计；无权知悉的为 null，且不计在合计中")
    ]
    complaints_supported: Annotated[int | None, Field(description="其中查实，按作出结论之日计")]
    closing_rate: Annotated[float | None, Field(description="办结率 = 办结 / 受理，消化积存时可大于 1")]
    on_time_rate: Annotated[float | None, Field(description="按时办结率 = 按时 / (按时 + 超期)")]
    early_rate: Annotated[float | None, Field(description="提前办结率 = 提前 / (按时 + 超期)")]
    cases: Annotated[str | None, Field(description="相应办件的列表（按登记机构）；不能这样列出的为 null")]


class LineView(FiguresView, LineKey):
    """The figures of one org, desk, item, department, procedure or month."""


class PerformanceView(View):
    org: str
    name: str | None
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    by: By
    items: list[LineView]
    total: FiguresView


@router.get(
    "/reports/performance",
    response_model=PerformanceView,
    responses=refuses(OrgNotYours, OrgUnknown, PeriodWrong),
)
async def performance(asked: Annotated[Asked, Query()], context: Staff) -> Response:
    """一段时间内的办件、时限、投诉数据；统计口径是受理机构（按站点统计时是登记站点）。一次最多 400 天。"""
    org = scope(context.actor, asked.org)
    period = Period.asked(asked.first, asked.last, context.today)
    async with context.read() as tx:
        known, name = await report.name_of(tx, org)
        if asked.org is not None and not known:
            detail = "没有这个机构；请核对机构代码。刚刚导入的机构，请稍后再查。"
            raise OrgUnknown(detail, errors=[FieldError("query:org", "org_unknown", detail)])
        found = await report.performance(tx, org, period, asked.by, context.actor)
    return respond(_view(found, context, org, name, period, asked.by))


def _view(
    found: Report, context: RequestContext, org: str, name: str | None, period: Period, by: By
) -> PerformanceView:
    lines = list(found.lines)
    if by == "month":
        there = {line.key: line for line in lines}
        lines = [there.get(month) or Line(month, None, Figures()) for month in period.months()]
    overall = counts_complaints(context.actor)
    return PerformanceView(
        org=org,
        name=name,
        first=period.first,
        last=period.last,
        by=by,
        items=[_line(line, context, org, by) for line in lines],
        total=FiguresView(**_told(found.total, overall), cases=_cases(org=org)),
    )


def _line(line: Line, context: RequestContext, org: str, by: By) -> LineView:
    told = _told(line.figures, counts_complaints(context.actor))
    match by:
        case "org" | "station":
            told = _told(line.figures, counts_complaints_about(context.actor, line.key))
            return LineView(**{by: line.key}, name=line.name, cases=_cases(org=line.key), **told)
        case "item":
            owner, _, code = line.key.partition("/")
            return LineView(item=code, item_org=owner, name=line.name, cases=_cases(org=org, item_code=code), **told)
        case "dept":
            return LineView(dept=line.key, name=DEPTS.get(line.key), cases=None, **told)
        case "mode":
            return LineView(mode=line.key, name=MODES.get(line.key), cases=None, **told)
        case "month":
            year, _, month = line.key.partition("-")
            return LineView(month=line.key, name=f"{year}年{int(month)}月", cases=None, **told)


def _told(figures: Figures, complaints: bool) -> dict[str, Any]:
    """The figures with their rates, without what is about complaints for whoever may not know of any."""
    told: dict[str, Any] = asdict(figures)
    if not complaints:
        told |= {"complaints": None, "complaints_supported": None}
    return told | {
        "closing_rate": figures.closing_rate,
        "on_time_rate": figures.on_time_rate,
        "early_rate": figures.early_rate,
    }


def _cases(**filters: str) -> str:
    return f"/api/v1/cases?{urlencode(filters)}"
