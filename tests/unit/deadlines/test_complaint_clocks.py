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
    a_reply,
    a_review,
    at,
    complaint_acceptance,
    due_on,
    known,
    lodging,
    names,
)
from tests.unit.deadlines.command_tables import STOPPED


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
