"""Pauses, extensions, stops, transfers and reopenings change the clocks of a subject (known failures C)."""

from dataclasses import replace
from datetime import date, datetime
from typing import get_args
from uuid import UUID

import pytest

from bianmin.domain.actors import Actor
from bianmin.events.deadlines import CardRevoked, ClockPaused
from bianmin.events.parts import ComplaintChannel, Period, ProcedureKind
from bianmin.kit.decide import Cause
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase
from services.deadlines.domain.clocks.clock import Clock, SubjectPause
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.card_review import SettleCard
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.periods.period import CutOff, Pause, Unit, moment_of_day
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.term import Mark
from tests.reference_counter import ONE_DAY, end_of_days, works_in_china
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    COUNTY,
    SUBJECT,
    a_closing,
    a_complaint,
    a_complaint_acceptance,
    a_complaint_extension,
    a_correction,
    a_decision,
    a_deemed_acceptance,
    a_notice,
    a_pause,
    a_recount,
    a_registration,
    a_reopening,
    a_resumption,
    a_step,
    a_transfer,
    a_void_route,
    an_acceptance,
    an_end,
    an_extension,
    an_item,
    at,
    due_on,
    subject_after,
)
from tests.unit.deadlines.command_tables import CASE_TABLE, CASES, COMPLAINTS

DECIDING = ("promise", "statutory")
OTHER = "520112"


def then(subject: Subject | None, *commands: Command, book: Rulebook = BOOK) -> Subject:
    for command in commands:
        for fact in decide(book, subject, command):
            subject = evolve(subject, fact)
    assert subject is not None
    return subject


def of_kind(subject: Subject, kind: str) -> Clock:
    """Return the latest clock of a kind."""
    return [clock for clock in subject.clocks if clock.term.kind == kind][-1]


def fire_all(subject: Subject, now: str, book: Rulebook = BOOK) -> Subject:
    """Send all signals that are due by a moment."""
    for clock in subject.open_clocks:
        subject = then(subject, FireSignals(SUBJECT, clock.id, at(now), at(now), BY), book=book)
    return subject


def counted(start: str, days: int, paused_until: str | None = None) -> date:
    """Count by the reference counter; the pause is the one of these tests."""
    last = date.fromisoformat(paused_until) if paused_until else FIRST_PAUSED - ONE_DAY
    still = {FIRST_PAUSED + n * ONE_DAY for n in range((last - FIRST_PAUSED).days + 1)}
    end = end_of_days(works_in_china, Unit.WORKDAY, days, date.fromisoformat(start), still)
    assert end is not None
    return end


A_PAUSE, FIRST_PAUSED = a_pause("2026-03-05T10:00"), date(2026, 3, 5)
OUT_OF_IT = at("2026-04-20T10:00")


@pytest.mark.parametrize(
    ("way_out", "state"),
    [
        (a_resumption("2026-04-20T10:00"), "running"),
        (a_decision("2026-04-20T10:00"), "stopped"),
        (a_decision("2026-04-20T10:00", delivered=True), "stopped"),
        (an_end("2026-04-20T10:00"), "stopped"),
    ],
    ids=["resumed", "decided", "decided on the spot", "ended"],
)
def test_c1_every_way_out_of_a_pause_ends_it_and_no_paused_day_counts(way_out: Command, state: str) -> None:
    case = subject_after(a_registration(), an_acceptance(), A_PAUSE, way_out)
    assert [each.pause for each in case.pauses] == [Pause(at("2026-03-05T10:00"), OUT_OF_IT)]
    promise, statutory = of_kind(case, "promise"), of_kind(case, "statutory")
    ends = counted("2026-03-02", 5, "2026-04-20"), counted("2026-03-02", 20, "2026-04-20")
    assert (due_on(promise), due_on(statutory)) == ends
    assert {(clock.state, clock.lamp, bool(clock.late)) for clock in (promise, statutory)} == {(state, "green", False)}
    assert {clock.stopped_at for clock in (promise, statutory)} == {OUT_OF_IT if state == "stopped" else None}


