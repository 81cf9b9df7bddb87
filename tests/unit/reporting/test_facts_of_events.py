"""Folding events into facts: pure, and the same in every order that may happen."""

import random
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bianmin.events import deadlines, intake, routing
from bianmin.kit.time_source import TZ
from services.reporting.domain.facts import NEVER, CasePatch, Patches
from services.reporting.domain.fold import fold, is_counted
from tests.unit.reporting.event_histories import (
    CENTER,
    COUNTY,
    STATION,
    CaseHistory,
    EventMaker,
    a_case,
    a_clock,
    a_complaint,
    an_access,
    an_item,
)
from tests.unit.reporting.random_year import a_year_of_events, interleaved


def folded(case: CaseHistory) -> CasePatch:
    return fold(event for chain in case.chains for event in chain).cases[case.id, 1]


@given(st.randoms(use_true_random=False), st.integers(0, 2**32), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_events_fold_into_the_same_facts_in_whatever_order_their_topics_arrive(
    order: random.Random, seed: int, cases: int
) -> None:
    chains = a_year_of_events(random.Random(seed), cases)
    in_turn = [event for chain in chains for event in chain]
    assert fold(interleaved(order, chains)) == fold(in_turn)


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_every_event_except_those_of_clocks_of_complaints_is_counted_once(seed: int) -> None:
    events = [event for chain in a_year_of_events(random.Random(seed), 8) for event in chain if is_counted(event)]
    patches = fold(events)
    counted = sum(p.seen_intake + p.seen_routing + p.seen_deadlines for p in patches.cases.values())
    counted += sum(p.seen for group in (patches.complaints, patches.items, patches.orgs) for p in group.values())
    assert counted == len(events)


def test_no_events_make_no_facts() -> None:
    assert fold([]) == Patches()


def test_a_case_has_the_days_that_its_services_announced() -> None:
    case = a_case(EventMaker()).registered(date(2026, 1, 30)).accepted(date(2026, 1, 31))
    case.worked_on("S-1").decided(date(2026, 2, 1), denied=True).closed(date(2026, 2, 3), "denied")
    facts = folded(case)
    assert (facts.org, facts.accepting_org, facts.dept, facts.item_code) == (STATION, CENTER, "civil", "MZ-001")
    assert (facts.registered_on, facts.accepted_on) == (date(2026, 1, 30), date(2026, 1, 31))
    assert (facts.result, facts.decided_on, facts.closed_on) == ("denied", date(2026, 2, 1), date(2026, 2, 3))
    assert (facts.first_on, facts.last_on) == (date(2026, 1, 30), date(2026, 2, 3))
    assert (facts.seen_intake, facts.seen_routing, facts.seen_deadlines) == (2, 5, 0)


def test_only_events_of_intake_set_the_orgs_of_a_case() -> None:
    case = a_case(EventMaker()).worked_on("S-1").decided(date(2026, 2, 1))
    facts = folded(case)
    assert (facts.org, facts.accepting_org, facts.dept) == (None, None, None)


def test_a_red_clock_is_late_whether_the_case_is_decided_or_not() -> None:
    case = a_case(EventMaker()).clock("promise", date(2026, 2, 1), red=True)
    facts = folded(case)
    assert (facts.promise_due_on, facts.promise_late, facts.promise_early) == (date(2026, 2, 1), True, None)
    assert (facts.first_on, facts.last_on) == (date(2026, 2, 1), date(2026, 2, 1))


def test_a_red_clock_was_in_time_when_the_decision_was_announced_late() -> None:
    case = a_case(EventMaker()).clock("statutory", date(2026, 2, 1), red=True, stopped_on=date(2026, 2, 1))
    assert folded(case).statutory_late is False


def test_a_running_clock_is_neither_late_nor_in_time() -> None:
    facts = folded(a_case(EventMaker()).clock("promise", date(2026, 2, 1)))
    assert (facts.promise_due_on, facts.promise_late, facts.first_on) == (date(2026, 2, 1), None, None)


def test_clocks_of_other_kinds_change_no_figure() -> None:
    case = a_case(EventMaker()).clock("completeness", date(2026, 2, 1), red=True, stopped_on=date(2026, 2, 3))
    facts = folded(case)
    assert (facts.promise_late, facts.statutory_late, facts.seen_deadlines) == (None, None, 4)


def test_the_last_event_of_a_complaint_says_who_is_recused() -> None:
    chain = a_complaint(EventMaker(), CENTER, date(2026, 2, 1), recused=("S-1",), recused_later=("S-1", "S-2"))
    (complaint,) = fold(chain).complaints.values()
    assert complaint.recused == ("S-1", "S-2")


def test_of_two_withdrawals_the_earlier_day_holds_in_any_order() -> None:
    case = a_case(EventMaker()).withdrawn(date(2026, 2, 3)).withdrawn(date(2026, 2, 1), at="routing")
    for order in (case.intake + case.routing, case.routing + case.intake):
        assert fold(order).cases[case.id, 1].withdrawn_on == date(2026, 2, 1)


def test_clocks_of_complaints_are_not_counted() -> None:
    maker = EventMaker()
    lodged = a_complaint(maker, CENTER, date(2026, 2, 1))
    clock = a_clock(maker, lodged[0].subject, "complaint", "complaint", date(2026, 2, 16), True, None)
    assert [is_counted(event) for event in (*lodged, *clock)] == [True, False, False, False]


def test_events_of_calendars_are_not_counted() -> None:
    published = deadlines.CalendarPublished(region=COUNTY, year=2026, status="official", version=1, changes=())
    assert not is_counted(EventMaker().event("deadlines", f"{COUNTY}/2026", published))


def test_a_card_is_counted_when_it_is_issued_and_apart_when_it_is_revoked() -> None:
    maker = EventMaker()
    case, card, clock = (str(maker.id()) for _ in range(3))
    named = {"clock_id": clock, "subject_kind": "case", "kind": "promise", "org": CENTER, "dept": "civil", "cycle": 1}
    given = {**named, "card_id": card, "level": "yellow"}
    issued = deadlines.CardIssued(
        **given,
        issued_at="2026-03-10T00:00:01+08:00",
        appeal_by="2026-03-25T00:00:00+08:00",
        reason_code="promise",
        notified=(CENTER,),
    )
    revoked = deadlines.CardRevoked(**given, revoked_at="2026-03-12T23:59:59+08:00", reason_code="decided")
    [fact] = fold([maker.event("deadlines", case, each) for each in (issued, revoked)]).cards.values()
    assert (fact.case_id, fact.level, fact.org, fact.dept) == (case, "yellow", CENTER, "civil")
    assert (fact.issued_on, fact.revoked_on) == (date(2026, 3, 10), date(2026, 3, 12))


def test_a_complaint_has_its_case_and_its_outcome() -> None:
    case_id = str(EventMaker().id())
    chain = a_complaint(
        EventMaker(),
        CENTER,
        date(2026, 2, 1),
        case_id=case_id,
        outcome="supported",
        concluded_on=date(2026, 2, 9),
    )
    (facts,) = fold(chain).complaints.values()
    assert (facts.case_id, facts.accused_org, facts.handler_org) == (case_id, CENTER, COUNTY)
    assert (facts.outcome, facts.concluded_on, facts.seen) == ("supported", date(2026, 2, 9), 5)


def test_the_name_published_last_is_the_items_name() -> None:
    maker = EventMaker()
    (facts,) = fold([maker.item(an_item(name="老名")), maker.item(an_item(name="新名", version=2))]).items.values()
    assert (facts.org, facts.code, facts.name, facts.seen) == ("52", "MZ-001", "新名", 2)


def test_events_of_unknown_types_are_only_counted() -> None:
    maker = EventMaker()
    patches = fold(
        [maker.unknown_event("intake", "x"), maker.unknown_event("intake", "x"), maker.unknown_event("deadlines", "y")]
    )
    assert patches == Patches(unknown={("/bianmin/intake", "x"): 2, ("/bianmin/deadlines", "y"): 1})


def a_clock_event(kind: Any, cycle: int = 1, **more: Any) -> Any:
    due = date(2026, 3, 9)
    given: dict[str, Any] = {
        "clock_id": UUID(int=cycle),
        "subject_kind": "case",
        "kind": "promise",
        "org": CENTER,
        "cycle": cycle,
        "due_on": due,
        "due_at": datetime(2026, 3, 10, tzinfo=TZ),
    }
    return kind(**{**given, **more})


def folded_events(*facts: tuple[str, Any]) -> Patches:
    maker = EventMaker()
    return fold([maker.event(source, "a-case", fact) for source, fact in facts])


def test_c7_a_reopened_case_has_a_row_per_cycle_and_the_old_one_stays() -> None:
    access, item, day = an_access(), an_item(), date(2026, 3, 6)
    again = date(2026, 5, 6)
    stopped: dict[str, Any] = {
        "stopped_at": datetime(2026, 3, 6, tzinfo=TZ),
        "early": True,
        "late": False,
        "lamp": "green",
    }
    patches = folded_events(
        ("routing", routing.CaseDenied(access=access, decided_on=day, reason_code="x")),
        ("deadlines", a_clock_event(deadlines.ClockStopped, **stopped)),
        ("routing", routing.CaseReopened(access=access, item=item, cycle=2, reopened_on=date(2026, 5, 1))),
        ("routing", routing.CaseGranted(access=access, decided_on=again, cycle=2)),
        ("deadlines", a_clock_event(deadlines.ClockStopped, 2, **{**stopped, "late": True, "lamp": "red"})),
    )
    first, second = patches.cases["a-case", 1], patches.cases["a-case", 2]
    assert (first.result, first.decided_on, first.promise_late) == ("denied", day, False)
    assert (second.result, second.decided_on, second.promise_late) == ("granted", again, True)
    assert (second.accepting_org, second.item_code, second.accepted_on) == (CENTER, "MZ-001", None)
    assert (first.seen_routing, first.seen_deadlines, second.seen_routing) == (3, 2, 0)


def test_a_clock_whose_end_moves_away_from_what_was_late_was_not_late() -> None:
    moved: dict[str, Any] = {
        "due_on": date(2026, 3, 12),
        "due_at": datetime(2026, 3, 13, tzinfo=TZ),
        "previous_due_on": date(2026, 3, 9),
        "previous_due_at": datetime(2026, 3, 10, tzinfo=TZ),
        "reason_code": "calendar",
        "calendar_version": "2",
        "provisional": False,
        "lamp": "green",
    }
    red = a_clock_event(deadlines.ClockRed, detected_at=datetime(2026, 3, 10, 1, tzinfo=TZ))
    facts = folded_events(("deadlines", red), ("deadlines", a_clock_event(deadlines.ClockRescheduled, **moved)))
    case = facts.cases["a-case", 1]
    assert (case.promise_late, case.promise_due_on) == (False, date(2026, 3, 12))


def test_a_clock_missed_again_after_its_end_moved_is_late_again_and_a_paused_one_is_not() -> None:
    again: dict[str, Any] = {"due_on": date(2026, 3, 12), "due_at": datetime(2026, 3, 13, tzinfo=TZ)}
    seen: dict[str, Any] = {"turned_at": datetime(2026, 3, 13, 1, tzinfo=TZ)}
    red = ("deadlines", a_clock_event(deadlines.ClockLampTurned, **again, **seen, lamp="red"))
    case = folded_events(red).cases["a-case", 1]
    assert (case.promise_late, case.promise_due_on, case.last_on) == (True, date(2026, 3, 12), date(2026, 3, 12))
    still = a_clock_event(deadlines.ClockLampTurned, due_on=None, due_at=None, **seen, lamp="green")
    case = folded_events(red, ("deadlines", still)).cases["a-case", 1]
    assert (case.promise_late, case.promise_due_on) == (False, date(2026, 3, 12))


def test_a_deemed_acceptance_counts_on_the_day_of_receipt_until_it_is_corrected() -> None:
    access, item, day = an_access(), an_item(), date(2026, 3, 2)
    deemed = intake.CaseDeemedAccepted(
        access=access, case_no="1", item=item, received_on=day, accepted_on=day, notice_due_on=date(2026, 3, 9)
    )
    assert folded_events(("intake", deemed)).cases["a-case", 1].accepted_on == day
    corrected = intake.DeemingCorrected(access=access, noticed_on=date(2026, 3, 9))
    assert folded_events(("intake", deemed), ("intake", corrected)).cases["a-case", 1].accepted_on == NEVER
    lapsed = intake.CaseLapsed(access=access, lapsed_on=date(2026, 4, 9))
    assert folded_events(("intake", lapsed)).cases["a-case", 1].lapsed_on == date(2026, 4, 9)
    went_on = intake.LapseCorrected(access=access, received_on=date(2026, 4, 8))
    assert folded_events(("intake", lapsed), ("intake", went_on)).cases["a-case", 1].lapsed_on == NEVER
    assert folded_events(("intake", lapsed), ("intake", went_on), ("intake", lapsed)).cases[
        "a-case", 1
    ].lapsed_on == date(2026, 4, 9)
