"""What happens to a matter decides what happens to its clocks: every command in every state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from bianmin.events.deadlines import ClockStarted
from bianmin.events.parts import ComplaintKind, ItemFacts, Period
from bianmin.kit.access import Holder, Reach
from bianmin.kit.actors import system
from bianmin.kit.decide import Cause
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar import YearMissing
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.periods import Pause, Unit
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.rules import NotYet, TooLate, decide, evolve
from services.deadlines.domain.subject import (
    Command,
    EndComplaint,
    ExtendCase,
    FireSignals,
    FollowRoute,
    GiveUpCase,
    HandleComplaint,
    OpenCase,
    OpenComplaint,
    PauseCase,
    RecountClocks,
    ReopenCase,
    ResumeCase,
    Standstill,
    StartCaseClocks,
    Subject,
)
from services.deadlines.domain.visibility import Handling

CALENDARS = Calendars(shipped())
SUBJECT, FIRST, SECOND, THIRD = (UUID(int=n) for n in range(1, 5))
CENTER, STATION, COUNTY = "520111101", "520111101201", "520111"
REACH = Reach(STATION, CENTER, "civil")
HANDLING = Handling(handler_org=COUNTY, accused_org=CENTER)
BY = Cause(system(CENTER))
WORKDAYS_5, WORKDAYS_20 = Period(value=5, unit="workday"), Period(value=20, unit="workday")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def an_item(**facts: Any) -> ItemFacts:
    given: dict[str, Any] = {"legal": WORKDAYS_20, "promise": WORKDAYS_5, "item_type": "05", **facts}
    return ItemFacts(
        org=COUNTY,
        code="MZ-001",
        version=1,
        name="最低生活保障",
        category="civil",
        mode="promised",
        decide_level="center",
        **given,
    )


def opening() -> OpenCase:
    return OpenCase(SUBJECT, REACH, BY)


def acceptance(item: ItemFacts | None = None, on: str = "2026-03-02") -> StartCaseClocks:
    return StartCaseClocks(SUBJECT, REACH, item or an_item(), at(f"{on}T11:00"), (FIRST, SECOND), BY)


def giving_up() -> GiveUpCase:
    return GiveUpCase(SUBJECT, BY)


def a_step(holder: str = COUNTY) -> FollowRoute:
    return FollowRoute(SUBJECT, (Holder(holder, "civil"),), None, BY)


def a_decision(moment: str = "2026-03-04T10:00") -> FollowRoute:
    return FollowRoute(SUBJECT, (), at(moment), BY)


def a_pause(since: str = "2026-03-05T10:00", id: int = 90) -> PauseCase:
    return PauseCase(SUBJECT, Standstill(UUID(int=id), Pause(at(since)), "hearing", "行政许可法第四十五条"), BY)


def a_resumption(ended: str = "2026-03-11T16:00", id: int = 90) -> ResumeCase:
    return ResumeCase(SUBJECT, UUID(int=id), at(ended), BY)


def an_extension(approved: str = "2026-03-06T10:00", days: int = 10) -> ExtendCase:
    return ExtendCase(SUBJECT, days, at(approved), BY)


def a_reopening(moment: str = "2026-04-01T10:00") -> ReopenCase:
    return ReopenCase(SUBJECT, an_item(), at(moment), (UUID(int=71), UUID(int=72)), BY)


def a_recount(now: str = "2026-03-03T10:00") -> RecountClocks:
    return RecountClocks(SUBJECT, at(now), at(now), BY)


def lodging(kind: ComplaintKind = "complaint", on: str = "2026-03-02") -> OpenComplaint:
    return OpenComplaint(SUBJECT, HANDLING, kind, at(f"{on}T09:00"), (FIRST,), BY)


def complaint_acceptance(kind: ComplaintKind = "complaint", on: str = "2026-03-10") -> HandleComplaint:
    return HandleComplaint(SUBJECT, HANDLING, kind, at(f"{on}T10:00"), (SECOND,), BY)


def a_reply() -> EndComplaint:
    return EndComplaint(SUBJECT, at("2026-04-01T10:00"), BY)


def after(*commands: Command) -> Subject | None:
    subject = None
    for command in commands:
        for fact in decide(CALENDARS, subject, command):
            subject = evolve(subject, fact)
    return subject


def known(*commands: Command) -> Subject:
    subject = after(*commands)
    assert subject is not None
    return subject


def due_on(clock: Clock | ClockStarted) -> date:
    ending = clock if isinstance(clock, ClockStarted) else clock.end
    assert ending is not None
    return ending.due_on


def names(facts: Sequence[object]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


CASES = {
    "unknown": (),
    "open": (opening(),),
    "accepted": (opening(), acceptance()),
    "paused": (opening(), acceptance(), a_pause()),
    "decided": (opening(), acceptance(), a_decision()),
    "given up": (opening(), giving_up()),
}
TWO_CLOCKS = ["ClockSet", "ClockStarted", "ClockSet", "ClockStarted", "Entered"]
PAUSED, RESUMED, EXTENDED, STOPPED = (
    ["ClockSet", event] * 2 for event in ("ClockPaused", "ClockResumed", "ClockExtended", "ClockStopped")
)
CASE_TABLE = [
    ("unknown", opening(), ["Opened"]),
    ("unknown", acceptance(), ["Opened", *TWO_CLOCKS]),
    ("unknown", giving_up(), []),
    ("unknown", a_step(), NotYet),
    ("unknown", a_decision(), NotYet),
    ("unknown", a_pause(), NotYet),
    ("unknown", a_resumption(), NotYet),
    ("unknown", an_extension(), NotYet),
    ("unknown", a_reopening(), NotYet),
    ("open", a_pause(), NotYet),
    ("open", a_resumption(), NotYet),
    ("open", an_extension(), NotYet),
    ("open", a_reopening(), NotYet),
    ("open", a_recount(), []),
    ("accepted", a_pause(), ["StandstillKept", *PAUSED]),
    ("accepted", a_resumption(), []),
    ("accepted", an_extension(), EXTENDED),
    ("accepted", a_reopening(), []),
    ("accepted", a_recount(), []),
    ("paused", opening(), []),
    ("paused", acceptance(), []),
    ("paused", giving_up(), []),
    ("paused", a_step(), ["HoldersMoved"]),
    ("paused", a_decision("2026-03-09T10:00"), ["StandstillKept", *STOPPED, "Entered"]),
    ("paused", a_pause(), []),
    ("paused", a_pause(id=91), ["StandstillKept", "ClockSet", "ClockSet"]),
    ("paused", a_resumption(), ["StandstillKept", *RESUMED]),
    ("paused", an_extension(), EXTENDED),
    ("paused", a_reopening(), []),
    ("paused", a_recount(), []),
    ("decided", a_pause(), []),
    ("decided", a_resumption(), []),
    ("decided", an_extension(), []),
    ("decided", a_reopening(), ["CycleBegun", *TWO_CLOCKS]),
    ("decided", a_recount(), []),
    ("given up", a_pause(), []),
    ("given up", a_resumption(), []),
    ("given up", an_extension(), []),
    ("given up", a_reopening(), ["CycleBegun", *TWO_CLOCKS]),
    ("given up", a_recount(), []),
    ("open", opening(), []),
    ("open", acceptance(), TWO_CLOCKS),
    ("open", giving_up(), ["Entered"]),
    ("open", a_step(), ["HoldersMoved"]),
    ("open", a_decision(), NotYet),
    ("accepted", opening(), []),
    ("accepted", acceptance(), []),
    ("accepted", giving_up(), []),
    ("accepted", a_step(), ["HoldersMoved"]),
    ("accepted", a_decision(), [*STOPPED, "Entered"]),
    ("decided", opening(), []),
    ("decided", acceptance(), TooLate),
    ("decided", giving_up(), []),
    ("decided", a_step(), ["HoldersMoved"]),
    ("decided", a_decision("2026-03-05T10:00"), []),
    ("given up", opening(), []),
    ("given up", acceptance(), TooLate),
    ("given up", giving_up(), []),
    ("given up", a_step(), ["HoldersMoved"]),
    ("given up", a_decision(), []),
]
OF_CASES = (
    OpenCase,
    StartCaseClocks,
    GiveUpCase,
    FollowRoute,
    PauseCase,
    ResumeCase,
    ExtendCase,
    ReopenCase,
    RecountClocks,
)
COMPLAINTS = {
    "unknown": (),
    "open": (lodging(),),
    "accepted": (lodging(), complaint_acceptance()),
    "answered": (lodging(), complaint_acceptance(), a_reply()),
}
ONE_CLOCK = ["ClockSet", "ClockStarted"]
COMPLAINT_TABLE = [
    ("unknown", lodging(), ["Opened", *ONE_CLOCK]),
    ("unknown", complaint_acceptance(), ["Opened", *ONE_CLOCK, "Entered"]),
    ("unknown", a_reply(), []),
    ("open", lodging(), []),
    ("open", complaint_acceptance(), [*STOPPED[:2], *ONE_CLOCK, "Entered"]),
    ("open", a_reply(), [*STOPPED[:2], "Entered"]),
    ("accepted", lodging(), []),
    ("accepted", complaint_acceptance(), []),
    ("accepted", a_reply(), [*STOPPED[:2], "Entered"]),
    ("answered", lodging(), []),
    ("answered", complaint_acceptance(), TooLate),
    ("answered", a_reply(), []),
]


@pytest.mark.parametrize(
    ("history", "command", "expected"),
    [(CASES[state], command, expected) for state, command, expected in CASE_TABLE]
    + [(COMPLAINTS[state], command, expected) for state, command, expected in COMPLAINT_TABLE],
    ids=[f"{state} case, {type(command).__name__}" for state, command, _ in CASE_TABLE]
    + [f"{state} complaint, {type(command).__name__}" for state, command, _ in COMPLAINT_TABLE],
)
def test_every_command_in_every_state(
    history: Sequence[Command], command: Command, expected: list[str] | type[Exception]
) -> None:
    subject = after(*history)
    if isinstance(expected, list):
        assert names(decide(CALENDARS, subject, command)) == expected
    else:
        with pytest.raises(expected):
            decide(CALENDARS, subject, command)


def test_the_tables_leave_no_pair_out() -> None:
    assert {(state, type(command)) for state, command, _ in CASE_TABLE} == {
        (state, kind) for state in CASES for kind in OF_CASES if (state, kind) != ("unknown", RecountClocks)
    }
    assert {(state, type(command)) for state, command, _ in COMPLAINT_TABLE} == {
        (state, kind) for state in COMPLAINTS for kind in (OpenComplaint, HandleComplaint, EndComplaint)
    }


def test_an_accepted_case_has_a_promise_and_a_statutory_clock_from_the_day_of_acceptance() -> None:
    promise, statutory = known(opening(), acceptance(on="2026-02-13")).clocks
    assert (promise.term.kind, str(due_on(promise))) == ("promise", "2026-02-27")
    assert (statutory.term.kind, str(due_on(statutory))) == ("statutory", "2026-03-19")
    assert {clock.period.start_on for clock in (promise, statutory)} == {date(2026, 2, 13)}
    assert {(clock.answerable.org, clock.answerable.dept) for clock in (promise, statutory)} == {(CENTER, "civil")}


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
    ],
)
def test_the_item_and_the_law_say_which_clocks_run(item: ItemFacts, expected: dict[str, int]) -> None:
    running = known(opening(), acceptance(item)).clocks
    assert {clock.term.kind: clock.term.budget for clock in running} == expected


def test_a_promise_to_do_it_at_once_is_due_on_the_day_of_acceptance_also_on_a_holiday() -> None:
    item = an_item(legal=None, promise=Period(value=0, unit="immediate"))
    (clock,) = known(opening(), acceptance(item, on="2026-02-17")).clocks
    assert due_on(clock) == date(2026, 2, 17)


def test_b5_a_period_in_hours_is_counted_in_hours() -> None:
    item = an_item(promise=Period(value=4, unit="hour"), legal=None)
    (clock,) = known(opening(), acceptance(item)).clocks
    assert clock.end is not None
    assert clock.end.due_at == at("2026-03-02T15:00")


def test_a_case_whose_period_reaches_into_a_missing_year_is_not_half_accepted() -> None:
    with pytest.raises(YearMissing, match="2028"):
        after(opening(), acceptance(on="2027-12-20"))


def test_b5_each_clock_keeps_its_own_unit() -> None:
    item = an_item(promise=Period(value=7, unit="day"))
    promise, statutory = known(opening(), acceptance(item)).clocks
    assert (promise.term.unit, statutory.term.unit) == (Unit.DAY, Unit.WORKDAY)


def test_c18_a_decision_stops_all_clocks_and_the_closing_after_it_changes_nothing() -> None:
    decided = known(opening(), acceptance(), a_decision("2026-03-04T10:00"))
    assert {(clock.state, clock.stopped_at) for clock in decided.clocks} == {("stopped", at("2026-03-04T10:00"))}
    assert after(opening(), acceptance(), a_decision("2026-03-04T10:00"), a_decision("2026-03-20T10:00")) == decided


def test_routing_says_who_holds_a_case_and_nothing_else_of_where_it_is() -> None:
    subject = known(opening(), acceptance(), a_step(COUNTY))
    assert subject.reach == replace(REACH, holders=(Holder(COUNTY, "civil"),))
    assert subject.answerable.org == CENTER


def test_a_complaint_has_15_days_to_be_accepted_and_60_to_be_answered() -> None:
    lodged = known(lodging(on="2026-03-02"))
    (waiting,) = lodged.clocks
    assert (waiting.term.stage, str(due_on(waiting)), waiting.term.unit) == ("acceptance", "2026-03-17", Unit.DAY)
    waited, handling = known(lodging(on="2026-03-02"), complaint_acceptance(on="2025-08-02")).clocks
    assert (waited.state, handling.term.stage, str(due_on(handling))) == ("stopped", "handling", "2025-10-09")
    assert (handling.answerable.org, handling.answerable.dept) == (COUNTY, None)


@pytest.mark.parametrize("kind", ["report", "suggestion"])
def test_reports_and_suggestions_are_timed_like_complaints(kind: ComplaintKind) -> None:
    assert len(known(lodging(kind), complaint_acceptance(kind)).clocks) == 2


def test_praise_is_not_timed() -> None:
    assert known(lodging("praise"), complaint_acceptance("praise"), a_reply()).clocks == ()


def test_signals_move_the_lamp_once() -> None:
    subject = known(opening(), acceptance())
    firing = FireSignals(SUBJECT, FIRST, at("2026-03-12T00:00"), at("2026-03-12T00:00"), BY)
    facts = decide(CALENDARS, subject, firing)
    assert names(facts) == ["ClockSet", "ClockReminded", "ClockYellow", "ClockRed"]
    for fact in facts:
        subject = evolve(subject, fact)
    assert [clock.lamp for clock in subject.clocks] == ["red", "green"]
    assert decide(CALENDARS, subject, firing) == []


def test_a_clock_is_announced_as_it_starts() -> None:
    facts = decide(CALENDARS, after(opening()), acceptance())
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
    assert promise.calendar_version == CALENDARS.of("CN").version
    assert (statutory.clock_id, statutory.provisional) == (SECOND, False)