ORDER = replace(a_complaint(), channel="hotline", clock_ids=(*a_complaint().clock_ids, UUID(int=80)))
OF_THE_HOTLINE = Rulebook(
    Calendars(shipped()),
    Policies(
        [
            Policy(COUNTY, 1, 1, "hotline", unit=Unit.WORKDAY, budget=2, card="yellow"),
            Policy(OTHER, 1, 1, "hotline", unit=Unit.WORKDAY, budget=8, card="yellow"),
        ]
    ),
)


def test_a_transfer_makes_the_new_organ_responsible_for_the_hotline_order() -> None:
    order = then(None, ORDER, book=OF_THE_HOTLINE)
    assert (of_kind(order, "hotline").responsible.org, due_on(of_kind(order, "hotline"))) == (COUNTY, date(2026, 3, 4))
    passed = then(order, replace(a_transfer(), transferred_at=at("2026-03-03T10:00")), book=OF_THE_HOTLINE)
    running = passed.clock(of_kind(order, "hotline").id)
    # by its own policy, from the day it came to the first
    assert (running.responsible.org, due_on(running), running.period.start_on) == (
        OTHER,
        date(2026, 3, 12),
        date(2026, 3, 2),
    )
    late = fire_all(passed, "2026-03-13T08:00", book=OF_THE_HOTLINE)
    assert [(card.kind, card.responsible.org) for card in late.cards] == [("hotline", OTHER)]


@pytest.mark.parametrize(("extension", "more"), [(None, 0), (0, 0), (5, 5), (40, 30)])
def test_a_hotline_order_is_extended_with_its_complaint_as_far_as_the_policy_allows(
    extension: int | None, more: int
) -> None:
    policy = Policy(COUNTY, 1, 1, "hotline", "complaint", unit=Unit.WORKDAY, budget=20, extension=extension)
    book = Rulebook(Calendars(shipped()), Policies([policy]))
    extended = then(None, ORDER, a_complaint_acceptance(on="2026-03-03"), a_complaint_extension(), book=book)
    assert [(clock.term.kind, clock.extended_by) for clock in extended.open_clocks] == [
        ("hotline", more),
        ("complaint", 30),
    ]
    assert due_on(of_kind(extended, "hotline")) == counted("2026-03-02", 20 + more)


def test_a_card_stays_with_the_organ_that_missed_the_hotline_order() -> None:
    missed = fire_all(then(None, ORDER, book=OF_THE_HOTLINE), "2026-03-05T08:00", book=OF_THE_HOTLINE)
    assert [clock.term.stage for clock in missed.open_clocks if clock.term.kind == "card"] == ["hotline-complaint"]
    passed = then(missed, replace(a_transfer(), transferred_at=at("2026-03-05T10:00")), book=OF_THE_HOTLINE)
    order = passed.clock(of_kind(missed, "hotline").id)
    assert (order.responsible.org, order.state, order.lamp) == (OTHER, "running", "red")
    made_up = of_kind(passed, "card")
    assert (made_up.state, made_up.late) == ("stopped", False), "it cannot be asked to any more"
    over = fire_all(passed, "2026-03-20T08:00", book=OF_THE_HOTLINE)
    [card] = over.cards
    assert (card.kind, card.responsible.org, card.status) == ("hotline", COUNTY, "issued")
    revoke = SettleCard(
        SUBJECT, card.id, True, b"", at("2026-03-20T09:00"), Cause(Actor("s", "52", frozenset({"supervisor"})))
    )
    assert [fact.org for fact in decide(BOOK, over, revoke) if isinstance(fact, CardRevoked)] == [COUNTY]


AT_CLOSE = Rulebook(Calendars(shipped()), Policies([Policy(COUNTY, 1, 1, "completeness", cut_off=CutOff.CLOSE)]))


