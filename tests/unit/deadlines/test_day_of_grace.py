"""The day of grace: no clock that was in time or paused becomes late by another calendar alone."""

from collections.abc import Sequence
from datetime import date
from typing import TypeGuard

from bianmin.events.deadlines import ClockPaused, ClockRescheduled
from bianmin.events.parts import Period
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.hours import Interval, every_weekday
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.calendar.years import CalendarYear, DayKind, NamedDay, YearStatus
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.terms.rulebook import Rulebook
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    COUNTY,
    REOPENED,
    SUBJECT,
    a_pause,
    a_recount,
    a_registration,
    a_resumption,
    a_step,
    a_step_end,
    an_acceptance,
    an_item,
    at,
    due_on,
    subject_after,
)

SATURDAY = NamedDay(date(2026, 3, 7), DayKind.WORK, "补班")
REVISED = Rulebook(Calendars([*shipped(), CalendarYear(COUNTY, 2026, YearStatus.OFFICIAL, "测试", (SATURDAY,))]))
"""A Saturday is worked afterwards: a period around it has used one more working day."""


def then(subject: Subject, *commands: Command, book: Rulebook = REVISED) -> Subject:
    for command in commands:
        for fact in decide(book, subject, command):
            subject = evolve(subject, fact)
    return subject


def promise_of(subject: Subject) -> Clock:
    return next(clock for clock in subject.clocks if clock.term.kind == "promise")


def a_paused_case() -> Subject:
    """A case paused after four of five days; by the revised calendar the fifth was the Saturday."""
    return subject_after(a_registration(), an_acceptance(), a_pause("2026-03-09T10:00"))


def test_a_paused_clock_stays_paused_and_has_a_day_of_grace_on_resumption() -> None:
    counted = then(a_paused_case(), a_recount("2026-03-10T10:00"))
    assert (promise_of(counted).state, promise_of(counted).lamp) == ("paused", "green")
    resumed = promise_of(then(counted, a_resumption("2026-03-13T10:00")))
    assert (resumed.state, resumed.lamp, due_on(resumed)) == ("running", "green", date(2026, 3, 16))


def test_a_clock_not_recounted_during_its_pause_has_the_same_day_of_grace() -> None:
    resumed = promise_of(then(a_paused_case(), a_resumption("2026-03-13T10:00")))
    assert (resumed.lamp, due_on(resumed)) == ("green", date(2026, 3, 16))


def test_a_change_between_publication_and_recount_keeps_the_day_of_grace() -> None:
    case = subject_after(a_registration(), an_acceptance())
    now = "2026-03-09T10:00"  # its last day; by the new calendar, the Saturday was
    paused = then(case, a_pause(now), a_recount(now), a_resumption(now))
    assert (promise_of(paused).lamp, due_on(promise_of(paused))) == ("yellow", date(2026, 3, 9))


def test_an_end_moved_by_a_new_calendar_before_the_recount_is_announced() -> None:
    case = then(
        subject_after(a_registration(), an_acceptance()), a_pause("2026-03-10T10:00"), book=BOOK
    )  # the promise was over by then
    moved = [fact for fact in decide(REOPENED, case, a_resumption("2026-03-13T10:00")) if is_moved(fact)]
    assert [(fact.kind, fact.due_on, fact.lamp, fact.reason_code) for fact in moved] == [
        ("promise", date(2026, 3, 16), "green", "calendar")
    ]


def is_moved(fact: object) -> TypeGuard[ClockRescheduled]:
    return isinstance(fact, ClockRescheduled)


def test_a_day_of_grace_within_a_pause_moves_after_the_pause() -> None:
    graced = then(subject_after(a_registration(), an_acceptance()), a_recount("2026-03-09T10:00"))
    assert due_on(promise_of(graced)) == date(2026, 3, 9)
    still = then(graced, a_pause("2026-03-09T11:00"))
    assert promise_of(still).state == "paused"
    assert due_on(promise_of(then(still, a_resumption("2026-03-11T16:00")))) == date(2026, 3, 12)


def test_earlier_opening_hours_alone_make_no_clock_of_hours_late() -> None:
    item = an_item(promise=Period(value=8, unit="workhour"), legal=None)
    early = every_weekday(Interval.of("08:00", "12:00"), Interval.of("13:00", "17:00"))
    case = subject_after(
        a_registration(), an_acceptance(item)
    )  # five hours on the first day, and until 12:00 on the second
    assert due_on(promise_of(case)) == date(2026, 3, 3)
    opened = then(case, a_recount("2026-03-03T11:30"), book=Rulebook(Calendars(shipped(), {"CN": early})))
    assert (promise_of(opened).lamp, due_on(promise_of(opened))) == ("green", date(2026, 3, 3))


def test_a_promise_that_ended_with_the_statutory_clock_stays_over_in_a_pause() -> None:
    item = an_item(promise=Period(value=10, unit="workday"), legal=Period(value=5, unit="workday"))
    over = then(subject_after(a_registration(), an_acceptance(item)), *fired("2026-03-12T00:00"), book=BOOK)
    facts = decide(BOOK, over, a_pause("2026-03-11T10:00"))
    assert not any(isinstance(fact, ClockPaused) and fact.kind == "promise" for fact in facts)
    promise = promise_of(then(over, a_pause("2026-03-11T10:00"), book=BOOK))
    assert (promise.state, promise.lamp, due_on(promise)) == ("running", "red", date(2026, 3, 9))


def test_a_clock_at_its_last_moment_is_in_time_and_gets_a_day_of_grace() -> None:
    counted = promise_of(then(subject_after(a_registration(), an_acceptance()), a_recount("2026-03-10T00:00")))
    assert (counted.lamp, due_on(counted)) == ("green", date(2026, 3, 11))


def test_a_step_completed_during_its_pause_is_not_late_by_a_new_calendar_alone() -> None:
    """Its twenty days were not used up when the pause began; by the revised calendar they were."""
    case = subject_after(a_registration(), an_acceptance(), a_step("2026-03-02T12:00"), a_pause("2026-03-30T10:00"))
    [step] = [clock for clock in then(case, a_step_end("2026-04-03T10:00")).clocks if clock.term.kind == "step"]
    assert (step.state, step.late, step.lamp) == ("stopped", False, "yellow")


def test_a_procedure_that_ends_before_the_recount_stays_ended() -> None:
    """The clock of the procedure would have another end by the new calendar."""
    resumed = then(
        subject_after(a_registration(), an_acceptance(), a_pause("2026-03-05T10:00")), a_resumption("2026-03-11T16:00")
    )
    [procedure] = [clock for clock in resumed.clocks if clock.term.kind == "procedure"]
    assert (procedure.state, procedure.late) == ("stopped", False)


def fired(moment: str) -> Sequence[Command]:
    clocks = [
        clock for clock in subject_after(a_registration(), an_acceptance()).clocks if clock.term.kind != "completeness"
    ]
    return [FireSignals(SUBJECT, clock.id, at(moment), at(moment), BY) for clock in clocks]
