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
    a_correction,
    a_decision,
    a_deeming,
    a_holder,
    a_lapse_corrected,
    a_notice,
    a_reopening,
    a_step,
    a_steps_end,
    a_supplement,
    a_voiding,
    acceptance,
    after,
    an_end,
    an_item,
    at,
    due_on,
    giving_up,
    known,
    names,
    of_the_decision,
    opening,
)
from tests.unit.deadlines.command_tables import ONE_CLOCK


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