@pytest.mark.parametrize(
    ("noticed", "stopped", "late"),
    [
        (
            moment_of_day(date(2026, 3, 9)),
            "2026-03-09T17:00",
            False,
        ),  # entered later with its day alone: the desk was open
        (at("2026-03-09T17:00"), "2026-03-09T17:00", False),
        (at("2026-03-09T17:30"), "2026-03-09T17:30", True),  # entered at that moment: the desk had closed
        (moment_of_day(date(2026, 3, 10)), "2026-03-10T23:59:59.999999", True),
    ],
)
def test_an_act_with_only_its_day_known_is_in_time_on_a_last_day_that_ends_at_closing_time(
    noticed: datetime, stopped: str, late: bool
) -> None:
    history = then(None, a_registration("2026-03-02"), book=AT_CLOSE)
    assert history.clocks[0].end is not None
    assert history.clocks[0].end.due_at == at("2026-03-09T17:00")
    notice = replace(a_notice(wait=None), noticed_at=noticed)
    announced = of_kind(then(history, notice, book=AT_CLOSE), "completeness")
    assert (announced.stopped_at, announced.late) == (at(stopped), late)


def test_a_deemed_acceptance_at_closing_time_is_corrected_by_a_notice_of_that_day() -> None:
    found = at("2026-03-09T17:00:02")
    deemed = then(
        None, a_registration("2026-03-02"), replace(a_deemed_acceptance(), done_at=found), a_void_route(), book=AT_CLOSE
    )
    announced = replace(a_correction(), noticed_at=moment_of_day(date(2026, 3, 9)))
    assert of_kind(deemed, "completeness").late
    assert not of_kind(then(deemed, announced, book=AT_CLOSE), "completeness").late


@pytest.mark.parametrize("over", [(), (a_resumption("2026-03-13T10:00"),)], ids=["not over", "over"])
def test_pauses_of_a_void_route_do_not_count(over: tuple[Command, ...]) -> None:
    ordered = (
        a_registration(),
        a_deemed_acceptance(),
        a_pause("2026-03-10T10:00"),
        *over,
        a_void_route(),
        a_correction("2026-03-09T10:00"),
    )
    case = subject_after(*ordered)
    assert [each.pause for each in case.pauses] == [Pause(at("2026-03-10T10:00"), at("2026-03-10T10:00"))]
    assert due_on(of_kind(case, "statutory")) == counted("2026-03-02", 20)
    again = subject_after(*ordered, an_acceptance(on="2026-03-09"))
    [later] = [clock for clock in again.open_clocks if clock.term.kind == "statutory"]
    assert due_on(later) == counted("2026-03-09", 20)


@pytest.mark.parametrize("last", ["hearing", "testing"])
def test_c2_two_pauses_that_overlap_count_once_and_the_last_to_end_ends_them(last: str) -> None:
    testing = SubjectPause(SUBJECT, Pause(at("2026-03-09T10:00")), "testing", "行政许可法第四十五条")
    both = subject_after(
        a_registration(), an_acceptance(), A_PAUSE, replace(a_pause(), pause=testing, procedure="testing")
    )

    def ends(kind: str, moment: str) -> ResumeCase:
        id = SUBJECT if kind == "testing" else A_PAUSE.pause.id
        return replace(a_resumption(moment), pause_id=id, procedure=kind)  # type: ignore[arg-type]

    one = then(both, ends({"hearing": "testing", "testing": "hearing"}[last], "2026-03-11T16:00"))
    assert {of_kind(one, kind).state for kind in DECIDING} == {"paused"}
    over = then(one, ends(last, "2026-03-16T16:00"))
    single = subject_after(a_registration(), an_acceptance(), A_PAUSE, a_resumption("2026-03-16T16:00"))
    for kind in DECIDING:
        assert of_kind(over, kind).end == of_kind(single, kind).end


def test_c7_a_reopened_case_gets_new_clocks_and_the_old_ones_stay() -> None:
    history = (a_registration(), an_acceptance(), A_PAUSE, a_resumption("2026-03-11T16:00"))
    late = subject_after(*history, a_decision("2026-03-25T10:00"), an_end("2026-03-27T10:00"))
    again = then(late, a_reopening("2026-04-01T10:00"))
    assert again.clocks[: len(late.clocks)] == late.clocks
    promise, statutory = again.open_clocks
    assert (promise.cycle, promise.sent_signals, promise.lamp, again.cycle) == (2, frozenset(), "green", 2)
    # not a day of the first cycle is used up, and its pause was its own
    assert (due_on(promise), due_on(statutory)) == (counted("2026-04-01", 5), counted("2026-04-01", 20))


