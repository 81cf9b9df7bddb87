"""The answers of reporting."""

from datetime import date
from typing import Annotated

from pydantic import Field

from bianmin.events.parts import Dept, Mode
from bianmin.kit.bodies import View
from services.reporting.domain.figures import Grouping


def _absent(value: object) -> bool:
    return value is None


class LineKey(View):
    """What the figures of a line are about; `by` decides which of these fields it has."""

    org: Annotated[str | None, Field(exclude_if=_absent)] = None
    station: Annotated[str | None, Field(exclude_if=_absent)] = None
    item: Annotated[str | None, Field(exclude_if=_absent)] = None
    item_org: Annotated[str | None, Field(exclude_if=_absent)] = None
    dept: Annotated[Dept | None, Field(exclude_if=_absent)] = None
    mode: Annotated[Mode | None, Field(exclude_if=_absent)] = None
    month: Annotated[str | None, Field(exclude_if=_absent)] = None
    name: str | None


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

    org: str
    name: str | None
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    by: Grouping
    items: list[LineView]
    total: FiguresView
