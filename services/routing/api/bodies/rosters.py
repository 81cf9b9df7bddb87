"""Request bodies of rosters."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bianmin.kit.bodies import Body, Code, Day, OrgCode, Short
from bianmin.kit.fields import CENTER_ORG, STAFF_ID, values_of
from services.routing import texts
from services.routing.domain.rosters.market import MarketRule, MarketRuleKind, OnHoliday
from services.routing.domain.rosters.roster import FixedTrip, OpenHours, Roster, Rotation

Weekdays = Annotated[list[Annotated[int, Field(strict=True, ge=1, le=7)]], Field(max_length=7)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class RotationIn(Body):
    """People on duty on some weekdays."""

    staff_ids: Annotated[
        list[Code], Field(min_length=1, max_length=200, description="值班人员的人员编号", examples=[[STAFF_ID]])
    ]
    weekdays: Annotated[Weekdays, Field(min_length=1, description="星期几，星期一为 1", examples=[[1, 2, 3, 4, 5]])]
    from_: Annotated[
        Day | None, Field(alias="from", description="起始之日，YYYY-MM-DD；不填为一直", examples=["2026-12-01"])
    ] = None
    to: Annotated[
        Day | None, Field(description="截止之日，含当日，YYYY-MM-DD；不填为一直", examples=["2026-12-31"])
    ] = None
    window: Annotated[Short | None, Field(description="窗口，1 至 100 字；不填为不分窗口", examples=["综合窗口"])] = (
        None
    )

    def rotation(self) -> Rotation:
        """Return the rotation."""
        return Rotation(tuple(self.staff_ids), tuple(dict.fromkeys(self.weekdays)), self.from_, self.to, self.window)


class OpenHoursIn(Body):
    """A span of opening hours."""

    start: Annotated[Clock, Field(description="开始，HH:MM", examples=["09:00"])]
    end: Annotated[Clock, Field(description="结束，HH:MM，晚于开始", examples=["12:00"])]


class MarketIn(Body):
    """When there is market (赶场天)."""

    rule: Annotated[MarketRuleKind, Field(description=f"规则：{values_of(texts.MARKET_RULES)}", examples=["branch"])]
    days: Annotated[
        list[Annotated[int, Field(strict=True)] | str],
        Field(
            min_length=1,
            max_length=12,
            description="weekly 填 1 至 7；solar_digit、lunar_digit 填尾数 0 至 9，逢十填 0；branch 填地支，"
            "如 子、午 每六天一次，只填一个每十二天一次",
            examples=[["子", "午"]],
        ),
    ]
    on_holiday: Annotated[
        OnHoliday,
        Field(
            description=f"逢法定节假日：{values_of(texts.ON_HOLIDAY)}；农历小月没有三十，shift 顺延到初一，其他没有",
            examples=["keep"],
        ),
    ] = "keep"


class FixedTripIn(Body):
    """A fixed trip of an agent."""

    agent_id: Annotated[Code, Field(description="代办员的人员编号", examples=["agent.520123103201.01"])]
    to_org: Annotated[OrgCode, Field(description="去哪个机构，区划代码", examples=[CENTER_ORG])]
    weekdays: Annotated[Weekdays, Field(default_factory=list, description="星期几，星期一为 1", examples=[[2, 5]])]
    market: Annotated[bool, Field(strict=True, description="逢对方赶场天也去", examples=[False])] = False


class RosterIn(Body):
    """The roster of an org. The answer of a GET may be sent back: its read-only fields are ignored."""

    rotation: Annotated[
        list[RotationIn],
        Field(default_factory=list, max_length=200, description="轮流值班；同一人员同一天只排一次"),
    ]
    open: Annotated[list[OpenHoursIn], Field(default_factory=list, max_length=10, description="开放时间，不能重叠")]
    market: Annotated[
        MarketIn | None,
        Field(
            description="赶场天：全员到岗，周末也是；没有的不填",
            examples=[{"rule": "branch", "days": ["子", "午"], "on_holiday": "keep"}],
        ),
    ] = None
    trips: Annotated[list[FixedTripIn], Field(default_factory=list, max_length=100, description="代办员定期往返的日子")]
    org: Annotated[
        str | None, Field(description="读取时答复的区划代码，可原样带回，不起作用", examples=[CENTER_ORG])
    ] = None

    def roster(self, org: str) -> Roster:
        """Return the roster of an org."""
        market = self.market
        return Roster(
            org=org,
            rotation=tuple(each.rotation() for each in self.rotation),
            open=tuple(OpenHours(each.start, each.end) for each in self.open),
            market=MarketRule(market.rule, tuple(market.days), market.on_holiday) if market else None,
            trips=tuple(
                FixedTrip(each.agent_id, each.to_org, tuple(dict.fromkeys(each.weekdays)), each.market)
                for each in self.trips
            ),
        )
