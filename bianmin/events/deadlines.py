"""The events of the deadlines service, on topic `bianmin.deadlines`. The subject is a case or a complaint."""

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


class _ClockEvent(EventData):
    event_subject: ClassVar[str] = "case id or complaint id"
    producers: ClassVar[tuple[str, ...]] = ("deadlines",)

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: Code | None = None
    """Distinguishes clocks of one kind: a complaint has the stages `acceptance`, `handling` and others."""
    org: OrgCode
    """The org that is responsible for meeting the period."""
    dept: Dept | None = None
    cycle: Annotated[int, Field(ge=1)] = 1
    """How many times the case was opened, from 1. Setting a decision aside reopens the case."""


class _ClockWithDueDate(_ClockEvent):
    due_on: date
    due_at: Moment
    """The moment the period ends. A period in days ends on `due_on` at 24:00 or at close of business (民法典 art.
    203)."""


class ClockStarted(_ClockWithDueDate):
    """A period started: `budget` units long, the start day not counted (民法典 art. 201)."""

    event_name: ClassVar = "clock.started"
    event_title: ClassVar = "开始计时"

    unit: PeriodUnit
    budget: Annotated[int, Field(ge=0)]
    started_on: date
    calendar_version: str
    """The version of the calendar by which `due_on` was calculated."""
    provisional: bool
    """Whether the period reaches into a year whose calendar is only estimated."""


class ClockPaused(_ClockEvent):
    """The clock was paused. It has no due date until it resumes (行政许可法 art. 45)."""

    event_name: ClassVar = "clock.paused"
    event_title: ClassVar = "暂停计时"

    paused_on: date
    """The first day that is not counted."""
    reason_code: Code
    """The kind of the special procedure, or another reason from this system's list."""


class ClockResumed(_ClockWithDueDate):
    """The clock runs again, with the rest of its budget."""

    event_name: ClassVar = "clock.resumed"
    event_title: ClassVar = "恢复计时"

    resumed_at: Moment
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """The lamp (traffic-light status) from now on."""


class ClockExtended(_ClockEvent):
    """The period was extended, which is possible once and only before its end (行政许可法 art. 42). `due_on` and
    `due_at` are null while the clock is paused."""

    event_name: ClassVar = "clock.extended"
    event_title: ClassVar = "期限延长"

    by: Annotated[int, Field(ge=1)]
    """The extension, in the unit of the clock."""
    due_on: date | None
    due_at: Moment | None
    previous_due_on: date | None
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """The lamp (traffic-light status) from now on."""


class ClockRescheduled(_ClockWithDueDate):
    """The due date moved although nobody acted on the clock: a calendar was published or revised, the period that
    limits this one moved, or another org is responsible now."""

    event_name: ClassVar = "clock.rescheduled"
    event_title: ClassVar = "期限届满日调整"

    previous_due_on: date
    previous_due_at: Moment
    reason_code: Literal["calendar", "law", "policy"]
    calendar_version: str
    provisional: bool
    lamp: Lamp
    """The lamp (traffic-light status) from now on."""


class ClockReminded(_ClockWithDueDate):
    """Reminder: by default at 20 % of the period left. Published once per clock and cycle."""

    event_name: ClassVar = "clock.reminded"
    event_title: ClassVar = "催办提醒"

    detected_at: Moment
    """When the timer detected it. After an outage this is later than the moment it became due."""


class ClockYellow(_ClockWithDueDate):
    """Yellow: by default at 10 % of the period left. Published once per clock and cycle."""

    event_name: ClassVar = "clock.yellow"
    event_title: ClassVar = "临近到期"

    detected_at: Moment
    """When the timer detected it. After an outage this is later than the moment it became due."""


class ClockRed(_ClockWithDueDate):
    """Red: the period is over. Published once per clock and cycle."""

    event_name: ClassVar = "clock.red"
    event_title: ClassVar = "已超期"

    detected_at: Moment
    """When the timer detected it. After an outage this is later than `due_at`."""


class ClockLampTurned(_ClockEvent):
    """The lamp (traffic-light status) changed colour and no other event says so. Signals are published once per clock
    and cycle; afterwards the due date or the time of the yellow signal can move, or a pause can end. For displays only:
    it is not a signal, and it can occur any number of times."""

    event_name: ClassVar = "clock.lamp_turned"
    event_title: ClassVar = "灯色变化"

    due_on: date | None
    due_at: Moment | None
    """Null while the clock is paused."""
    turned_at: Moment
    """When the change was detected. If an act at a desk caused it: the time of that act."""
    lamp: Lamp
    """The lamp (traffic-light status) from now on."""


class ClockStopped(_ClockWithDueDate):
    """The clock stopped: the act that the period limits was done, or can no longer be done."""

    event_name: ClassVar = "clock.stopped"
    event_title: ClassVar = "停止计时"

    stopped_at: Moment
    late: bool
    """Whether `stopped_at` is after `due_at`."""
    early: bool
    """Whether `stopped_at` is before the day `due_on`."""
    lamp: Lamp
    """The lamp when the clock stopped."""


class _CardEvent(_ClockEvent):
    card_id: UUID
    level: CardLevel


class CardIssued(_CardEvent):
    """A card was issued to the org responsible for a missed period. The org may appeal until `appeal_by`."""

    event_name: ClassVar = "card.issued"
    event_title: ClassVar = "已发牌"

    issued_at: Moment
    appeal_by: Moment
    reason_code: Code
    """The kind of the clock that was missed; `second_yellow`: the org's second yellow card in the case;
    `second_yellow_in_year`: its second yellow card in twelve months."""
    notified: tuple[OrgCode, ...]
    """The orgs to notify: the org itself and the orgs above it."""


class CardAppealed(_CardEvent):
    """The head of the org appealed against the card."""

    event_name: ClassVar = "card.appealed"
    event_title: ClassVar = "对牌提出申诉"

    appealed_at: Moment


class CardUpheld(_CardEvent):
    """The org above rejected the appeal. The card stays."""

    event_name: ClassVar = "card.upheld"
    event_title: ClassVar = "申诉不成立，维持原牌"

    upheld_at: Moment


class CardRevoked(_CardEvent):
    """The card was revoked. It stays on record and is counted apart."""

    event_name: ClassVar = "card.revoked"
    event_title: ClassVar = "牌已撤销"

    revoked_at: Moment
    reason_code: Literal["decided", "in_time", "recounted"]
    """`decided`: an appeal against this card, or against the card it rests on, succeeded; `in_time`: the act was done
    in time and recorded late; `recounted`: the due date moved and the period was met."""


class ChangedDay(Part):
    """A day whose kind changed: from working day to day off, or the reverse."""

    date: datetime.date
    works: bool


class CalendarPublished(EventData):
    """The days off and make-up workdays of a year were published or revised. Clocks that cross a changed day are
    recalculated."""

    event_name: ClassVar = "calendar.published"
    event_title: ClassVar = "日历已公布"
    event_subject: ClassVar = "calendar: region/year"
    producers: ClassVar = ("deadlines",)

    region: Code
    """`CN` or a division code. The calendar applies to this region and the regions below it."""
    year: int
    version: int
    """How many times the region has published a calendar for this year, from 1."""
    status: Literal["official", "estimated"]
    changes: tuple[ChangedDay, ...]
    """Empty where only the status or the names changed."""