def test_c11_a_missed_clock_stays_missed_in_a_pause() -> None:
    missed = fire_all(subject_after(a_registration(), an_acceptance()), "2026-03-10T00:00:01")
    [card] = missed.cards
    pause = a_pause("2026-03-11T10:00")
    stopped = {fact.kind for fact in decide(BOOK, missed, pause) if isinstance(fact, ClockPaused)}
    assert stopped == {"statutory", "card"}
    still = then(missed, pause)
    promise = of_kind(still, "promise")
    assert (promise.state, promise.lamp, due_on(promise)) == ("running", "red", date(2026, 3, 9))
    assert {of_kind(still, kind).state for kind in ("statutory", "card")} == {"paused"}
    over = then(still, a_resumption("2026-03-20T10:00"), an_extension("2026-03-20T11:00"))
    again = of_kind(over, "promise")
    assert (again.state, again.lamp, again.end, again.sent_signals) == (
        "running",
        "red",
        promise.end,
        promise.sent_signals,
    )
    assert over.cards == (card,)


def test_c11_a_pause_in_the_evening_does_not_undo_a_clock_missed_at_closing_time() -> None:
    closing = Policy(COUNTY, 1, 1, "promise", cut_off=CutOff.CLOSE)
    book = Rulebook(Calendars(shipped()), Policies([closing]))
    missed = fire_all(then(None, a_registration(), an_acceptance(), book=book), "2026-03-09T17:00:01", book)
    [card] = missed.cards
    paused = then(missed, a_pause("2026-03-09T18:00"), book=book)
    over = then(paused, a_resumption("2026-03-20T10:00"), book=book)
    for after in (paused, over):
        promise = of_kind(after, "promise")
        assert (promise.state, promise.lamp, due_on(promise)) == ("running", "red", date(2026, 3, 9))
        assert after.cards == (card,)
    afternoon = then(missed, a_pause("2026-03-09T16:00"), book=book)
    assert [card.status for card in afternoon.cards] == ["revoked"]


def test_c13_a_transferred_complaint_has_the_terms_of_the_new_organ_alone() -> None:
    shorter = Policy(COUNTY, 1, 1, "complaint", "acceptance", unit=Unit.DAY, budget=10)
    book = Rulebook(Calendars(shipped()), Policies([shorter]))
    lodged = then(None, a_complaint(), book=book)
    assert {(clock.term.stage, clock.term.budget) for clock in lodged.open_clocks} == {
        ("acceptance", 10),
        ("return", 5),
    }
    passed = then(lodged, a_transfer(), book=book)
    assert {(each.responsible.org, each.term.stage, each.term.budget) for each in passed.open_clocks} == {
        ("520112", "acceptance", 15),
        ("520112", "return", 5),
    }
    assert {clock.state for clock in passed.clocks if clock.responsible.org == COUNTY} == {"stopped"}


def test_c16_the_channel_of_a_complaint_matters_only_for_the_hotline_order() -> None:
    expected = [(clock.term.stage, clock.end) for clock in subject_after(a_complaint()).clocks]
    for channel in get_args(ComplaintChannel):
        came = subject_after(replace(a_complaint(), channel=channel, clock_ids=(*a_complaint().clock_ids, SUBJECT)))
        assert [(clock.term.stage, clock.end) for clock in came.clocks[:2]] == expected
        assert [clock.term.kind for clock in came.clocks[2:]] == ["hotline"] * (channel == "hotline")


def test_c17_special_procedures_of_the_law_pause_the_clocks_and_no_other_act_does() -> None:
    stopping = {
        type(command)
        for state, command, expected in CASE_TABLE
        if isinstance(expected, list) and "ClockPaused" in expected and state != "paused"
    }
    assert stopping == {PauseCase}
    for kind in get_args(ProcedureKind):
        standstill = replace(A_PAUSE.pause, reason=kind)
        case = subject_after(a_registration(), an_acceptance(), replace(A_PAUSE, pause=standstill, procedure=kind))
        assert {of_kind(case, each).state for each in DECIDING} == {"paused"}
        assert [(each.reason, each.legal_basis) for each in case.pauses] == [(kind, "行政许可法第四十五条")]


