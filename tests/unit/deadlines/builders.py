"""Commands, items and subjects with defaults, for tests of the rules of time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.domain.actors import system
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.deadlines import ClockStarted
from bianmin.events.parts import ComplaintKind, ComplaintLevel, ItemFacts, Period
from bianmin.kit.decide import Cause
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.cases.acceptance import CloseUnacceptedCase, CorrectDeeming, OpenCase, StartCaseClocks
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, EndCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import EndStep, FollowRoute, StartStep, VoidRouteClocks
from services.deadlines.domain.cases.supplement import AwaitSupplement, CorrectLapse, RecordSupplement
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.complaints.handling import (
    CloseRefusedComplaint,
    ExtendComplaint,
    HandleComplaint,
    OpenComplaint,
    TransferComplaintClocks,
)
from services.deadlines.domain.complaints.review import AnswerComplaint, ReviewComplaint
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import RecountClocks
from services.deadlines.domain.periods.period import Pause
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import ItemTerms

BOOK = Rulebook(Calendars(shipped()))
SUBJECT, FIRST, SECOND, THIRD, FOURTH, FIFTH = (UUID(int=n) for n in range(1, 7))
CENTER, STATION, COUNTY = "520111101", "520111101201", "520111"
REACH = Reach(STATION, CENTER, "civil")
HANDLING = ComplaintParties(handler_org=COUNTY, accused_org=CENTER)
BY = Cause(system(CENTER))
WORKDAYS_5, WORKDAYS_20 = Period(value=5, unit="workday"), Period(value=20, unit="workday")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def an_item(**facts: Any) -> ItemFacts:
    usual: dict[str, Any] = {"legal": WORKDAYS_20, "promise": WORKDAYS_5, "item_type": "05", "mode": "promised"}
    return ItemFacts(
        org=COUNTY,
        code="MZ-001",
        version=1,
        name="最低生活保障",
        category="civil",
        decide_level="center",
        **(usual | facts),
    )


HOLDERS = (Holder(COUNTY, "civil"),)


def a_registration(on: str = "2026-03-02") -> OpenCase:
    return OpenCase(SUBJECT, REACH, ItemTerms.of(an_item()), at(f"{on}T09:00"), (UUID(int=50),), BY)


def a_notice(moment: str = "2026-03-03T10:00", wait: int | None = 30, id: int = 53) -> AwaitSupplement:
    return AwaitSupplement(SUBJECT, at(moment), wait, (UUID(int=id),), BY)


def a_supplement(moment: str = "2026-03-05T10:00") -> RecordSupplement:
    return RecordSupplement(SUBJECT, at(moment), (UUID(int=51),), BY)


def an_acceptance(item: ItemFacts | None = None, on: str = "2026-03-02") -> StartCaseClocks:
    moment = at(f"{on}T11:00")
    return StartCaseClocks(SUBJECT, REACH, ItemTerms.of(item or an_item()), moment, moment, (FIRST, SECOND), BY)


def a_deemed_acceptance() -> StartCaseClocks:
    """The acceptance is detected when the completeness clock is over, and counts from the receipt."""
    found = at("2026-03-10T00:00:01")
    return StartCaseClocks(
        SUBJECT, REACH, ItemTerms.of(an_item(item_type="01")), at("2026-03-02T09:00"), found, (FIRST, SECOND), BY
    )


def a_correction(moment: str = "2026-03-09T17:59") -> CorrectDeeming:
    return CorrectDeeming(SUBJECT, at(moment), BY)


def a_void_route() -> VoidRouteClocks:
    return VoidRouteClocks(SUBJECT, (), BY)


def a_closing(moment: str = "2026-03-03T10:00") -> CloseUnacceptedCase:
    return CloseUnacceptedCase(SUBJECT, at(moment), BY)


def a_corrected_lapse(received: str = "2026-04-01T23:59") -> CorrectLapse:
    return CorrectLapse(SUBJECT, at(received), BY)


def a_holder(org: str = COUNTY) -> FollowRoute:
    return FollowRoute(SUBJECT, (Holder(org, "civil"),), BY)


def a_step(moment: str = "2026-03-02T12:00", seq: int = 1) -> StartStep:
    office = Holder(CENTER, "civil")
    return StartStep(SUBJECT, (office,), "review", seq, office, at(moment), (UUID(int=60 + seq),), BY)


def a_step_end(moment: str = "2026-03-04T09:00", seq: int = 1) -> EndStep:
    return EndStep(SUBJECT, HOLDERS, seq, at(moment), BY)


def a_decision(moment: str = "2026-03-04T10:00", *, delivered: bool = False) -> DecideCase:
    return DecideCase(SUBJECT, (), at(moment), not delivered, (UUID(int=52),), BY)


def an_end(moment: str = "2026-03-06T10:00") -> EndCase:
    return EndCase(SUBJECT, (), at(moment), BY)


def a_pause(since: str = "2026-03-05T10:00", id: int = 90) -> PauseCase:
    standstill = SubjectPause(UUID(int=id), Pause(at(since)), "hearing", "行政许可法第四十五条")
    return PauseCase(SUBJECT, HOLDERS, standstill, "hearing", 5, (UUID(int=id + 100),), BY)


def a_resumption(ended: str = "2026-03-11T16:00", id: int = 90) -> ResumeCase:
    return ResumeCase(SUBJECT, HOLDERS, UUID(int=id), "hearing", at(ended), BY)


def an_extension(approved: str = "2026-03-06T10:00", days: int = 10) -> ExtendCase:
    return ExtendCase(SUBJECT, HOLDERS, days, at(approved), BY)


def a_reopening(moment: str = "2026-04-01T10:00") -> RestartCaseClocks:
    return RestartCaseClocks(SUBJECT, HOLDERS, ItemTerms.of(an_item()), at(moment), (UUID(int=71), UUID(int=72)), BY)


def a_recount(now: str = "2026-03-03T10:00") -> RecountClocks:
    return RecountClocks(SUBJECT, at(now), at(now), BY)


def a_complaint(kind: ComplaintKind = "complaint", on: str = "2026-03-02") -> OpenComplaint:
    return OpenComplaint(SUBJECT, HANDLING, kind, "mobile", at(f"{on}T09:00"), (FIRST, THIRD), BY)


def a_complaint_acceptance(kind: ComplaintKind = "complaint", on: str = "2026-03-10") -> HandleComplaint:
    return HandleComplaint(SUBJECT, HANDLING, kind, at(f"{on}T10:00"), (SECOND,), BY)


def a_reply(
    kind: ComplaintKind = "complaint", level: ComplaintLevel = "handling", on: str = "2026-04-01"
) -> AnswerComplaint:
    return AnswerComplaint(SUBJECT, kind, level, at(f"{on}T10:00"), (FOURTH,), BY)


def a_review(level: ComplaintLevel = "review", on: str = "2026-04-20") -> ReviewComplaint:
    above = ComplaintParties(handler_org="5201", accused_org=CENTER)
    return ReviewComplaint(SUBJECT, above, level, at(f"{on}T10:00"), (FIFTH,), BY)


def a_transfer() -> TransferComplaintClocks:
    other = ComplaintParties(handler_org="520112", accused_org=CENTER)
    return TransferComplaintClocks(SUBJECT, other, "complaint", at("2026-03-05T10:00"), (FOURTH, FIFTH), BY)


def a_complaint_extension() -> ExtendComplaint:
    return ExtendComplaint(SUBJECT, 30, at("2026-03-20T10:00"), BY)


def a_refusal() -> CloseRefusedComplaint:
    return CloseRefusedComplaint(SUBJECT, at("2026-03-06T10:00"), BY)


def subject_or_none(*commands: Command) -> Subject | None:
    subject = None
    for command in commands:
        for fact in decide(BOOK, subject, command):
            subject = evolve(subject, fact)
    return subject


def subject_after(*commands: Command) -> Subject:
    subject = subject_or_none(*commands)
    assert subject is not None
    return subject


def clocks_after_acceptance(*commands: Command) -> list[Clock]:
    """Return all clocks but those of completeness."""
    return [clock for clock in subject_after(*commands).clocks if clock.term.kind != "completeness"]


def due_on(clock: Clock | ClockStarted) -> date:
    ending = clock if isinstance(clock, ClockStarted) else clock.end
    assert ending is not None
    return ending.due_on


def names(facts: Sequence[object]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


ONCE_REVIEWED = (
    a_complaint(),
    a_complaint_acceptance(),
    a_reply(),
    a_review(on="2026-04-20"),
    a_reply(level="review", on="2026-05-18"),
)


MONDAY = NamedDay(date(2026, 3, 9), DayKind.OFF, "某日")
REOPENED = Rulebook(Calendars([*shipped(), CalendarYear(COUNTY, 2026, YearStatus.OFFICIAL, "测试", (MONDAY,))]))
"""A Monday is off afterwards: a clock that was late by one day is in time."""
