"""One clock: when it ends, when its lamp changes, how it stops."""

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest

from bianmin.events.deadlines import ClockStopped
from services.deadlines.domain.calendar.days import Calendar, YearMissing
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.clocks.counting import count_ends, new_clocks
from services.deadlines.domain.clocks.firing import fire_signals
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.periods.period import DueDate, Unit
from services.deadlines.domain.terms.term import Term
from tests.unit.deadlines.one_calendar import OneCalendar

A_MOMENT = timedelta(microseconds=1)
CENTER = ResponsibleUnit("520111101", "civil")
_ids = count(1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def promise(budget: int, unit: Unit = Unit.WORKDAY) -> Term:
    return Term("promise", unit, budget)


def statutory(budget: int, unit: Unit = Unit.WORKDAY) -> Term:
    return Term("statutory", unit, budget)


def clocks(calendar: Calendar, *terms: Term, on: str = "2026-03-02") -> list[Clock]:
    return count_ends(
        OneCalendar(calendar), new_clocks(terms, [UUID(int=next(_ids)) for _ in terms], at(f"{on}T09:30"), CENTER)
    )


def a_clock(calendar: Calendar, term: Term | None = None, on: str = "2026-03-02") -> Clock:
    (clock,) = clocks(calendar, term or promise(5), on=on)
    return clock


def end_of(clock: Clock) -> DueDate:
    assert clock.end is not None
    return clock.end


def fired(clock: Clock, now: datetime) -> list[str]:
    """Return the names of the events that a clock announces at a moment."""
    return [type(fact).__name__ for fact in fire_signals(clock, "case", now)[1]]


def stop(clock: Clock, now: datetime) -> tuple[Clock, ClockStopped]:
    stopped, facts = stop_clock(clock, "case", now)
    (announced,) = facts
    assert isinstance(announced, ClockStopped)
    return stopped, announced


def test_a_clock_runs_from_its_business_date_to_the_end_of_its_due_day(national: Calendar) -> None:
    clock = a_clock(national, promise(20), on="2026-02-13")
    assert (clock.period.start_on, end_of(clock).due_on, end_of(clock).due_at) == (
        day("2026-02-13"),
        day("2026-03-19"),
        at("2026-03-20T00:00"),
    )
    assert (clock.lamp, clock.state, clock.late, clock.cycle) == ("green", "running", None, 1)
    assert clock.calendar_version == national.version
    assert not end_of(clock).provisional


def test_a8_a_clock_that_reaches_into_an_estimated_year_is_provisional(national: Calendar) -> None:
    assert end_of(a_clock(national, promise(20), on="2026-12-21")).provisional


def test_a_clock_that_reaches_into_a_missing_year_does_not_start(national: Calendar) -> None:
    with pytest.raises(YearMissing, match="2031"):
        a_clock(national, promise(20), on="2030-12-21")


@pytest.mark.parametrize(
    ("promised", "law", "on", "promise_due", "law_due"),
    [
        (promise(5), statutory(20), "2026-03-02", "2026-03-09", "2026-03-30"),
        (promise(10, Unit.DAY), statutory(5), "2026-03-02", "2026-03-09", "2026-03-09"),
        # nine days of Spring Festival: five working days last longer than seven days
        (promise(5), statutory(7, Unit.DAY), "2026-02-13", "2026-02-24", "2026-02-24"),
        (promise(5), statutory(7, Unit.DAY), "2026-03-02", "2026-03-09", "2026-03-09"),
    ],
)
def test_c15_a_promise_ends_with_the_statutory_clock_at_the_latest(
    national: Calendar, promised: Term, law: Term, on: str, promise_due: str, law_due: str
) -> None:
    first, second = clocks(national, promised, law, on=on)
    assert (end_of(first).due_on, end_of(second).due_on) == (day(promise_due), day(law_due))


def test_a_promise_capped_by_the_statutory_clock_is_provisional_like_it(national: Calendar) -> None:
    first, second = clocks(national, promise(40, Unit.DAY), statutory(5), on="2026-12-21")
    assert first.end == second.end
    assert (end_of(first).due_on, end_of(first).provisional) == (day("2026-12-28"), False)


def test_the_lamp_is_yellow_from_the_yellow_moment_and_red_after_the_end(national: Calendar) -> None:
    clock = a_clock(national)
    yellow = at("2026-03-09T00:00")
    assert clock.lamp_at(yellow - A_MOMENT) == "green"
    assert clock.lamp_at(yellow) == clock.lamp_at(end_of(clock).due_at) == "yellow"
    assert clock.signal_times.red == end_of(clock).due_at + A_MOMENT
    assert clock.lamp_at(clock.signal_times.red) == "red"


def test_reminder_yellow_and_red_are_sent_in_order_and_no_other_signal(national: Calendar) -> None:
    clock = a_clock(national, promise(20))
    announced = []
    while clock.next_fire_at is not None:
        moment = clock.next_fire_at
        assert fired(clock, moment - A_MOMENT) == []
        clock, facts = fire_signals(clock, "case", moment)
        announced.append((f"{moment:%m-%d %H:%M:%S.%f}", clock.lamp, [type(fact).__name__ for fact in facts]))
    assert announced == [
        ("03-25 00:00:00.000000", "green", ["ClockReminded"]),  # four days are left, and begin with the 25th
        ("03-27 00:00:00.000000", "yellow", ["ClockYellow"]),
        ("03-31 00:00:00.000001", "red", ["ClockRed"]),
    ]
    assert clock.version == 4
    assert fired(clock, at("2027-04-01T00:00")) == []


def test_d4_no_signal_is_sent_twice(national: Calendar) -> None:
    clock = a_clock(national)
    yellow = at("2026-03-09T00:00")
    clock, facts = fire_signals(clock, "case", yellow)
    assert [type(fact).__name__ for fact in facts] == ["ClockReminded", "ClockYellow"]
    assert fired(clock, end_of(clock).due_at) == []
    again, nothing = fire_signals(clock, "case", yellow)
    assert (again, nothing) == (clock, [])


def test_after_an_outage_all_signals_are_sent_in_order_with_the_time_of_detection(national: Calendar) -> None:
    clock = a_clock(national)
    found = end_of(clock).due_at + timedelta(hours=9)
    _, announced = fire_signals(clock, "case", found)
    assert fired(clock, found) == ["ClockReminded", "ClockYellow", "ClockRed"]
    assert [fact.model_dump()["detected_at"] for fact in announced] == [found] * 3
    assert {fact.model_dump()["due_at"] for fact in announced} == {end_of(clock).due_at}


def test_an_immediate_period_sends_no_warning(national: Calendar) -> None:
    clock = a_clock(national, promise(0, Unit.IMMEDIATE))
    assert end_of(clock).due_on == day("2026-03-02")
    assert clock.next_fire_at == clock.signal_times.red == at("2026-03-03T00:00:00.000001")
    assert fired(clock, at("2026-03-03T00:00:00.000001")) == ["ClockRed"]


@pytest.mark.parametrize(
    ("moment", "late", "early", "lamp"),
    [
        ("2026-03-08T23:59:59.999999", False, True, "green"),
        ("2026-03-09T00:00", False, False, "yellow"),
        ("2026-03-10T00:00", False, False, "yellow"),  # the very last moment is in time
        ("2026-03-10T00:00:00.000001", True, False, "red"),
    ],
)
def test_b9_a_stop_is_late_by_its_own_moment(
    national: Calendar, moment: str, late: bool, early: bool, lamp: str
) -> None:
    _, stopped = stop(a_clock(national), at(moment))
    assert (stopped.late, stopped.early, stopped.lamp) == (late, early, lamp)


def test_c3_the_first_stop_wins(national: Calendar) -> None:
    clock, _ = stop(a_clock(national), at("2026-03-04T10:00"))
    assert stop_clock(clock, "case", at("2026-04-01T10:00")) == (clock, [])
    assert (clock.state, clock.stopped_at, clock.late) == ("stopped", at("2026-03-04T10:00"), False)


def test_a_stopped_clock_sends_no_later_signal(national: Calendar) -> None:
    clock, _ = stop(a_clock(national), at("2026-03-20T10:00"))
    assert (clock.late, clock.lamp, clock.next_fire_at) == (True, "red", None)
    assert fired(clock, at("2026-03-21T10:00")) == []


def test_a_clock_stopped_in_time_sends_no_signal(national: Calendar) -> None:
    clock, _ = stop(a_clock(national), at("2026-03-04T10:00"))
    assert fired(clock, at("2027-03-04T10:00")) == []


def test_a_stop_reported_after_the_red_signal_is_late_by_its_own_moment(national: Calendar) -> None:
    clock, _ = fire_signals(a_clock(national), "case", at("2026-03-12T00:00"))
    assert clock.lamp == "red"
    _, stopped = stop(clock, end_of(clock).due_at - timedelta(minutes=10))
    assert (stopped.late, stopped.lamp) == (False, "yellow")


def test_events_name_the_clock_and_the_responsible_unit(national: Calendar) -> None:
    clock = a_clock(national)
    _, stopped = stop(clock, at("2026-03-04T10:00"))
    assert (stopped.clock_id, stopped.subject_kind, stopped.kind, stopped.stage) == (clock.id, "case", "promise", None)
    assert (stopped.org, stopped.dept, stopped.due_on) == ("520111101", "civil", end_of(clock).due_on)
