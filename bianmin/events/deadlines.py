"""What deadlines announces, on topic `bianmin.deadlines`. The subject is the case or complaint that a clock watches."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import ClockKind, Code, Dept, EventData, Lamp, Moment, OrgCode, PeriodUnit, SubjectKind


class _Clock(EventData):
    event_subject: ClassVar[str] = "case id or complaint id"
    producers: ClassVar[tuple[str, ...]] = ("deadlines",)

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: Code | None = None
    """Tells several clocks of one kind apart: a complaint has `acceptance` and `handling`."""
    org: OrgCode
    """The org that answers for the clock."""
    dept: Dept | None = None
    due_on: date
    due_at: Moment
    """The end of `due_on`: 24:00 in the county's zone, or when the organ closes (民法典 art. 203)."""


class ClockStarted(_Clock):
    """A period runs: `budget` units, the start day not counted (民法典 art. 201)."""

    event_name: ClassVar = "clock.started"
    event_title: ClassVar = "开始计时"

    unit: PeriodUnit
    budget: Annotated[int, Field(ge=0)]
    started_on: date
    calendar_version: str
    """Which state of the calendar `due_on` was counted by."""
    provisional: bool
    """Whether it reaches into a year whose calendar is only estimated."""


class ClockYellow(_Clock):
    """Little of the period is left. Announced once a clock."""

    event_name: ClassVar = "clock.yellow"
    event_title: ClassVar = "临近到期"

    detected_at: Moment
    """When it was seen: after an outage, later than it happened."""


class ClockRed(_Clock):
    """The period is over. Announced once a clock."""

    event_name: ClassVar = "clock.red"
    event_title: ClassVar = "已超期"

    detected_at: Moment
    """When it was seen: after an outage, later than `due_at`."""


class ClockStopped(_Clock):
    """What the period was for has happened, or cannot happen any more."""

    event_name: ClassVar = "clock.stopped"
    event_title: ClassVar = "停止计时"

    stopped_at: Moment
    late: bool
    """After `due_at`."""
    early: bool
    """Before the last day."""
    lamp: Lamp
    """What it showed when it stopped."""
