"""What happens to a matter decides what happens to its clocks: every command in every state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

import pytest

from bianmin.domain.access import Holder, Reach
from bianmin.domain.actors import system
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.deadlines import ClockStarted
from bianmin.events.parts import ComplaintKind, ComplaintLevel, ItemFacts, Period
from bianmin.kit.decide import Cause
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.cases.acceptance import CloseUnacceptedCase, CorrectDeeming, OpenCase, StartCaseClocks
from services.deadlines.domain.cases.extension import ExtendCase
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.cases.result import DecideCase, EndCase, RestartCaseClocks
from services.deadlines.domain.cases.steps import EndStep, FollowRoute, StartStep, VoidRouteClocks
from services.deadlines.domain.cases.supplement import AwaitSupplement, CorrectLapse, RecordSupplement
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.complaints.decide import ComplaintCommand
from services.deadlines.domain.complaints.handling import (
    ChangeHandling,
    CloseRefusedComplaint,
    ExtendComplaint,
    HandleComplaint,
    OpenComplaint,
    TransferComplaintClocks,
)
from services.deadlines.domain.complaints.review import AnswerComplaint, ReviewComplaint
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject, SubjectNotReady, TooLate
from services.deadlines.domain.lifecycle.timers import FireSignals, RecountClocks
from services.deadlines.domain.periods.period import Pause, Unit
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


def opening(on: str = "2026-03-02") -> OpenCase:
    return OpenCase(SUBJECT, REACH, ItemTerms.of(an_item()), at(f"{on}T09:00"), (UUID(int=50),), BY)


def a_notice(moment: str = "2026-03-03T10:00", wait: int | None = 30, id: int = 53) -> AwaitSupplement:
    return AwaitSupplement(SUBJECT, at(moment), wait, (UUID(int=id),), BY)


def a_supplement(moment: str = "2026-03-05T10:00") -> RecordSupplement:
    return RecordSupplement(SUBJECT, at(moment), (UUID(int=51),), BY)


def acceptance(item: ItemFacts | None = None, on: str = "2026-03-02") -> StartCaseClocks:
    moment = at(f"{on}T11:00")
    return StartCaseClocks(SUBJECT, REACH, ItemTerms.of(item or an_item()), moment, moment, (FIRST, SECOND), BY)


def a_deeming() -> StartCaseClocks:
    """Found when the period for the notice was over, and counted from the receipt."""
    found = at("2026-03-10T00:00:01")
    return StartCaseClocks(
        SUBJECT, REACH, ItemTerms.of(an_item(item_type="01")), at("2026-03-02T09:00"), found, (FIRST, SECOND), BY
    )


def a_correction(moment: str = "2026-03-09T17:59") -> CorrectDeeming:
    return CorrectDeeming(SUBJECT, at(moment), BY)


def a_voiding() -> VoidRouteClocks:
    return VoidRouteClocks(SUBJECT, (), BY)


def giving_up(moment: str = "2026-03-03T10:00") -> CloseUnacceptedCase:
    return CloseUnacceptedCase(SUBJECT, at(moment), BY)


def a_lapse_corrected(received: str = "2026-04-01T23:59") -> CorrectLapse:
    return CorrectLapse(SUBJECT, at(received), BY)


def a_holder(org: str = COUNTY) -> FollowRoute:
    return FollowRoute(SUBJECT, (Holder(org, "civil"),), BY)


def a_step(moment: str = "2026-03-02T12:00", seq: int = 1) -> StartStep:
    office = Holder(CENTER, "civil")
    return StartStep(SUBJECT, (office,), "review", seq, office, at(moment), (UUID(int=60 + seq),), BY)


def a_steps_end(moment: str = "2026-03-04T09:00", seq: int = 1) -> EndStep:
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


def lodging(kind: ComplaintKind = "complaint", on: str = "2026-03-02") -> OpenComplaint:
    return OpenComplaint(SUBJECT, HANDLING, kind, "mobile", at(f"{on}T09:00"), (FIRST, THIRD), BY)


def complaint_acceptance(kind: ComplaintKind = "complaint", on: str = "2026-03-10") -> HandleComplaint:
    return HandleComplaint(SUBJECT, HANDLING, kind, at(f"{on}T10:00"), (SECOND,), BY)


def a_reply(
    kind: ComplaintKind = "complaint", level: ComplaintLevel = "handling", on: str = "2026-04-01"
) -> AnswerComplaint:
    return AnswerComplaint(SUBJECT, kind, level, at(f"{on}T10:00"), (FOURTH,), BY)


def a_review(level: ComplaintLevel = "review", on: str = "2026-04-20") -> ReviewComplaint:
    above = ComplaintParties(handler_org="5201", accused_org=CENTER)
    return ReviewComplaint(SUBJECT, above, level, at(f"{on}T10:00"), (FIFTH,), BY)


def passed_on() -> TransferComplaintClocks:
    other = ComplaintParties(handler_org="520112", accused_org=CENTER)
    return TransferComplaintClocks(SUBJECT, other, "complaint", at("2026-03-05T10:00"), (FOURTH, FIFTH), BY)


def more_days() -> ExtendComplaint:
    return ExtendComplaint(SUBJECT, 30, at("2026-03-20T10:00"), BY)


def a_refusal() -> CloseRefusedComplaint:
    return CloseRefusedComplaint(SUBJECT, at("2026-03-06T10:00"), BY)


def after(*commands: Command) -> Subject | None:
    subject = None
    for command in commands:
        for fact in decide(BOOK, subject, command):
            subject = evolve(subject, fact)
    return subject


def known(*commands: Command) -> Subject:
    subject = after(*commands)
    assert subject is not None
    return subject


def of_the_decision(*commands: Command) -> list[Clock]:
    """The clocks that began with the acceptance."""
    return [clock for clock in known(*commands).clocks if clock.term.kind != "completeness"]


def due_on(clock: Clock | ClockStarted) -> date:
    ending = clock if isinstance(clock, ClockStarted) else clock.end
    assert ending is not None
    return ending.due_on


def names(facts: Sequence[object]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


CASES = {
    "unknown": (),
    "open": (opening(),),
    "noticed": (opening(), a_notice()),
    "accepted": (opening(), acceptance(), a_holder()),
    "paused": (opening(), acceptance(), a_pause()),
    "deemed": (opening(), a_deeming(), a_holder()),
    "void": (opening(), a_deeming(), a_holder(), a_voiding()),
    "decided": (opening(), acceptance(), a_holder(), a_decision()),
    "over": (opening(), acceptance(), a_holder(), a_decision(delivered=True)),
    "given up": (opening(), giving_up()),
}
ONE_CLOCK = ["ClockChanged", "ClockStarted"]
TWO_CLOCKS = [*ONE_CLOCK, *ONE_CLOCK]
STOPPED = ["ClockChanged", "ClockStopped"]
HELD = ["HoldersChanged"]
CARD = ["CardChanged", "CardIssued"]
CASE_TABLE: list[tuple[str, Command, list[str] | type[Exception]]] = [
    ("unknown", opening(), ["SubjectOpened", *ONE_CLOCK]),
    ("unknown", a_notice(), SubjectNotReady),
    ("unknown", a_supplement(), SubjectNotReady),
    ("unknown", acceptance(), ["SubjectOpened", *TWO_CLOCKS, "PhaseChanged"]),
    ("unknown", a_correction(), SubjectNotReady),
    ("unknown", giving_up(), []),
    ("unknown", a_lapse_corrected(), SubjectNotReady),
    ("unknown", a_holder(), SubjectNotReady),
    ("unknown", a_voiding(), SubjectNotReady),
    ("unknown", a_step(), SubjectNotReady),
    ("unknown", a_steps_end(), SubjectNotReady),
    ("unknown", a_pause(), SubjectNotReady),
    ("unknown", a_resumption(), SubjectNotReady),
    ("unknown", an_extension(), SubjectNotReady),
    ("unknown", a_decision(), SubjectNotReady),
    ("unknown", an_end(), SubjectNotReady),
    ("unknown", a_reopening(), SubjectNotReady),
    ("open", opening(), []),
    ("open", a_notice(), [*STOPPED, *ONE_CLOCK]),
    ("open", a_notice(wait=None), STOPPED),
    ("open", a_supplement(), []),
    ("open", acceptance(), [*STOPPED, *TWO_CLOCKS, "PhaseChanged"]),
    ("open", a_correction(), []),
    ("open", giving_up(), [*STOPPED, "PhaseChanged"]),
    ("open", a_lapse_corrected(), []),
    ("open", a_holder(), HELD),
    ("open", a_voiding(), SubjectNotReady),
    ("open", a_step(), SubjectNotReady),
    ("open", a_steps_end(), SubjectNotReady),
    ("open", a_pause(), SubjectNotReady),
    ("open", a_resumption(), SubjectNotReady),
    ("open", an_extension(), SubjectNotReady),
    ("open", a_decision(), SubjectNotReady),
    ("open", an_end(), SubjectNotReady),
    ("open", a_reopening(), SubjectNotReady),
    ("open", a_recount(), []),
    ("noticed", opening(), []),
    ("noticed", a_notice(), []),
    ("noticed", a_notice("2026-03-04T10:00", id=54), [*STOPPED, *ONE_CLOCK]),
    ("noticed", a_supplement(), [*STOPPED, *ONE_CLOCK]),
    ("noticed", acceptance(on="2026-03-05"), [*STOPPED, *TWO_CLOCKS, "PhaseChanged"]),
    ("noticed", a_correction(), []),
    ("noticed", giving_up(), [*STOPPED, "PhaseChanged"]),
    ("noticed", a_lapse_corrected(), []),
    ("noticed", a_holder(), HELD),
    ("noticed", a_voiding(), SubjectNotReady),
    ("noticed", a_step(), SubjectNotReady),
    ("noticed", a_steps_end(), SubjectNotReady),
    ("noticed", a_pause(), SubjectNotReady),
    ("noticed", a_resumption(), SubjectNotReady),
    ("noticed", an_extension(), SubjectNotReady),
    ("noticed", a_decision(), SubjectNotReady),
    ("noticed", an_end(), SubjectNotReady),
    ("noticed", a_reopening(), SubjectNotReady),
    ("noticed", a_recount(), []),
    ("accepted", opening(), []),
    ("accepted", a_notice(), []),
    ("accepted", a_supplement(), []),
    ("accepted", acceptance(), []),
    ("accepted", a_correction(), SubjectNotReady),
    ("accepted", giving_up(), []),
    ("accepted", a_lapse_corrected(), []),
    ("accepted", a_holder(CENTER), HELD),
    ("accepted", a_voiding(), [*HELD, "PhaseChanged"]),
    ("accepted", a_step(), [*HELD, *ONE_CLOCK]),
    ("accepted", a_steps_end(), []),
    ("accepted", a_pause(), ["PauseChanged", *["ClockChanged", "ClockPaused"] * 2, *ONE_CLOCK]),
    ("accepted", a_resumption(), []),
    ("accepted", an_extension(), ["ClockChanged", "ClockExtended"] * 2),
    ("accepted", a_decision(), [*HELD, *STOPPED, *STOPPED, *ONE_CLOCK, "PhaseChanged"]),
    ("accepted", an_end(), [*HELD, *STOPPED, *STOPPED, "PhaseChanged"]),
    ("accepted", a_reopening(), []),
    ("accepted", a_recount(), []),
    ("paused", opening(), []),
    ("paused", a_notice(), []),
    ("paused", a_supplement(), []),
    ("paused", acceptance(), []),
    ("paused", a_correction(), SubjectNotReady),
    ("paused", giving_up(), []),
    ("paused", a_lapse_corrected(), []),
    ("paused", a_holder(CENTER), HELD),
    ("paused", a_voiding(), [*HELD, "PhaseChanged"]),
    ("paused", a_step("2026-03-06T09:00"), [*HELD, *ONE_CLOCK, "ClockChanged", "ClockPaused"]),
    ("paused", a_steps_end(), []),
    ("paused", a_pause(), []),
    ("paused", a_pause(id=91), ["PauseChanged", "ClockChanged", "ClockChanged", *ONE_CLOCK]),
    ("paused", a_resumption(), ["PauseChanged", *STOPPED, *["ClockChanged", "ClockResumed"] * 2]),
    ("paused", an_extension(), ["ClockChanged", "ClockExtended"] * 2),
    ("paused", a_decision("2026-03-09T10:00"), [*HELD, "PauseChanged", *STOPPED * 3, *ONE_CLOCK, "PhaseChanged"]),
    ("paused", an_end("2026-03-09T10:00"), [*HELD, "PauseChanged", *STOPPED * 3, "PhaseChanged"]),
    ("paused", a_reopening(), []),
    ("paused", a_recount(), []),
    ("deemed", opening(), []),
    ("deemed", a_notice(), []),
    ("deemed", a_supplement(), []),
    ("deemed", acceptance(), []),
    ("deemed", a_correction(), SubjectNotReady),
    ("deemed", giving_up(), []),
    ("deemed", a_lapse_corrected(), []),
    ("deemed", a_holder(CENTER), HELD),
    ("deemed", a_voiding(), [*HELD, "PhaseChanged"]),
    ("deemed", a_step(), [*HELD, *ONE_CLOCK]),
    ("deemed", a_steps_end(), []),
    # its promise is over as it is found, and that is the second yellow card: what comes now does not move it
    (
        "deemed",
        a_pause("2026-03-10T10:00"),
        ["PauseChanged", "ClockChanged", "ClockLampTurned", "ClockChanged", "ClockPaused", *ONE_CLOCK],
    ),
    ("deemed", a_resumption(), []),
    ("deemed", an_extension("2026-03-10T10:00"), ["ClockChanged", "ClockExtended"]),
    ("deemed", a_decision("2026-03-10T10:00"), [*HELD, *STOPPED, *CARD * 2, *STOPPED, *ONE_CLOCK, "PhaseChanged"]),
    ("deemed", an_end("2026-03-10T10:00"), [*HELD, *STOPPED, *CARD * 2, *STOPPED, "PhaseChanged"]),
    ("deemed", a_reopening(), []),
    ("deemed", a_recount("2026-03-10T10:00"), []),
    ("void", opening(), []),
    ("void", a_notice(), []),
    ("void", a_supplement(), []),
    ("void", acceptance(), []),
    # the two of the acceptance stop, and the one that had been missed was kept after all
    ("void", a_correction(), [*STOPPED * 3, "CardChanged", "CardRevoked", "PhaseChanged"]),
    ("void", giving_up(), []),
    ("void", a_lapse_corrected(), []),
    ("void", a_holder(CENTER), HELD),
    ("void", a_voiding(), SubjectNotReady),
    ("void", a_step(), SubjectNotReady),
    ("void", a_steps_end(), SubjectNotReady),
    ("void", a_pause(), SubjectNotReady),
    ("void", a_resumption(), SubjectNotReady),
    ("void", an_extension(), SubjectNotReady),
    ("void", a_decision(), SubjectNotReady),
    ("void", an_end(), SubjectNotReady),
    ("void", a_reopening(), SubjectNotReady),
    ("void", a_recount("2026-03-10T10:00"), []),
    ("decided", opening(), []),
    ("decided", a_notice(), []),
    ("decided", a_supplement(), []),
    ("decided", acceptance(), []),
    ("decided", a_correction(), []),
    ("decided", giving_up(), []),
    ("decided", a_lapse_corrected(), []),
    ("decided", a_holder(CENTER), HELD),
    ("decided", a_voiding(), []),
    ("decided", a_step(), HELD),
    ("decided", a_steps_end(), HELD),
    ("decided", a_pause(), HELD),
    ("decided", a_resumption(), HELD),
    ("decided", an_extension(), HELD),
    ("decided", a_decision("2026-03-05T10:00"), []),
    ("decided", an_end(), [*STOPPED, "PhaseChanged"]),
    ("decided", a_reopening("2026-03-10T10:00"), [*HELD, *STOPPED, "CycleStarted", *TWO_CLOCKS, "PhaseChanged"]),
    ("decided", a_recount(), []),
    ("over", opening(), []),
    ("over", a_notice(), []),
    ("over", a_supplement(), []),
    ("over", acceptance(), TooLate),
    ("over", a_correction(), []),
    ("over", giving_up(), []),
    ("over", a_lapse_corrected(), ["PhaseChanged"]),
    ("over", a_holder(CENTER), HELD),
    ("over", a_voiding(), []),
    ("over", a_step(), HELD),
    ("over", a_steps_end(), HELD),
    ("over", a_pause(), HELD),
    ("over", a_resumption(), HELD),
    ("over", an_extension(), HELD),
    ("over", a_decision("2026-03-05T10:00"), []),
    ("over", an_end(), []),
    ("over", a_reopening(), [*HELD, "CycleStarted", *TWO_CLOCKS, "PhaseChanged"]),
    ("over", a_recount(), []),
    ("given up", opening(), []),
    ("given up", a_notice(), []),
    ("given up", a_supplement(), []),
    ("given up", acceptance(), TooLate),
    ("given up", a_correction(), []),
    ("given up", giving_up(), []),
    ("given up", a_lapse_corrected(), ["PhaseChanged"]),
    ("given up", a_holder(CENTER), HELD),
    ("given up", a_voiding(), []),
    ("given up", a_step(), HELD),
    ("given up", a_steps_end(), HELD),
    ("given up", a_pause(), HELD),
    ("given up", a_resumption(), HELD),
    ("given up", an_extension(), HELD),
    ("given up", a_decision(), []),
    ("given up", an_end(), []),
    ("given up", a_reopening(), [*HELD, "CycleStarted", *TWO_CLOCKS, "PhaseChanged"]),
    ("given up", a_recount(), []),
]
OF_CASES = (
    OpenCase,
    AwaitSupplement,
    RecordSupplement,
    StartCaseClocks,
    CorrectDeeming,
    CloseUnacceptedCase,
    CorrectLapse,
    FollowRoute,
    VoidRouteClocks,
    StartStep,
    EndStep,
    PauseCase,
    ResumeCase,
    ExtendCase,
    DecideCase,
    EndCase,
    RestartCaseClocks,
    RecountClocks,
)
COMPLAINTS = {
    "unknown": (),
    "open": (lodging(),),
    "accepted": (lodging(), complaint_acceptance()),
    "answered": (lodging(), complaint_acceptance(), a_reply()),
    "over": (lodging(), a_refusal()),
}
TWO_CLOCKS, BOTH_STOPPED = [*ONE_CLOCK, *ONE_CLOCK], [*STOPPED, *STOPPED]
COMPLAINT_TABLE = [
    ("unknown", lodging(), ["SubjectOpened", *TWO_CLOCKS]),
    ("unknown", complaint_acceptance(), ["SubjectOpened", *ONE_CLOCK, "PhaseChanged"]),
    ("unknown", passed_on(), []),
    ("unknown", more_days(), []),
    ("unknown", a_reply(), []),
    ("unknown", a_review(), []),
    ("unknown", a_refusal(), []),
    ("open", lodging(), []),
    ("open", complaint_acceptance(), [*BOTH_STOPPED, *ONE_CLOCK, "PhaseChanged"]),
    ("open", passed_on(), [*BOTH_STOPPED, "HandlingChanged", *TWO_CLOCKS]),
    ("open", more_days(), []),
    ("open", a_reply(), [*BOTH_STOPPED, *ONE_CLOCK, "PhaseChanged"]),
    ("open", a_review(), []),
    ("open", a_refusal(), [*BOTH_STOPPED, "PhaseChanged"]),
    ("accepted", lodging(), []),
    ("accepted", complaint_acceptance(), []),
    ("accepted", passed_on(), []),
    ("accepted", more_days(), ["ClockChanged", "ClockExtended"]),
    ("accepted", a_reply(), [*STOPPED, *ONE_CLOCK, "PhaseChanged"]),
    ("accepted", a_review(), []),
    ("accepted", a_refusal(), [*STOPPED, "PhaseChanged"]),
    ("answered", lodging(), []),
    ("answered", complaint_acceptance(), []),
    ("answered", passed_on(), []),
    ("answered", more_days(), []),
    ("answered", a_reply(), []),
    ("answered", a_review(), [*STOPPED, "HandlingChanged", *ONE_CLOCK, "PhaseChanged"]),
    ("answered", a_refusal(), [*STOPPED, "PhaseChanged"]),
    ("over", lodging(), []),
    ("over", complaint_acceptance(), TooLate),
    ("over", passed_on(), []),
    ("over", more_days(), []),
    ("over", a_reply(), []),
    ("over", a_review(), []),
    ("over", a_refusal(), []),
]


@pytest.mark.parametrize(
    ("history", "command", "expected"),
    [(CASES[state], command, expected) for state, command, expected in CASE_TABLE]
    + [(COMPLAINTS[state], command, expected) for state, command, expected in COMPLAINT_TABLE],
    ids=[f"{state} case, {type(command).__name__}" for state, command, _ in CASE_TABLE]
    + [f"{state} complaint, {type(command).__name__}" for state, command, _ in COMPLAINT_TABLE],
)
def test_c8_every_command_in_every_state(
    history: Sequence[Command], command: Command, expected: list[str] | type[Exception]
) -> None:
    subject = after(*history)
    if isinstance(expected, list):
        assert names(decide(BOOK, subject, command)) == expected
    else:
        with pytest.raises(expected):
            decide(BOOK, subject, command)


def test_c8_the_tables_leave_no_pair_out() -> None:
    assert {(state, type(command)) for state, command, _ in CASE_TABLE} == {
        (state, kind) for state in CASES for kind in OF_CASES if (state, kind) != ("unknown", RecountClocks)
    }
    assert {(state, type(command)) for state, command, _ in COMPLAINT_TABLE} == {
        (state, kind) for state in COMPLAINTS for kind in get_args(ComplaintCommand) if kind is not ChangeHandling
    }


def test_an_accepted_case_has_a_promise_and_a_statutory_clock_from_the_day_of_acceptance() -> None:
    promise, statutory = of_the_decision(opening(), acceptance(on="2026-02-13"))
    assert (promise.term.kind, str(due_on(promise))) == ("promise", "2026-02-27")
    assert (statutory.term.kind, str(due_on(statutory))) == ("statutory", "2026-03-19")
    assert {clock.period.start_on for clock in (promise, statutory)} == {date(2026, 2, 13)}
    assert {(clock.responsible.org, clock.responsible.dept) for clock in (promise, statutory)} == {(CENTER, "civil")}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (an_item(), {"promise": 5, "statutory": 20}),
        (an_item(legal=None), {"promise": 5}),
        (an_item(promise=None), {"statutory": 20}),
        (an_item(legal=None, promise=None), {}),
        # a licence has 20 working days by law (行政许可法 art. 42); its own period wins
        (an_item(item_type="01", legal=None), {"promise": 5, "statutory": 20}),
        (an_item(item_type="01", legal=Period(value=15, unit="workday")), {"promise": 5, "statutory": 15}),
        # handled by several organs together, 45 in place of the 20, and again its own period wins
        (an_item(item_type="01", legal=None, mode="joint"), {"promise": 5, "statutory": 45}),
        (an_item(item_type="01", mode="joint"), {"promise": 5, "statutory": 20}),
        (an_item(item_type="05", legal=None, mode="joint"), {"promise": 5}),
    ],
)
def test_the_item_and_the_law_say_which_clocks_run(item: ItemFacts, expected: dict[str, int]) -> None:
    running = of_the_decision(opening(), acceptance(item))
    assert {clock.term.kind: clock.term.budget for clock in running} == expected


def test_a_promise_to_do_it_at_once_is_due_on_the_day_of_acceptance_also_on_a_holiday() -> None:
    item = an_item(legal=None, promise=Period(value=0, unit="immediate"))
    (clock,) = of_the_decision(opening(), acceptance(item, on="2026-02-17"))
    assert due_on(clock) == date(2026, 2, 17)


def test_b5_a_period_in_hours_is_counted_in_hours() -> None:
    item = an_item(promise=Period(value=4, unit="hour"), legal=None)
    (clock,) = of_the_decision(opening(), acceptance(item))
    assert clock.end is not None
    assert clock.end.due_at == at("2026-03-02T15:00")


def test_what_is_decided_is_delivered_within_10_working_days() -> None:
    decided = known(opening(), acceptance(), a_decision("2026-03-04T10:00"))
    (delivery,) = decided.open_clocks
    assert (delivery.term.kind, due_on(delivery)) == ("delivery", date(2026, 3, 18))
    assert known(opening(), acceptance(), a_decision(), an_end("2026-03-06T10:00")).open_clocks == ()


def test_a_review_has_20_working_days_where_its_office_answers() -> None:
    (step,) = [clock for clock in known(opening(), acceptance(), a_step()).clocks if clock.term.kind == "step"]
    assert (step.term.stage, step.responsible, due_on(step)) == (
        "1",
        ResponsibleUnit(CENTER, "civil"),
        date(2026, 3, 30),
    )
    ended = known(opening(), acceptance(), a_step(), a_steps_end())
    assert [clock.state for clock in ended.clocks if clock.term.kind == "step"] == ["stopped"]


def test_whoever_is_told_in_time_what_is_missing_is_received_anew_with_the_supplement() -> None:
    first, wait, again = known(opening(), a_notice(), a_supplement("2026-03-05T10:00")).clocks
    assert (wait.state, wait.late, wait.stopped_at) == ("stopped", False, at("2026-03-05T10:00"))
    assert (first.state, first.late, first.stopped_at) == ("stopped", False, at("2026-03-03T10:00"))
    assert (again.term.kind, again.state, due_on(again)) == ("completeness", "running", date(2026, 3, 12))
    unasked = known(opening(), a_supplement())
    assert len(unasked.clocks) == 1, "what is brought unasked changes nothing"


def test_whoever_was_given_up_and_had_supplemented_in_time_is_received_anew() -> None:
    lapsed = (opening(), a_notice(), giving_up("2026-04-03T00:00"))
    again = known(*lapsed, a_lapse_corrected(), a_supplement("2026-04-01T23:59"))
    assert again.phase == "open"
    wait = again.clock(UUID(int=53))
    assert (wait.stopped_at, wait.late) == (at("2026-04-01T23:59"), False)
    assert [(clock.term.kind, str(due_on(clock))) for clock in again.open_clocks] == [("completeness", "2026-04-09")]
    accepted = known(*lapsed, a_lapse_corrected(), a_supplement("2026-04-01T23:59"), acceptance(on="2026-04-07"))
    assert accepted.phase == "accepted"


def test_the_wait_for_a_supplement_ends_on_a_working_day_and_nobody_misses_it() -> None:
    awaited = known(opening("2026-05-20"), a_notice("2026-05-21T10:00"))
    [wait] = awaited.open_clocks
    # 2026-06-20, the plain sum, is in the Dragon Boat Festival (民法典 art. 203)
    assert (wait.term.kind, wait.term.stage, str(due_on(wait))) == ("completeness", "supplement", "2026-06-22")
    assert (wait.reminder_at, wait.yellow_at, wait.term.card) == (None, None, None)
    noticed_late = at("2026-06-25T09:00")
    ends = (
        FireSignals(SUBJECT, wait.id, noticed_late, noticed_late, BY),
        giving_up("2026-06-25T09:00"),
        a_supplement("2026-06-25T09:00"),
    )
    for end in ends:
        over = known(opening("2026-05-20"), a_notice("2026-05-21T10:00"), end).clock(wait.id)
        assert (over.stopped_at, over.late, over.lamp) == (at("2026-06-23T00:00"), False, "green")


def test_a_wait_is_not_the_period_of_the_notice() -> None:
    """Of a case deemed accepted after a supplement, it is the period of the notice that was kept after all."""
    history = (
        opening(),
        a_notice("2026-03-02T15:00"),
        a_supplement("2026-03-02T16:00"),
        a_deeming(),
        a_voiding(),
        a_correction(),
    )
    _, wait, silent = (clock for clock in known(*history).clocks if clock.term.kind == "completeness")
    assert (wait.term.stage, wait.stopped_at) == ("supplement", at("2026-03-02T16:00"))
    assert (silent.term.stage, silent.stopped_at, silent.late) == (None, at("2026-03-09T17:59"), False)
    again = known(*history, a_notice("2026-03-09T17:59", id=54))
    assert [(clock.term.stage, str(due_on(clock))) for clock in again.open_clocks] == [("supplement", "2026-04-08")]


def test_silence_is_found_late_and_counts_from_the_receipt() -> None:
    silent, promise, statutory = known(opening(), a_deeming()).clocks
    assert (silent.lamp, silent.late) == ("red", True)
    assert (statutory.period.start_on, due_on(statutory)) == (date(2026, 3, 2), date(2026, 3, 30))
    assert due_on(promise) == date(2026, 3, 9), "the days of silence are used up"


def test_what_was_not_silence_after_all_was_kept_in_time() -> None:
    corrected = known(opening(), a_deeming(), a_voiding(), a_correction("2026-03-09T17:59"))
    assert (corrected.phase, corrected.open_clocks) == ("open", ())
    (silent,) = [clock for clock in corrected.clocks if clock.term.kind == "completeness"]
    assert (silent.lamp, silent.late, silent.stopped_at) == ("yellow", False, at("2026-03-09T17:59"))
    again = known(
        opening(),
        a_deeming(),
        a_voiding(),
        a_correction(),
        a_supplement("2026-03-12T10:00"),
        acceptance(on="2026-03-13"),
    )
    assert [clock.term.kind for clock in again.open_clocks] == ["promise", "statutory"]
    # decided meanwhile, as it turns out: the decision holds, also where it was set aside since
    decided = (opening(), a_deeming(), a_decision("2026-03-12T10:00"))
    for history in (decided, (*decided, a_reopening())):
        assert known(*history, a_correction()) == known(*history)


def test_nothing_was_missed_by_an_acceptance_that_was_none() -> None:
    red = at("2026-03-10T08:00")
    history = (opening(), a_deeming(), a_step("2026-03-10T09:00"), FireSignals(SUBJECT, FIRST, red, red, BY))
    assert [(card.kind, card.level) for card in known(*history).cards] == [
        ("completeness", "yellow"),
        ("promise", "yellow"),
        ("promise", "red"),
    ]
    corrected = known(*history, a_voiding(), a_correction("2026-03-05T17:00"))
    assert {card.status for card in corrected.cards} == {"revoked"}
    assert (corrected.open_clocks, {clock.late for clock in corrected.clocks}) == ((), {False})
    step = next(clock for clock in corrected.clocks if clock.term.kind == "step")
    assert step.stopped_at == step.period.start, "what began after the answer ran for no time"
    again = known(*history, a_voiding(), a_correction("2026-03-05T17:00"), acceptance(on="2026-03-05"))
    assert [(clock.term.kind, str(due_on(clock))) for clock in again.open_clocks] == [
        ("promise", "2026-03-12"),
        ("statutory", "2026-04-02"),
    ]


def test_a_case_whose_period_reaches_into_a_missing_year_is_not_half_accepted() -> None:
    with pytest.raises(YearMissing, match="2031"):
        after(opening(), acceptance(on="2030-12-20"))


def test_b5_each_clock_keeps_its_own_unit() -> None:
    item = an_item(promise=Period(value=7, unit="day"))
    promise, statutory = of_the_decision(opening(), acceptance(item))
    assert (promise.term.unit, statutory.term.unit) == (Unit.DAY, Unit.WORKDAY)


def test_c18_a_decision_stops_all_clocks_and_the_closing_after_it_changes_nothing() -> None:
    history = (opening(), acceptance(), a_decision("2026-03-04T10:00", delivered=True))
    stopped = {(clock.state, clock.stopped_at) for clock in of_the_decision(*history)}
    assert stopped == {("stopped", at("2026-03-04T10:00"))}
    assert after(*history, an_end("2026-03-20T10:00")) == known(*history)


def test_routing_says_who_holds_a_case_and_nothing_else_of_where_it_is() -> None:
    subject = known(opening(), acceptance(), a_holder(COUNTY))
    assert subject.reach == replace(REACH, holders=(Holder(COUNTY, "civil"),))
    assert subject.responsible.org == CENTER


def test_a_complaint_has_15_days_to_be_accepted_and_60_to_be_answered() -> None:
    lodged = known(lodging(on="2026-03-02"))
    waiting, returning = lodged.clocks
    assert (waiting.term.stage, str(due_on(waiting)), waiting.term.unit) == ("acceptance", "2026-03-17", Unit.DAY)
    assert (returning.term.stage, str(due_on(returning)), returning.term.unit) == (
        "return",
        "2026-03-09",
        Unit.WORKDAY,
    )
    waited, _, handling = known(lodging(on="2026-03-02"), complaint_acceptance(on="2025-08-02")).clocks
    assert (waited.state, handling.term.stage, str(due_on(handling))) == ("stopped", "handling", "2025-10-09")
    assert (handling.responsible.org, handling.responsible.dept) == (COUNTY, None)


def test_a_window_warns_of_nothing_and_closes_by_itself_and_nobody_was_late() -> None:
    subject = known(lodging(on="2026-03-02"))
    window = subject.clock(THIRD)
    assert (window.reminder_at, window.yellow_at, window.next_fire_at) == (None, None, window.signal_times.red)
    assert decide(BOOK, subject, FireSignals(SUBJECT, THIRD, at("2026-03-09T23:59"), at("2026-03-10T00:00"), BY)) == []
    facts = decide(BOOK, subject, FireSignals(SUBJECT, THIRD, at("2026-03-10T00:00"), at("2026-03-11T08:00"), BY))
    assert names(facts) == STOPPED
    for fact in facts:
        subject = evolve(subject, fact)
    closed = subject.clock(THIRD)
    assert (closed.stopped_at, closed.late, closed.lamp) == (at("2026-03-10T00:00"), False, "green")


def test_a_review_and_a_second_one_have_30_days_each_and_30_to_be_asked_for() -> None:
    answered = known(lodging(), complaint_acceptance(), a_reply(on="2026-04-01"))
    [asking] = answered.open_clocks
    assert (asking.term.stage, str(due_on(asking))) == ("review_request", "2026-05-06")  # 05-01 is within the holiday
    reviewed = known(lodging(), complaint_acceptance(), a_reply(), a_review(on="2026-04-20"))
    [review] = reviewed.open_clocks
    assert (review.term.stage, str(due_on(review)), review.responsible.org) == ("review", "2026-05-20", "5201")
    again = known(*ONCE_REVIEWED, a_review("rereview", "2026-06-01"))
    [last] = again.open_clocks
    assert (last.term.stage, str(due_on(last))) == ("rereview", "2026-07-01")
    over = known(*ONCE_REVIEWED, a_review("rereview", "2026-06-01"), a_reply(level="rereview", on="2026-06-20"))
    assert (over.phase, over.open_clocks) == ("over", ())


ONCE_REVIEWED = (
    lodging(),
    complaint_acceptance(),
    a_reply(),
    a_review(on="2026-04-20"),
    a_reply(level="review", on="2026-05-18"),
)


def test_an_order_of_the_hotline_has_its_own_period_until_the_answer() -> None:
    order = replace(lodging(), channel="hotline", clock_ids=(FIRST, THIRD, FOURTH))
    accepted = known(order, complaint_acceptance(on="2026-03-03"))
    assert [(clock.term.kind, str(due_on(clock))) for clock in accepted.open_clocks] == [
        ("hotline", "2026-03-09"),
        ("complaint", "2026-05-06"),
    ]
    assert known(order, complaint_acceptance(), a_reply("report")).open_clocks == ()


@pytest.mark.parametrize("kind", ["report", "suggestion"])
def test_reports_and_suggestions_are_timed_like_complaints(kind: ComplaintKind) -> None:
    assert len(known(lodging(kind), complaint_acceptance(kind)).clocks) == 3
    assert known(lodging(kind), complaint_acceptance(kind), a_reply(kind)).open_clocks == ()


def test_praise_is_not_timed() -> None:
    assert known(lodging("praise"), complaint_acceptance("praise"), a_reply("praise")).clocks == ()


def test_signals_move_the_lamp_once() -> None:
    subject = known(opening(), acceptance())
    firing = FireSignals(SUBJECT, FIRST, at("2026-03-12T00:00"), at("2026-03-12T00:00"), BY)
    facts = decide(BOOK, subject, firing)
    order = ["CardChanged", "CardIssued", *ONE_CLOCK]
    assert names(facts) == ["ClockChanged", "ClockReminded", "ClockYellow", "ClockRed", *order]
    for fact in facts:
        subject = evolve(subject, fact)
    assert [clock.lamp for clock in subject.clocks] == ["green", "red", "green", "green"]
    assert decide(BOOK, subject, firing) == []


def test_a_clock_is_announced_as_it_starts() -> None:
    facts = decide(BOOK, after(opening()), acceptance())
    promise, statutory = [fact for fact in facts if isinstance(fact, ClockStarted)]
    assert promise.model_dump(mode="json", include={"clock_id", "subject_kind", "kind", "org", "dept", "unit"}) == {
        "clock_id": str(FIRST),
        "subject_kind": "case",
        "kind": "promise",
        "org": CENTER,
        "dept": "civil",
        "unit": "workday",
    }
    assert (promise.budget, str(due_on(promise)), promise.due_at) == (5, "2026-03-09", at("2026-03-10T00:00"))
    assert promise.calendar_version == BOOK.calendar_of("CN").version
    assert (statutory.clock_id, statutory.provisional) == (SECOND, False)
