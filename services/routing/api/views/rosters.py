"""Views of rosters and of the duty list."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, STAFF_ID, values_of
from services.routing import texts
from services.routing.api.views.state_view import StateView
from services.routing.domain.rosters.market import MarketRuleKind, OnHoliday

_WINDOW = "窗口；不分窗口的为 null"


class RotationView(StateView):
    """People on duty on some weekdays."""

    model_config = ConfigDict(populate_by_name=True)

    staff_ids: Annotated[list[str], Field(description="值班人员的人员编号", examples=[[STAFF_ID]])]
    weekdays: Annotated[list[int], Field(description="星期几，星期一为 1", examples=[[1, 2, 3, 4, 5]])]
    from_: Annotated[
        date | None,
        Field(
            validation_alias="first",
            serialization_alias="from",
            description="起始之日，YYYY-MM-DD；一直的为 null",
            examples=["2026-12-01"],
        ),
    ]
    to: Annotated[
        date | None,
        Field(validation_alias="last", description="截止之日，YYYY-MM-DD；一直的为 null", examples=["2026-12-31"]),
    ]
    window: Annotated[str | None, Field(description=_WINDOW, examples=["综合窗口"])]


class OpenHoursView(StateView):
    """A span of opening hours."""

    start: Annotated[str, Field(description="开始，HH:MM", examples=["09:00"])]
    end: Annotated[str, Field(description="结束，HH:MM", examples=["12:00"])]


class MarketView(StateView):
    """When there is market (赶场天)."""

    rule: Annotated[MarketRuleKind, Field(description=f"规则：{values_of(texts.MARKET_RULES)}", examples=["branch"])]
    days: Annotated[list[int | str], Field(description="星期几、尾数或地支", examples=[["子", "午"]])]
    on_holiday: Annotated[
        OnHoliday, Field(description=f"逢法定节假日：{values_of(texts.ON_HOLIDAY)}", examples=["keep"])
    ]


class FixedTripView(StateView):
    """A fixed trip of an agent."""

    agent_id: Annotated[str, Field(description="代办员的人员编号", examples=["agent.520123103201.01"])]
    to_org: Annotated[str, Field(description="去哪个机构，区划代码", examples=[CENTER_ORG])]
    weekdays: Annotated[list[int], Field(description="星期几，星期一为 1", examples=[[2, 5]])]
    market: Annotated[bool, Field(description="是否逢对方赶场天也去", examples=[False])]


class RosterView(StateView):
    """The roster of an org."""

    org: Annotated[str, Field(description="机构的区划代码", examples=[CENTER_ORG])]
    rotation: Annotated[list[RotationView], Field(description="轮流值班")]
    open: Annotated[list[OpenHoursView], Field(description="开放时间")]
    market: Annotated[
        MarketView | None,
        Field(
            description="赶场天；没有的为 null",
            examples=[{"rule": "branch", "days": ["子", "午"], "on_holiday": "keep"}],
        ),
    ]
    trips: Annotated[list[FixedTripView], Field(description="代办员定期往返的日子")]


class OnDutyView(StateView):
    """A person on duty."""

    name: Annotated[str, Field(description="姓名", examples=["李娟"])]
    dept: Annotated[str | None, Field(description=f"条线；不属条线的为 null：{DEPT_VALUES}", examples=["civil"])]
    window: Annotated[str | None, Field(description=_WINDOW, examples=["综合窗口"])]
    phone: Annotated[str | None, Field(description="工作电话；没有登记的为 null", examples=["0851-82372345"])]


class NextTripView(StateView):
    """The next trip of an agent."""

    on: Annotated[date, Field(description="哪一天，YYYY-MM-DD", examples=["2026-12-04"])]
    agent: Annotated[str, Field(description="代办员姓名", examples=["罗敏"])]
    to_org: Annotated[str, Field(description="去哪个机构，区划代码", examples=[CENTER_ORG])]


class DutyDayView(StateView):
    """The duty of an org on a day."""

    date: Annotated[date, Field(description="哪一天，YYYY-MM-DD", examples=["2026-12-03"])]
    market_day: Annotated[bool, Field(description="是否赶场天，赶场天全员到岗", examples=[True])]
    open: Annotated[list[OpenHoursView], Field(description="开放时间；当天没有人值班的为空列表")]
    people: Annotated[list[OnDutyView], Field(description="值班人员，按人员编号排列")]
    trips: Annotated[list[NextTripView], Field(description="各代办员从这一天起下一次往返")]


class DutyMonthView(StateView):
    """The duty of an org in a month."""

    items: Annotated[list[DutyDayView], Field(description="这个月的每一天，按日期排列")]
