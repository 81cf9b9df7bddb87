"""The view of a clock."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasPath, Field

from bianmin.domain.labels_zh import CLOCK_KINDS, LAMPS, PERIOD_UNITS, SUBJECT_KINDS
from bianmin.events.parts import ClockKind, Lamp, SubjectKind
from bianmin.kit.bodies import View
from bianmin.kit.fields import CASE_ID, DEPT_VALUES, MOMENT, OFFICE_ORG, values_of
from services.deadlines import texts
from services.deadlines.api.parameters import CALENDAR_VERSION, CLOCK_ID
from services.deadlines.domain.clocks.clock import ClockState
from services.deadlines.domain.periods.period import Unit
from services.deadlines.store.queries.clocks import ListedClock

CALENDAR_VERSION_TEXT = "据以计算的日历版本：公布日历的地区、短横线、内容的摘要"
DUE_ON = Field(description="到期之日，YYYY-MM-DD；暂停期间为 null", examples=["2026-12-21"])
KIND_TEXT = f"种类：{values_of(CLOCK_KINDS)}"
PROVISIONAL_TEXT = "是否暂定：期限跨入的年份，日历还是推定的，公布后可能变动"


class ClockView(View):
    """A clock. `due_at` is the end of `due_on`, 24:00; both are null while the clock is paused.

    `lamp`: the traffic light (灯) of the period. `provisional`: the end depends on an estimated calendar year.
    `budget`, `extended_by`: in `unit`s. `policy`: the one that set the period, null where law and item decide.
    """

    id: Annotated[
        UUID, Field(validation_alias=AliasPath("clock", "id"), description="时钟编号，UUID", examples=[CLOCK_ID])
    ]
    subject: Annotated[
        UUID, Field(validation_alias="subject_id", description="办件（或投诉）的编号，UUID", examples=[CASE_ID])
    ]
    subject_kind: Annotated[
        SubjectKind, Field(description=f"是办件的还是投诉的：{values_of(SUBJECT_KINDS)}", examples=["case"])
    ]
    kind: Annotated[
        ClockKind,
        Field(validation_alias=AliasPath("clock", "term", "kind"), description=KIND_TEXT, examples=["statutory"]),
    ]
    stage: Annotated[
        str | None,
        Field(
            validation_alias=AliasPath("clock", "term", "stage"),
            description="同类时钟的哪一段，如投诉的 acceptance、特别程序的种类、环节的序号；只有一段的为 null",
            examples=[None],
        ),
    ]
    cycle: Annotated[
        int,
        Field(
            validation_alias=AliasPath("clock", "cycle"),
            description="第几次办理，从 1 起；重新办理一次加 1",
            examples=[1],
        ),
    ]
    org: Annotated[
        str,
        Field(
            validation_alias=AliasPath("clock", "responsible", "org"),
            description="对期限负责的单位的区划代码",
            examples=[OFFICE_ORG],
        ),
    ]
    dept: Annotated[
        str | None,
        Field(
            validation_alias=AliasPath("clock", "responsible", "dept"),
            description=f"对期限负责的条线；没有条线的为 null：{DEPT_VALUES}",
            examples=["market"],
        ),
    ]
    unit: Annotated[
        Unit,
        Field(
            validation_alias=AliasPath("clock", "term", "unit"),
            description=f"期限的单位：{values_of(PERIOD_UNITS)}",
            examples=["workday"],
        ),
    ]
    budget: Annotated[
        int,
        Field(
            validation_alias=AliasPath("clock", "term", "budget"),
            description="期限的长短，单位见 unit，不含延长的",
            examples=[20],
        ),
    ]
    extended_by: Annotated[
        int,
        Field(
            validation_alias=AliasPath("clock", "extended_by"),
            description="延长了多少，单位见 unit；没有延长的为 0",
            examples=[0],
        ),
    ]
    policy: Annotated[
        str | None,
        Field(
            validation_alias=AliasPath("clock", "term", "policy"),
            description="设定期限的策略：地区、版本、序号；按法律和事项规定的为 null",
            examples=[None],
        ),
    ]
    started_on: Annotated[
        date,
        Field(
            validation_alias=AliasPath("clock", "period", "start_on"),
            description="起算之日，当日不计入，YYYY-MM-DD",
            examples=["2026-11-23"],
        ),
    ]
    due_on: Annotated[date | None, DUE_ON]
    due_at: Annotated[
        datetime | None,
        Field(description="届满的时间，RFC 3339，时区 +08:00；暂停期间为 null", examples=["2026-12-22T00:00:00+08:00"]),
    ]
    lamp: Annotated[
        Lamp,
        Field(validation_alias=AliasPath("clock", "lamp"), description=f"灯：{values_of(LAMPS)}", examples=["green"]),
    ]
    state: Annotated[
        ClockState,
        Field(
            validation_alias=AliasPath("clock", "state"),
            description=f"状态：{values_of(texts.CLOCK_STATES)}",
            examples=["running"],
        ),
    ]
    stopped_at: Annotated[
        datetime | None,
        Field(
            validation_alias=AliasPath("clock", "stopped_at"),
            description="停止的时间，RFC 3339，时区 +08:00；没有停止的为 null",
            examples=[None],
        ),
    ]
    late: Annotated[
        bool | None,
        Field(
            validation_alias=AliasPath("clock", "late"),
            description="停止时是否已超期；没有停止的为 null",
            examples=[None],
        ),
    ]
    calendar_version: Annotated[
        str,
        Field(
            validation_alias=AliasPath("clock", "calendar_version"),
            description=CALENDAR_VERSION_TEXT,
            examples=[CALENDAR_VERSION],
        ),
    ]
    provisional: Annotated[bool, Field(description=PROVISIONAL_TEXT, examples=[False])]
    updated_at: Annotated[
        datetime,
        Field(
            validation_alias="changed_at",
            description="最近一次变动的时间，RFC 3339，时区 +08:00；可用作下次的 updated_since",
            examples=[MOMENT],
        ),
    ]

    @classmethod
    def of(cls, listed: ListedClock) -> Self:
        """Return the view of a clock."""
        return cls.model_validate(listed, from_attributes=True)
