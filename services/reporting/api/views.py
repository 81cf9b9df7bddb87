"""The answers of reporting."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from bianmin.domain.labels_zh import MODES
from bianmin.events.parts import Dept, Mode
from bianmin.kit.bodies import View
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, OFFICE_ORG, STATION_ORG, values_of
from services.reporting.domain.figures import Grouping

_GROUPINGS: Mapping[Grouping, str] = {
    "org": "受理机构",
    "station": "登记站点",
    "item": "事项",
    "dept": "部门",
    "mode": "办理方式",
    "month": "月份",
}


def _absent(value: object) -> bool:
    return value is None


class LineKey(View):
    """What the figures of a line are about; `by` decides which of these fields it has."""

    org: Annotated[
        str | None,
        Field(exclude_if=_absent, description="受理机构的区划代码；按受理机构统计时才有", examples=[CENTER_ORG]),
    ] = None
    station: Annotated[
        str | None,
        Field(exclude_if=_absent, description="登记站点的区划代码；按登记站点统计时才有", examples=[STATION_ORG]),
    ] = None
    item: Annotated[
        str | None, Field(exclude_if=_absent, description="事项编码；按事项统计时才有", examples=["MZ-003"])
    ] = None
    item_org: Annotated[
        str | None,
        Field(exclude_if=_absent, description="发布事项的单位的区划代码；按事项统计时才有", examples=[OFFICE_ORG]),
    ] = None
    dept: Annotated[
        Dept | None,
        Field(exclude_if=_absent, description=f"条线；按部门统计时才有：{DEPT_VALUES}", examples=["civil"]),
    ] = None
    mode: Annotated[
        Mode | None,
        Field(
            exclude_if=_absent, description=f"办理方式；按办理方式统计时才有：{values_of(MODES)}", examples=["promised"]
        ),
    ] = None
    month: Annotated[
        str | None, Field(exclude_if=_absent, description="月份，YYYY-MM；按月份统计时才有", examples=["2026-11"])
    ] = None
    name: Annotated[str | None, Field(description="机构、站点、事项等的中文名称；不知道的为 null", examples=["六广镇"])]


class FiguresView(View):
    """Figures of a period. Days are business days in the county's zone; a rate is null where its denominator is 0."""

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
    """The figures of one org, station, item, department, mode or month."""


class PerformanceView(View):
    """The figures of a period, by line and in total."""

    org: Annotated[str, Field(description="统计的机构的区划代码，含下级", examples=[OFFICE_ORG])]
    name: Annotated[str | None, Field(description="机构名称；不知道的为 null", examples=["修文县"])]
    first: Annotated[
        date, Field(serialization_alias="from", description="起始日（含），YYYY-MM-DD", examples=["2026-11-01"])
    ]
    last: Annotated[
        date, Field(serialization_alias="to", description="截止日（含），YYYY-MM-DD", examples=["2026-11-30"])
    ]
    by: Annotated[Grouping, Field(description=f"按什么分：{values_of(_GROUPINGS)}", examples=["org"])]
    items: Annotated[list[LineView], Field(description="各行的数据；按月份统计时，没有办件的月份也列")]
    total: Annotated[FiguresView, Field(description="合计")]
