"""What deadlines announces, on topic `bianmin.deadlines`. The subject is the case or complaint that a clock watches."""

import datetime
from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bianmin.events.parts import (
    CardLevel,
    ClockKind,
    Code,
    Dept,
    EventData,
    Lamp,
    Moment,
    OrgCode,
    Part,
    PeriodUnit,
    SubjectKind,
)


class _Watch(EventData):
    event_subject: ClassVar[str] = "case id or complaint id"
    producers: ClassVar[tuple[str, ...]] = ("deadlines",)

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: Code | None = None
    """Tells several clocks of one kind apart: a complaint has `acceptance`, `handling` and others."""
    org: OrgCode
    """The org that answers for the clock."""
    dept: Dept | None = None
    cycle: Annotated[int, Field(ge=1)] = 1
    """How often the matter was opened: a decision that was set aside opens it again."""


class _Clock(_Watch):
    due_on: date
    due_at: Moment
    """The end of `due_on`, 24:00 or when the organ closes (民法典 art. 203); of a period of hours, the end of these."""


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


class ClockPaused(_Watch):
    """It stands still, and has no end until it goes on (行政许可法 art. 45)."""

    event_name: ClassVar = "clock.paused"
    event_title: ClassVar = "暂停计时"

    paused_on: date
    """The first day that does not count."""
    reason_code: Code
    """The kind of the special procedure, or another reason of the house's list."""


class ClockResumed(_Clock):
    """It runs again, with what was left of its budget."""

    event_name: ClassVar = "clock.resumed"
    event_title: ClassVar = "恢复计时"

    resumed_at: Moment
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """What it shows from now on."""


class ClockExtended(_Watch):
    """More time was granted, once, before it was over (行政许可法 art. 42). While it stands still it has no end."""

    event_name: ClassVar = "clock.extended"
    event_title: ClassVar = "期限延长"

    by: Annotated[int, Field(ge=1)]
    """In the clock's own units."""
    due_on: date | None
    due_at: Moment | None
    previous_due_on: date | None
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """What it shows from now on."""


class ClockRescheduled(_Clock):
    """Its end has moved by itself: a calendar was published or revised, what limits it has moved, another answers."""

    event_name: ClassVar = "clock.rescheduled"
    event_title: ClassVar = "期限届满日调整"

    previous_due_on: date
    previous_due_at: Moment
    reason_code: Literal["calendar", "law", "policy"]
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """What it shows from now on."""


class ClockReminded(_Clock):
    """Time to see to it. Announced once a clock."""

    event_name: ClassVar = "clock.reminded"
    event_title: ClassVar = "催办提醒"

    detected_at: Moment
    """When it was seen: after an outage, later than it happened."""


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


class ClockLampTurned(_Watch):
    """Its lamp shows another colour, of which no other event speaks: signals are announced once, and its end has moved
    and come near again, or only the mark of yellow has moved, or it had stood still before it was red. No signal: it is
    for whoever shows the lamp, and may come as often as that turns."""

    event_name: ClassVar = "clock.lamp_turned"
    event_title: ClassVar = "灯色变化"

    due_on: date | None
    due_at: Moment | None
    """None while it stands still."""
    turned_at: Moment
    """When it was seen; where an act at a desk turned it, when that was done."""
    lamp: Lamp
    """What it shows from now on."""


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


class _Card(_Watch):
    card_id: UUID
    level: CardLevel


class CardIssued(_Card):
    """What was missed is put on record, for the org that answers for the clock; it may appeal."""

    event_name: ClassVar = "card.issued"
    event_title: ClassVar = "已发牌"

    issued_at: Moment
    appeal_by: Moment
    reason_code: Code
    """The kind of the clock that was missed, or `second_yellow`: the unit's second in the case,
    or `second_yellow_in_year`: its second in twelve months."""
    notified: tuple[OrgCode, ...]
    """Who is to be told: the org itself, and those above it."""


class CardAppealed(_Card):
    """The head of the unit does not agree."""

    event_name: ClassVar = "card.appealed"
    event_title: ClassVar = "对牌提出申诉"

    appealed_at: Moment


class CardUpheld(_Card):
    """Somebody above has looked at the appeal, and the card stays."""

    event_name: ClassVar = "card.upheld"
    event_title: ClassVar = "申诉不成立，维持原牌"

    upheld_at: Moment


class CardRevoked(_Card):
    """The card counts no more; it stays on record."""

    event_name: ClassVar = "card.revoked"
    event_title: ClassVar = "牌已撤销"

    revoked_at: Moment
    reason_code: Literal["decided", "in_time", "recounted"]
    """`in_time`: the act had been done in time and was told late; `recounted`: the end of the period has moved."""


class ChangedDay(Part):
    """A day that counts otherwise than before."""

    date: datetime.date
    works: bool


class CalendarPublished(EventData):
    """The days off and the make-up workdays of a year were published, or revised: what crosses them is counted anew."""

    event_name: ClassVar = "calendar.published"
    event_title: ClassVar = "日历已公布"
    event_subject: ClassVar = "calendar: region/year"
    producers: ClassVar = ("deadlines",)

    region: Code
    """`CN`, or a division code: it counts there and below."""
    year: int
    version: int
    """How often the region has published this year."""
    status: Literal["official", "estimated"]
    changes: tuple[ChangedDay, ...]
    """Nothing where only the status or the names have changed."""
