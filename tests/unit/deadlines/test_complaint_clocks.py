"""Which clocks a complaint has, and when they end."""

from dataclasses import replace

import pytest

from bianmin.events.parts import ComplaintKind
from services.deadlines.domain.decide import decide
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.periods.period import Unit
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    COUNTY,
    FIRST,
    FOURTH,
    ONCE_REVIEWED,
    SUBJECT,
    THIRD,
    a_complaint,
    a_complaint_acceptance,
    a_reply,
    a_review,
    at,
    due_on,
    names,
    subject_after,
)
from tests.unit.deadlines.command_tables import STOPPED


def test_a_complaint_has_15_days_to_be_accepted_and_60_to_be_answered() -> None:
    lodged = subject_after(a_complaint(on="2026-03-02"))
    waiting, returning = lodged.clocks
    assert (waiting.term.stage, str(due_on(waiting)), waiting.term.unit) == ("acceptance", "2026-03-17", Unit.DAY)
    assert (returning.term.stage, str(due_on(returning)), returning.term.unit) == (
        "return",
        "2026-03-09",
        Unit.WORKDAY,
    )
    waited, _, handling = subject_after(a_complaint(on="2026-03-02"), a_complaint_acceptance(on="2025-08-02")).clocks
    assert (waited.state, handling.term.stage, str(due_on(handling))) == ("stopped", "handling", "2025-10-09")
    assert (handling.responsible.org, handling.responsible.dept) == (COUNTY, None)


def test_a_window_sends_no_signals_closes_at_its_end_and_is_never_late() -> None:
    subject = subject_after(a_complaint(on="2026-03-02"))
    window = subject.clock(THIRD)
    assert (window.reminder_at, window.yellow_at, window.next_fire_at) == (None, None, window.signal_times.red)
    assert decide(BOOK, subject, FireSignals(SUBJECT, THIRD, at("2026-03-09T23:59"), at("2026-03-10T00:00"), BY)) == []
    facts = decide(BOOK, subject, FireSignals(SUBJECT, THIRD, at("2026-03-10T00:00"), at("2026-03-11T08:00"), BY))
    assert names(facts) == STOPPED
    for fact in facts:
        subject = evolve(subject, fact)
    closed = subject.clock(THIRD)
    assert (closed.stopped_at, closed.late, closed.lamp) == (at("2026-03-10T00:00"), False, "green")


def test_both_reviews_have_30_days_and_a_window_of_30_days_to_ask_for_them() -> None:
    answered = subject_after(a_complaint(), a_complaint_acceptance(), a_reply(on="2026-04-01"))
    [asking] = answered.open_clocks
    assert (asking.term.stage, str(due_on(asking))) == ("review_request", "2026-05-06")  # 05-01 is within the holiday
    reviewed = subject_after(a_complaint(), a_complaint_acceptance(), a_reply(), a_review(on="2026-04-20"))
    [review] = reviewed.open_clocks
    assert (review.term.stage, str(due_on(review)), review.responsible.org) == ("review", "2026-05-20", "5201")
    again = subject_after(*ONCE_REVIEWED, a_review("rereview", "2026-06-01"))
    [last] = again.open_clocks
    assert (last.term.stage, str(due_on(last))) == ("rereview", "2026-07-01")
    over = subject_after(*ONCE_REVIEWED, a_review("rereview", "2026-06-01"), a_reply(level="rereview", on="2026-06-20"))
    assert (over.phase, over.open_clocks) == ("over", ())


def test_a_hotline_order_has_its_own_clock_until_the_answer() -> None:
    order = replace(a_complaint(), channel="hotline", clock_ids=(FIRST, THIRD, FOURTH))
    accepted = subject_after(order, a_complaint_acceptance(on="2026-03-03"))
    assert [(clock.term.kind, str(due_on(clock))) for clock in accepted.open_clocks] == [
        ("hotline", "2026-03-09"),
        ("complaint", "2026-05-06"),
    ]
    assert subject_after(order, a_complaint_acceptance(), a_reply("report")).open_clocks == ()


@pytest.mark.parametrize("kind", ["report", "suggestion"])
def test_reports_and_suggestions_are_timed_like_complaints(kind: ComplaintKind) -> None:
    assert len(subject_after(a_complaint(kind), a_complaint_acceptance(kind)).clocks) == 3
    assert subject_after(a_complaint(kind), a_complaint_acceptance(kind), a_reply(kind)).open_clocks == ()


def test_praise_is_not_timed() -> None:
    assert subject_after(a_complaint("praise"), a_complaint_acceptance("praise"), a_reply("praise")).clocks == ()
