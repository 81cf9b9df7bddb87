"""Which clocks a case has, and when they end."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bianmin.domain.access import Holder
from bianmin.events.deadlines import ClockStarted
from bianmin.events.parts import ItemFacts, Period
from services.deadlines.domain.calendar.days import YearMissing
from services.deadlines.domain.clocks.clock import ResponsibleUnit
from services.deadlines.domain.decide import decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.periods.period import Unit
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    CENTER,
    COUNTY,
    FIRST,
    REACH,
    SECOND,
    SUBJECT,
    a_closing,
    a_corrected_lapse,
    a_correction,
    a_decision,
    a_deemed_acceptance,
    a_holder,
    a_notice,
    a_registration,
    a_reopening,
    a_step,
    a_step_end,
    a_supplement,
    a_void_route,
    an_acceptance,
    an_end,
    an_item,
    at,
    clocks_after_acceptance,
    due_on,
    names,
    subject_after,
    subject_or_none,
)
from tests.unit.deadlines.command_tables import ONE_CLOCK


def test_an_accepted_case_has_a_promise_and_a_statutory_clock_from_the_day_of_acceptance() -> None:
    promise, statutory = clocks_after_acceptance(a_registration(), an_acceptance(on="2026-02-13"))
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
def test_the_item_and_the_law_decide_which_clocks_run(item: ItemFacts, expected: dict[str, int]) -> None:
    running = clocks_after_acceptance(a_registration(), an_acceptance(item))
    assert {clock.term.kind: clock.term.budget for clock in running} == expected


def test_an_immediate_promise_is_due_on_the_day_of_acceptance_also_on_a_holiday() -> None:
    item = an_item(legal=None, promise=Period(value=0, unit="immediate"))
    (clock,) = clocks_after_acceptance(a_registration(), an_acceptance(item, on="2026-02-17"))
    assert due_on(clock) == date(2026, 2, 17)


def test_b5_a_period_in_hours_is_counted_in_hours() -> None:
    item = an_item(promise=Period(value=4, unit="hour"), legal=None)
    (clock,) = clocks_after_acceptance(a_registration(), an_acceptance(item))
    assert clock.end is not None
    assert clock.end.due_at == at("2026-03-02T15:00")


def test_a_decision_is_to_be_delivered_within_10_working_days() -> None:
    decided = subject_after(a_registration(), an_acceptance(), a_decision("2026-03-04T10:00"))
    (delivery,) = decided.open_clocks
    assert (delivery.term.kind, due_on(delivery)) == ("delivery", date(2026, 3, 18))
    assert subject_after(a_registration(), an_acceptance(), a_decision(), an_end("2026-03-06T10:00")).open_clocks == ()


def test_a_preliminary_review_has_20_working_days_and_its_office_is_responsible() -> None:
    (step,) = [
        clock
        for clock in subject_after(a_registration(), an_acceptance(), a_step()).clocks
        if clock.term.kind == "step"
    ]
    assert (step.term.stage, step.responsible, due_on(step)) == (
        "1",
        ResponsibleUnit(CENTER, "civil"),
        date(2026, 3, 30),
    )
    ended = subject_after(a_registration(), an_acceptance(), a_step(), a_step_end())
    assert [clock.state for clock in ended.clocks if clock.term.kind == "step"] == ["stopped"]


def test_a_supplement_restarts_the_completeness_clock() -> None:
    first, wait, again = subject_after(a_registration(), a_notice(), a_supplement("2026-03-05T10:00")).clocks
    assert (wait.state, wait.late, wait.stopped_at) == ("stopped", False, at("2026-03-05T10:00"))
    assert (first.state, first.late, first.stopped_at) == ("stopped", False, at("2026-03-03T10:00"))
    assert (again.term.kind, again.state, due_on(again)) == ("completeness", "running", date(2026, 3, 12))
    unasked = subject_after(a_registration(), a_supplement())
    assert len(unasked.clocks) == 1, "what is brought unasked changes nothing"


def test_a_corrected_lapse_restarts_the_completeness_clock() -> None:
    lapsed = (a_registration(), a_notice(), a_closing("2026-04-03T00:00"))
    again = subject_after(*lapsed, a_corrected_lapse(), a_supplement("2026-04-01T23:59"))
    assert again.phase == "open"
    wait = again.clock(UUID(int=53))
    assert (wait.stopped_at, wait.late) == (at("2026-04-01T23:59"), False)
    assert [(clock.term.kind, str(due_on(clock))) for clock in again.open_clocks] == [("completeness", "2026-04-09")]
    accepted = subject_after(
        *lapsed, a_corrected_lapse(), a_supplement("2026-04-01T23:59"), an_acceptance(on="2026-04-07")
    )
    assert accepted.phase == "accepted"


def test_the_supplement_window_ends_on_a_working_day_and_brings_no_card() -> None:
    awaited = subject_after(a_registration("2026-05-20"), a_notice("2026-05-21T10:00"))
    [wait] = awaited.open_clocks
    # 2026-06-20, the plain sum, is in the Dragon Boat Festival (民法典 art. 203)
    assert (wait.term.kind, wait.term.stage, str(due_on(wait))) == ("completeness", "supplement", "2026-06-22")
    assert (wait.reminder_at, wait.yellow_at, wait.term.card) == (None, None, None)
    noticed_late = at("2026-06-25T09:00")
    ends = (
        FireSignals(SUBJECT, wait.id, noticed_late, noticed_late, BY),
        a_closing("2026-06-25T09:00"),
        a_supplement("2026-06-25T09:00"),
    )
    for end in ends:
        over = subject_after(a_registration("2026-05-20"), a_notice("2026-05-21T10:00"), end).clock(wait.id)
        assert (over.stopped_at, over.late, over.lamp) == (at("2026-06-23T00:00"), False, "green")


def test_the_supplement_window_is_not_the_completeness_clock() -> None:
    """The corrected clock is the last completeness clock, also after a supplement."""
    history = (
        a_registration(),
        a_notice("2026-03-02T15:00"),
        a_supplement("2026-03-02T16:00"),
        a_deemed_acceptance(),
        a_void_route(),
        a_correction(),
    )
    _, wait, silent = (clock for clock in subject_after(*history).clocks if clock.term.kind == "completeness")
    assert (wait.term.stage, wait.stopped_at) == ("supplement", at("2026-03-02T16:00"))
    assert (silent.term.stage, silent.stopped_at, silent.late) == (None, at("2026-03-09T17:59"), False)
    again = subject_after(*history, a_notice("2026-03-09T17:59", id=54))
    assert [(clock.term.stage, str(due_on(clock))) for clock in again.open_clocks] == [("supplement", "2026-04-08")]


def test_a_deemed_acceptance_counts_from_the_receipt_though_detected_later() -> None:
    silent, promise, statutory = subject_after(a_registration(), a_deemed_acceptance()).clocks
    assert (silent.lamp, silent.late) == ("red", True)
    assert (statutory.period.start_on, due_on(statutory)) == (date(2026, 3, 2), date(2026, 3, 30))
    assert due_on(promise) == date(2026, 3, 9), "the days of silence are used up"


def test_a_corrected_deemed_acceptance_leaves_the_completeness_clock_in_time() -> None:
    corrected = subject_after(a_registration(), a_deemed_acceptance(), a_void_route(), a_correction("2026-03-09T17:59"))
    assert (corrected.phase, corrected.open_clocks) == ("open", ())
    (silent,) = [clock for clock in corrected.clocks if clock.term.kind == "completeness"]
    assert (silent.lamp, silent.late, silent.stopped_at) == ("yellow", False, at("2026-03-09T17:59"))
    again = subject_after(
        a_registration(),
        a_deemed_acceptance(),
        a_void_route(),
        a_correction(),
        a_supplement("2026-03-12T10:00"),
        an_acceptance(on="2026-03-13"),
    )
    assert [clock.term.kind for clock in again.open_clocks] == ["promise", "statutory"]
    # decided meanwhile, as it turns out: the decision holds, also where it was set aside since
    decided = (a_registration(), a_deemed_acceptance(), a_decision("2026-03-12T10:00"))
    for history in (decided, (*decided, a_reopening())):
        assert subject_after(*history, a_correction()) == subject_after(*history)


def test_no_clock_of_a_corrected_acceptance_counts_as_missed() -> None:
    red = at("2026-03-10T08:00")
    history = (
        a_registration(),
        a_deemed_acceptance(),
        a_step("2026-03-10T09:00"),
        FireSignals(SUBJECT, FIRST, red, red, BY),
    )
    assert [(card.kind, card.level) for card in subject_after(*history).cards] == [
        ("completeness", "yellow"),
        ("promise", "yellow"),
        ("promise", "red"),
    ]
    corrected = subject_after(*history, a_void_route(), a_correction("2026-03-05T17:00"))
    assert {card.status for card in corrected.cards} == {"revoked"}
    assert (corrected.open_clocks, {clock.late for clock in corrected.clocks}) == ((), {False})
    step = next(clock for clock in corrected.clocks if clock.term.kind == "step")
    assert step.stopped_at == step.period.start, "what began after the answer ran for no time"
    again = subject_after(*history, a_void_route(), a_correction("2026-03-05T17:00"), an_acceptance(on="2026-03-05"))
    assert [(clock.term.kind, str(due_on(clock))) for clock in again.open_clocks] == [
        ("promise", "2026-03-12"),
        ("statutory", "2026-04-02"),
    ]


def test_an_acceptance_that_needs_a_missing_year_is_refused_as_a_whole() -> None:
    with pytest.raises(YearMissing, match="2031"):
        subject_or_none(a_registration(), an_acceptance(on="2030-12-20"))


def test_b5_each_clock_keeps_its_own_unit() -> None:
    item = an_item(promise=Period(value=7, unit="day"))
    promise, statutory = clocks_after_acceptance(a_registration(), an_acceptance(item))
    assert (promise.term.unit, statutory.term.unit) == (Unit.DAY, Unit.WORKDAY)


def test_c18_a_decision_stops_all_clocks_and_a_later_closing_changes_nothing() -> None:
    history = (a_registration(), an_acceptance(), a_decision("2026-03-04T10:00", delivered=True))
    stopped = {(clock.state, clock.stopped_at) for clock in clocks_after_acceptance(*history)}
    assert stopped == {("stopped", at("2026-03-04T10:00"))}
    assert subject_or_none(*history, an_end("2026-03-20T10:00")) == subject_after(*history)


def test_routing_changes_the_holders_of_a_case_and_no_other_part_of_its_reach() -> None:
    subject = subject_after(a_registration(), an_acceptance(), a_holder(COUNTY))
    assert subject.reach == replace(REACH, holders=(Holder(COUNTY, "civil"),))
    assert subject.responsible.org == CENTER


def test_signals_move_the_lamp_once() -> None:
    subject = subject_after(a_registration(), an_acceptance())
    firing = FireSignals(SUBJECT, FIRST, at("2026-03-12T00:00"), at("2026-03-12T00:00"), BY)
    facts = decide(BOOK, subject, firing)
    order = ["CardChanged", "CardIssued", *ONE_CLOCK]
    assert names(facts) == ["ClockChanged", "ClockReminded", "ClockYellow", "ClockRed", *order]
    for fact in facts:
        subject = evolve(subject, fact)
    assert [clock.lamp for clock in subject.clocks] == ["green", "red", "green", "green"]
    assert decide(BOOK, subject, firing) == []


def test_a_clock_is_announced_as_it_starts() -> None:
    facts = decide(BOOK, subject_or_none(a_registration()), an_acceptance())
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


def test_g31_a_case_that_an_older_program_opened_gets_its_item_and_before_acceptance_its_clock() -> None:
    opened = subject_after(a_registration())
    old = replace(opened, clocks=(), item=None, sequence=0)
    accepted = replace(old, phase="accepted")
    assert names(decide(BOOK, old, a_registration())) == ["ItemRecorded", "ClockChanged", "ClockStarted"]
    assert names(decide(BOOK, accepted, a_registration())) == ["ItemRecorded"]
    assert names(decide(BOOK, opened, a_registration())) == []
    again: Subject = old
    for fact in decide(BOOK, old, a_registration()):
        again = evolve(again, fact)
    assert again.item == opened.item
    assert [clock.end for clock in again.clocks] == [clock.end for clock in opened.clocks]
