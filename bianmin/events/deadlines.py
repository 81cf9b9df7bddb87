"""What deadlines announces, on topic `bianmin.deadlines`. The subject is the case or complaint that a clock watches."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import ClockKind, Dept, EventData, Lamp, PeriodUnit, SubjectKind


class _Clock(EventData):
    """`org` and `dept` answer for the clock. `due_at` is the end of `due_on`: 24:00 in the county's zone."""

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: str | None = None
    org: str
    dept: Dept | None = None
    due_on: date
    due_at: datetime


class ClockStarted(_Clock):
    """A period runs. `provisional`: it reaches into a year whose calendar is only estimated."""

    event_name: ClassVar = "clock.started"
    event_title: ClassVar = "开始计时"
    producers: ClassVar = ("deadlines",)

    unit: PeriodUnit
    budget: Annotated[int, Field(ge=0)]
    started_on: date
    calendar_version: str
    provisional: bool


class ClockYellow(_Clock):
    """Little is left. `detected_at` may be later than it happened; both are told."""

    event_name: ClassVar = "clock.yellow"
    event_title: ClassVar = "临近到期"
    producers: ClassVar = ("deadlines",)

    detected_at: datetime


class ClockRed(_Clock):
    """The period is over."""

    event_name: ClassVar = "clock.red"
    event_title: ClassVar = "已超期"
    producers: ClassVar = ("deadlines",)

    detected_at: datetime


class ClockStopped(_Clock):
    """What the period was for has happened. `late`: after `due_at`; `early`: before the last day."""

    event_name: ClassVar = "clock.stopped"
    event_title: ClassVar = "停止计时"
    producers: ClassVar = ("deadlines",)

    stopped_at: datetime
    late: bool
    early: bool
    lamp: Lamp