@pytest.mark.parametrize(
    "history",
    [
        CASES["over"],
        CASES["given up"],
        (a_registration(), a_notice(), a_closing()),
        (a_registration(), an_acceptance(), a_step(), A_PAUSE, an_end("2026-03-20T10:00")),
        (a_registration(), an_acceptance(), A_PAUSE, a_decision("2026-03-20T10:00"), an_end("2026-03-23T10:00")),
        COMPLAINTS["over"],
    ],
)
def test_c18_a_case_that_is_over_has_no_running_clock_and_no_signal_due(history: tuple[Command, ...]) -> None:
    subject = subject_after(*history)
    assert (subject.phase, subject.open_clocks) == ("over", ())
    assert {(clock.state, clock.next_fire_at) for clock in subject.clocks} == {("stopped", None)}
    assert fire_all(subject, "2026-12-01T00:00") == subject


def test_c19_art_42_an_extension_moves_the_end_by_10_working_days_and_the_warnings_with_it() -> None:
    before = of_kind(subject_after(a_registration(), an_acceptance(on="2026-02-02")), "statutory")
    assert before.yellow_at == at(f"{counted('2026-02-02', 19)}T00:00")
    after = of_kind(
        subject_after(a_registration(), an_acceptance(on="2026-02-02"), an_extension("2026-02-06T10:00", 10)),
        "statutory",
    )
    assert (due_on(after), after.extended_by) == (counted("2026-02-02", 30), 10)
    # a tenth of thirty days is three, a fifth is six
    assert after.yellow_at == at(f"{counted('2026-02-02', 28)}T00:00")
    assert after.reminder_at == at(f"{counted('2026-02-02', 25)}T00:00")


def test_c19_a_missed_clock_is_not_extended() -> None:
    case = subject_after(a_registration(), an_acceptance(), an_extension("2026-03-11T10:00", 10))
    promise, statutory = of_kind(case, "promise"), of_kind(case, "statutory")
    assert (due_on(promise), promise.extended_by) == (date(2026, 3, 9), 0)
    assert (due_on(statutory), statutory.extended_by) == (counted("2026-03-02", 30), 10)


def test_c5_a_shorter_period_by_a_new_policy_keeps_used_time_and_pauses() -> None:
    case = subject_after(a_registration(), an_acceptance(), a_step(), A_PAUSE, a_resumption("2026-03-11T16:00"))
    assert due_on(of_kind(case, "step")) == counted("2026-03-02", 20, "2026-03-11")
    policy = Policy(COUNTY, 1, 1, "step", unit=Unit.WORKDAY, budget=8, yellow=Mark(50))
    book = Rulebook(Calendars(shipped()), Policies([policy]))
    step = of_kind(then(case, a_recount("2026-03-12T10:00"), book=book), "step")
    assert due_on(step) == counted("2026-03-02", 8, "2026-03-11")
    assert step.yellow_at == at(f"{counted('2026-03-02', 5, '2026-03-11')}T00:00")  # half of eight are left


def test_c15_only_the_statutory_clock_caps_others_and_only_promises_and_steps() -> None:
    order = replace(a_complaint(), channel="hotline", clock_ids=(*a_complaint().clock_ids, SUBJECT))
    ends = {clock.term.stage or clock.term.kind: due_on(clock) for clock in subject_after(order).clocks}
    assert ends == {"acceptance": date(2026, 3, 17), "return": date(2026, 3, 9), "complaint": date(2026, 3, 9)}
    item = an_item(legal=Period(value=5, unit="workday"))
    case = subject_after(
        a_registration(), an_acceptance(item), a_step(), replace(A_PAUSE, expected_days=20), a_resumption(), a_recount()
    )
    assert due_on(of_kind(case, "step")) == due_on(of_kind(case, "statutory")) == counted("2026-03-02", 5, "2026-03-11")
    going_on = subject_after(a_registration(), an_acceptance(item), replace(A_PAUSE, expected_days=20), a_recount())
    assert due_on(of_kind(going_on, "procedure")) == counted("2026-03-05", 20)
