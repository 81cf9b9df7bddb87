"""What the API of deadlines accepts: request bodies, and the moment of a query."""

from datetime import UTC, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from bianmin.domain.labels_zh import CLOCK_KINDS, ITEM_TYPES, MODES, PERIOD_UNITS
from bianmin.events.parts import ClockKind, ItemType, Mode
from bianmin.kit.bodies import Body, Code, Day, Short, Text, read_day, read_moment
from bianmin.kit.fields import OFFICE_ORG, values_of
from bianmin.kit.refusals import FieldError
from bianmin.kit.time_source import TZ
from services.deadlines import texts
from services.deadlines.api.regions import check_region_of_body
from services.deadlines.domain.calendar.hours import Hours, Interval
from services.deadlines.domain.calendar.publication import HoursInvalid, YearInvalid
from services.deadlines.domain.calendar.years import CalendarInvalid, CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.periods.period import LONGEST, CutOff, Unit
from services.deadlines.domain.terms.policy import CardRule, Policy, check_publishable
from services.deadlines.domain.terms.term import Mark, SecondYellow


def _parse_due_before(value: Any) -> datetime:
    """A day stands for the first moment after its midnight: what is due with the day before is due before it."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return (datetime.combine(read_day(value), time(), TZ) + datetime.resolution).astimezone(UTC)
        return read_moment(value).astimezone(UTC)
    except (PydanticCustomError, OverflowError) as error:
        detail = "应为日期（如 2026-11-23）或带时区的时间（如 2026-11-23T09:30:00+08:00）"
        raise ValueError(detail) from error


DueBefore = Annotated[datetime, BeforeValidator(_parse_due_before, json_schema_input_type=str)]
"""A day or a moment; clocks that end before it are meant."""


ReadRegion = Annotated[
    str | None,
    Field(description="读取时答复的地区，可原样带回；与地址中的不同则拒绝", examples=[OFFICE_ORG]),
]
ReadVersion = Annotated[
    int | None, Field(description="读取时答复的版本，可原样带回，不起作用；以 If-Match 为准", examples=[3])
]


class NamedDayIn(Body):
    """A day that a region sets to off or worked, and the reason in words."""

    date: Annotated[Day, Field(description="日期，YYYY-MM-DD，须在这一年之内", examples=["2026-10-01"])]
    kind: Annotated[DayKind, Field(description=f"放假还是上班：{values_of(texts.DAY_KINDS)}", examples=["off"])]
    name: Annotated[Short, Field(description="是什么日子，1 至 100 字", examples=["国庆节"])]


class YearIn(Body):
    """A calendar year of a region: the days that it sets otherwise than the region above it.

    `region` and `year` are those of the address; what a GET returned may be sent back with them.
    """

    status: Annotated[
        YearStatus, Field(description=f"已公布的还是推定的：{values_of(texts.YEAR_STATUSES)}", examples=["official"])
    ]
    source: Annotated[
        Text,
        Field(
            description="来源，如通知的文号，1 至 2000 字",
            examples=["修文县人民政府办公室关于六月六布依族节放假的通知"],
        ),
    ]
    days: Annotated[
        list[NamedDayIn],
        Field(
            max_length=366,
            description="与上级日历不同的日子，最多 366 个，每日最多一条；其他日子沿用上级的",
            examples=[[{"date": "2026-07-20", "kind": "off", "name": "六月六布依族节"}]],
        ),
    ]
    region: ReadRegion = None
    year: Annotated[
        int | None, Field(description="读取时答复的年份，可原样带回；与地址中的不同则拒绝", examples=[2026])
    ] = None

    def calendar_year(self, region: str, year: int) -> CalendarYear:
        """Return the year of this region. Raises `YearInvalid`, and `RegionDiffers` where another region is named."""
        check_region_of_body(region, self.region)
        if self.year not in (None, year):
            detail = f"内容是 {self.year} 年的，地址是 {year} 年的，请核对"
            raise YearInvalid(f"{detail}。", errors=[FieldError("/year", "calendar_invalid", detail)])
        days = sorted((NamedDay(each.date, each.kind, each.name) for each in self.days), key=lambda each: each.day)
        try:
            return CalendarYear(region, year, self.status, self.source, tuple(days))
        except CalendarInvalid as error:
            raise YearInvalid(f"{error}。", errors=[FieldError("/days", "calendar_invalid", str(error))]) from error


class IntervalIn(Body):
    """An interval of a day: `09:00`, `12:30`; the end of the day is `24:00`."""

    since: Annotated[str, Field(max_length=5, description="开始，HH:MM", examples=["09:00"])]
    until: Annotated[str, Field(max_length=5, description="结束，HH:MM，最晚 24:00，晚于开始", examples=["12:00"])]


OPEN_DAY = [{"since": "09:00", "until": "12:00"}, {"since": "13:00", "until": "17:00"}]
Intervals = Annotated[list[IntervalIn], Field(max_length=10)]


class HoursIn(Body):
    """The opening hours of a week, Monday first; a day without intervals is closed.

    `make_up`: the hours of a make-up workday. Saturday and Sunday stay empty: they are worked as make-up days only.
    """

    weekdays: Annotated[
        list[Intervals],
        Field(
            min_length=7,
            max_length=7,
            description="星期一到星期日各一个列表，每日最多 10 段，按先后排列；不开放的为空列表，星期六、星期日留空",
            examples=[[*[OPEN_DAY] * 5, [], []]],
        ),
    ]
    make_up: Annotated[Intervals, Field(description="调休上班日的各段，最多 10 段", examples=[OPEN_DAY])]
    region: ReadRegion = None
    version: ReadVersion = None

    def hours(self) -> Hours:
        """Return the opening hours. Raises `HoursInvalid`."""
        if any(self.weekdays[5:]):
            detail = (
                "周六、周日不写在 weekdays 里：周末只有调休上班时才开，那时按 make_up；请留空，并把时间写在 make_up"
            )
            raise HoursInvalid(f"{detail}。", errors=[FieldError("/weekdays", "hours_invalid", detail)])
        try:
            return Hours(tuple(map(_intervals, self.weekdays)), _intervals(self.make_up))
        except CalendarInvalid as error:
            raise HoursInvalid(f"{error}。", errors=[FieldError("/weekdays", "hours_invalid", str(error))]) from error


def _intervals(given: list[IntervalIn]) -> tuple[Interval, ...]:
    return tuple(Interval.of(each.since, each.until) for each in given)


Units = Annotated[int, Field(ge=0, le=LONGEST)]
OrderDays = Annotated[int, Field(ge=1, le=LONGEST)]


class MarkIn(Body):
    """How near to the end a signal comes: at most `percent` of the budget, or `units` of it, are left."""

    percent: Annotated[
        int, Field(ge=0, le=100, description="剩余不超过期限的百分之几时发出，%，0 至 100", examples=[20])
    ]
    units: Annotated[
        Units, Field(description=f"或者剩余不超过多少（期限的单位），0 至 {LONGEST}；两者取先到的", examples=[1])
    ] = 1

    def mark(self) -> Mark:
        """Return the mark."""
        return Mark(self.percent, self.units)


class PolicyIn(Body):
    """A policy: conditions that name clocks, and what it sets for them; the law decides the rest.

    `card`: what a missed clock brings. `order_days`: working days in which a yellow card orders the work to be done.
    `second_yellow`: when a unit's second yellow card brings a red one: in one case (`case`, the default), in twelve
    months whatever the case (`year`), never (`none`). `extension`: by how many units an order of the hotline
    (`hotline`; its stage is the kind of the order, or `return`) is extended at most with the complaint.
    """

    kind: Annotated[ClockKind, Field(description=f"条件：哪一类时钟，{values_of(CLOCK_KINDS)}", examples=["delivery"])]
    stage: Annotated[
        Code | None,
        Field(
            description="条件：哪一段。投诉为 acceptance 受理、handling 办理、review 复查、rereview 复核，"
            "环节为序号，热线工单为工单种类或 return；不填为不限",
            examples=[None],
        ),
    ] = None
    item_code: Annotated[Code | None, Field(description="条件：事项编码；不填为不限", examples=["SC-003"])] = None
    item_type: Annotated[
        ItemType | None, Field(description=f"条件：事项类型；不填为不限：{values_of(ITEM_TYPES)}", examples=["01"])
    ] = None
    mode: Annotated[
        Mode | None, Field(description=f"条件：办理方式；不填为不限：{values_of(MODES)}", examples=["report_up"])
    ] = None
    unit: Annotated[
        Unit | None,
        Field(
            description=f"设定期限的单位，与 budget 同填；不填为不变：{values_of(PERIOD_UNITS)}", examples=["workday"]
        ),
    ] = None
    budget: Annotated[
        Units | None,
        Field(
            description=f"设定期限的长短，单位见 unit，0 至 {LONGEST}；法律规定的期限只能缩短；不填为不变", examples=[5]
        ),
    ] = None
    reminder: Annotated[
        MarkIn | None,
        Field(description="何时提醒；不填为剩余 20% 时", examples=[{"percent": 20, "units": 1}]),
    ] = None
    yellow: Annotated[
        MarkIn | None, Field(description="何时转黄灯；不填为剩余 10% 时", examples=[{"percent": 10, "units": 1}])
    ] = None
    cut_off: Annotated[
        CutOff | None,
        Field(description=f"最后一日到何时届满；不填为 24:00：{values_of(texts.CUT_OFFS)}", examples=["24:00"]),
    ] = None
    card: Annotated[
        CardRule | None,
        Field(description=f"超期发什么牌；不填为不变：{values_of(texts.CARD_RULES)}", examples=["yellow"]),
    ] = None
    order_days: Annotated[
        OrderDays | None,
        Field(description=f"黄牌要求几日内办结，工作日，1 至 {LONGEST}；不填为 3", examples=[3]),
    ] = None
    second_yellow: Annotated[
        SecondYellow | None,
        Field(description=f"何时因第二张黄牌发红牌；不填为 case：{values_of(texts.SECOND_YELLOWS)}", examples=["case"]),
    ] = None
    extension: Annotated[
        Units | None,
        Field(description=f"热线工单最多延长多少，单位见 unit，0 至 {LONGEST}；其他时钟不填", examples=[None]),
    ] = None

    def policy(self, region: str, number: int) -> Policy:
        """Return the policy, `number` in the list of the region. Raises `PolicyInvalid`."""
        attributes: dict[str, Any] = self.model_dump(exclude={"reminder", "yellow"})
        attributes["reminder"] = self.reminder and self.reminder.mark()
        attributes["yellow"] = self.yellow and self.yellow.mark()
        policy = Policy(region=region, version=0, number=number, **attributes)
        check_publishable(policy)
        return policy


class PoliciesIn(Body):
    """All policies of a region. What a GET returned may be sent back."""

    policies: Annotated[
        list[PolicyIn],
        Field(
            max_length=500,
            description="这个地区的全部策略，最多 500 条；先看条件具体的，取代原来的全部策略",
            examples=[[{"kind": "delivery", "unit": "workday", "budget": 5, "card": "yellow"}]],
        ),
    ]
    region: ReadRegion = None
    version: ReadVersion = None


class CardReasonIn(Body):
    """The grounds of an appeal against a card, or of the decision on it."""

    reason: Annotated[
        Text,
        Field(
            description="申诉或决定的理由，1 至 2000 字，加密保存",
            examples=["当日县政务外网中断，附运维单位的证明；网络恢复后已立即办结。"],
        ),
    ]
