"""Views of the clocks and the cards of a case."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from bianmin.domain.labels_zh import CARD_LEVELS, CLOCK_KINDS, PERIOD_UNITS
from bianmin.events.parts import CardLevel, ClockKind, Dept, Lamp, PeriodUnit
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, values_of
from services.intake.api.fields import ACCEPTED_ON, CYCLE_TEXT, LAMP_TEXT, RUNNING_CLOCK
from services.intake.api.views.state_view import IntakeStateView
from services.intake.domain.labels_zh import CARD_STATUSES, CLOCK_STATES


def _is_none(value: object) -> bool:
    return value is None


class CaseClockView(IntakeStateView):
    """A clock of a case; `stopped_at` and `late` are there once it has stopped."""

    id: Annotated[UUID, Field(description="时钟编号，UUID", examples=[RUNNING_CLOCK["id"]])]
    kind: Annotated[ClockKind, Field(description=f"种类：{values_of(CLOCK_KINDS)}", examples=["step"])]
    stage: Annotated[
        str | None,
        Field(
            description="同类时钟的哪一段，如补正的 supplement、特别程序的种类、环节的序号；只有一段的为 null",
            examples=["1"],
        ),
    ]
    cycle: Annotated[int, Field(description=CYCLE_TEXT, examples=[1])]
    org: Annotated[str, Field(description="对期限负责的单位的区划代码", examples=[CENTER_ORG])]
    dept: Annotated[
        Dept | None, Field(description=f"对期限负责的条线；没有条线的为 null：{DEPT_VALUES}", examples=["civil"])
    ]
    unit: Annotated[PeriodUnit, Field(description=f"期限的单位：{values_of(PERIOD_UNITS)}", examples=["workday"])]
    budget: Annotated[int, Field(description="期限的长短，单位见 unit，不含延长的", examples=[3])]
    extended_by: Annotated[int, Field(description="延长了多少，单位见 unit；没有延长的为 0", examples=[0])]
    started_on: Annotated[date, Field(description="起算之日，当日不计入，YYYY-MM-DD", examples=[ACCEPTED_ON])]
    due_on: Annotated[
        date | None, Field(description="到期之日，YYYY-MM-DD；暂停期间为 null", examples=[RUNNING_CLOCK["due_on"]])
    ]
    due_at: Annotated[
        datetime | None,
        Field(description="届满的时间，RFC 3339，带时区；暂停期间为 null", examples=[RUNNING_CLOCK["due_at"]]),
    ]
    provisional: Annotated[
        bool, Field(description="是否暂定：期限跨入的年份，日历还是推定的，公布后可能变动", examples=[False])
    ]
    lamp: Annotated[Lamp, Field(description=LAMP_TEXT, examples=["green"])]
    state: Annotated[
        Literal["running", "paused", "stopped"],
        Field(description=f"状态：{values_of(CLOCK_STATES)}", examples=["running"]),
    ]
    stopped_at: Annotated[
        datetime | None,
        Field(
            exclude_if=_is_none,
            description="停止的时间，RFC 3339，带时区；没有停止的没有这一项",
            examples=["2026-11-30T16:20:08+08:00"],
        ),
    ] = None
    late: Annotated[
        bool | None,
        Field(exclude_if=_is_none, description="停止时是否已超期；没有停止的没有这一项", examples=[False]),
    ] = None


class CaseCardView(IntakeStateView):
    """A yellow or red card of a case."""

    id: Annotated[UUID, Field(description="牌的编号，UUID", examples=["019af5a1-0000-7c1d-9e2f-3a4b5c6d7e8f"])]
    level: Annotated[CardLevel, Field(description=f"颜色：{values_of(CARD_LEVELS)}", examples=["yellow"])]
    kind: Annotated[ClockKind, Field(description=f"超期的是哪一类时钟：{values_of(CLOCK_KINDS)}", examples=["promise"])]
    org: Annotated[str, Field(description="被发牌单位的区划代码", examples=[CENTER_ORG])]
    dept: Annotated[
        Dept | None, Field(description=f"被发牌单位的条线；没有条线的为 null：{DEPT_VALUES}", examples=["civil"])
    ]
    cycle: Annotated[int, Field(description=CYCLE_TEXT, examples=[1])]
    issued_at: Annotated[
        datetime, Field(description="发出的时间，RFC 3339，带时区", examples=["2026-12-02T00:00:00+08:00"])
    ]
    reason_code: Annotated[
        str,
        Field(
            description="因何发出：时钟的种类，second_yellow 同一办件第二张黄牌，"
            "second_yellow_in_year 十二个月内第二张黄牌",
            examples=["promise"],
        ),
    ]
    status: Annotated[
        Literal["issued", "appealed", "upheld", "revoked"],
        Field(description=f"状态：{values_of(CARD_STATUSES)}", examples=["issued"]),
    ]
