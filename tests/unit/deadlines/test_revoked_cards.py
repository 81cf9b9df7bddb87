"""Revoking cards: when a clock was not missed after all, and what depends on a revoked card."""

from dataclasses import replace
from functools import reduce
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.kit.decide import Cause
from services.deadlines.calendars import shipped
from services.deadlines.domain.calendar.regions import Calendars
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.complaints.handling import ExtendComplaint
from services.deadlines.domain.decide import Command, decide
from services.deadlines.domain.lifecycle.card_review import SettleCard
from services.deadlines.domain.lifecycle.facts import evolve
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import FireSignals
from services.deadlines.domain.terms.policies import Policies
from services.deadlines.domain.terms.policy import Policy
from services.deadlines.domain.terms.rulebook import Rulebook
from tests.unit.deadlines.builders import (
    BOOK,
    BY,
    COUNTY,
    FIRST,
    FOURTH,
    REOPENED,
    SUBJECT,
    THIRD,
    a_complaint,
    a_complaint_acceptance,
    a_correction,
    a_deemed_acceptance,
    a_recount,
    a_registration,
    a_void_route,
    an_acceptance,
    an_end,
    an_extension,
    at,
    subject_after,
)

SUPERVISOR = Cause(Actor("s-1", "520111", frozenset({"supervisor"})))


def then(subject: Subject, *commands: Command, book: Rulebook = BOOK) -> Subject:
    for command in commands:
        for fact in decide(book, subject, command):
            subject = evolve(subject, fact)
    return subject


def fired(subject: Subject, moment: str, book: Rulebook = BOOK) -> Subject:
    """Send all signals that are due by a moment."""
    now = at(moment)
    while due := [each for each in subject.clocks if each.next_fire_at is not None and each.next_fire_at <= now]:
        subject = then(subject, FireSignals(SUBJECT, due[0].id, now, now, Cause(Actor("system", ""))), book=book)
    return subject


def of(subject: Subject, kind: str) -> Clock:
    return [clock for clock in subject.clocks if clock.term.kind == kind][-1]


def cards(subject: Subject) -> list[tuple[str, str, str]]:
    return [(card.level, card.reason, card.status) for card in subject.cards]


def missed() -> Subject:
    """Return a case that missed its promise of 03-09."""
    return fired(subject_after(a_registration(), an_acceptance()), "2026-03-10T09:00")


def revoked(subject: Subject, card_id: UUID, moment: str = "2026-03-16T09:00") -> Subject:
    return then(subject, SettleCard(SUBJECT, card_id, True, b"", at(moment), SUPERVISOR))


def test_revoking_a_card_cancels_its_order_and_nobody_disobeys_it() -> None:
    counted = then(missed(), a_recount("2026-03-10T10:00"), book=REOPENED)
    assert cards(counted) == [("yellow", "promise", "revoked")]
    assert (of(counted, "card").state, of(counted, "card").late) == ("stopped", False)
    assert (of(counted, "promise").lamp, str(of(counted, "promise").end.due_on)) == ("yellow", "2026-03-10")  # type: ignore[union-attr]


def test_a_clock_that_misses_its_moved_end_too_gets_another_card() -> None:
    counted = then(missed(), a_recount("2026-03-10T10:00"), book=REOPENED)
    again = fired(counted, "2026-03-11T00:00:01", book=REOPENED)
    assert cards(again) == [("yellow", "promise", "revoked"), ("yellow", "promise", "issued")]
    assert len({card.id for card in again.cards}) == 2
    disobeyed = fired(again, "2026-03-20T09:00", book=REOPENED)
    assert cards(disobeyed)[2:] == [("red", "card", "issued")]


def test_revoking_a_yellow_card_revokes_the_red_card_for_disobeying_its_order() -> None:
    disobeyed = fired(missed(), "2026-03-14T09:00")
    assert cards(disobeyed) == [("yellow", "promise", "issued"), ("red", "card", "issued")]
    after = revoked(disobeyed, disobeyed.cards[0].id)
    assert cards(after) == [("yellow", "promise", "revoked"), ("red", "card", "revoked")]
    assert [card.settled_reason for card in after.cards] == ["decided", "rests_on_revoked"]
    assert of(after, "card").state == "stopped"


def two_yellow() -> Subject:
    """Return a case that missed its completeness clock and its promise."""
    silent = fired(subject_after(a_registration()), "2026-03-10T09:00")
    return fired(then(silent, an_acceptance(on="2026-03-10")), "2026-03-18T09:00")


def test_revoking_the_first_yellow_card_revokes_the_red_card_for_the_second() -> None:
    both = two_yellow()
    assert [card for card in cards(both) if card[1] != "card"] == [
        ("yellow", "completeness", "issued"),
        ("yellow", "promise", "issued"),
        ("red", "second_yellow", "issued"),
    ]
    for number in (0, 1):
        left = [card for card in cards(revoked(both, both.cards[number].id)) if card[1] == "second_yellow"]
        assert left == [("red", "second_yellow", "revoked")]


def test_revoking_a_red_card_revokes_nothing_else() -> None:
    both = two_yellow()
    red = next(card for card in both.cards if card.reason == "second_yellow")
    after = revoked(both, red.id)
    assert [card for card in after.cards if card.id != red.id] == [card for card in both.cards if card.id != red.id]


def test_a_corrected_acceptance_leaves_no_card_and_no_late_clock() -> None:
    deemed = fired(fired(subject_after(a_registration()), "2026-03-10T00:00:01"), "2026-03-10T00:00:01")
    late = fired(then(deemed, a_deemed_acceptance()), "2026-04-10T09:00")
    assert {"promise", "statutory", "completeness"} <= {card[1] for card in cards(late)}
    corrected = then(late, a_void_route(), a_correction())
    assert {card[2] for card in cards(corrected)} == {"revoked"}
    assert {(clock.state, clock.late) for clock in corrected.clocks} == {("stopped", False)}
    assert corrected.phase == "open"


def test_a_clock_that_stopped_late_keeps_its_card() -> None:
    over = then(missed(), an_end("2026-03-11T10:00"))
    assert cards(over) == [("yellow", "promise", "issued")]
    assert replace(of(over, "promise"), version=0).late


def test_an_extension_in_time_but_reported_late_revokes_the_card_and_its_order() -> None:
    disobeyed = fired(missed(), "2026-03-14T09:00")
    extended = then(disobeyed, an_extension("2026-03-09T10:00"))
    assert cards(extended) == [("yellow", "promise", "revoked"), ("red", "card", "revoked")]
    assert (of(extended, "promise").lamp, of(extended, "card").state) == ("green", "stopped")


def test_an_extension_during_an_order_extends_the_order() -> None:
    """The promise stays missed, and the order to make up for it is extended."""
    disobeyed = fired(missed(), "2026-03-14T09:00")
    assert cards(disobeyed)[1:] == [("red", "card", "issued")]
    extended = then(disobeyed, an_extension("2026-03-13T10:00", days=5))
    assert cards(extended) == [("yellow", "promise", "issued"), ("red", "card", "revoked")]
    assert (of(extended, "card").lamp, str(of(extended, "card").end.due_on)) == ("green", "2026-03-20")  # type: ignore[union-attr]
    again = fired(extended, "2026-03-21T00:00:01")
    assert cards(again) == [*cards(extended), ("red", "card", "issued")]


def test_a_missed_order_is_not_extended() -> None:
    disobeyed = fired(missed(), "2026-03-14T09:00")
    assert cards(then(disobeyed, an_extension("2026-03-14T09:00"))) == cards(disobeyed)


def test_extending_a_complaint_revokes_the_red_card_of_its_hotline_order() -> None:
    strict = Rulebook(
        Calendars(shipped()),
        Policies([Policy(region=COUNTY, version=1, number=1, kind="hotline", card="red", extension=5)]),
    )
    order = replace(a_complaint(), channel="hotline", clock_ids=(FIRST, THIRD, FOURTH))
    accepted = reduce(evolve, decide(strict, None, order), None)
    assert accepted is not None
    accepted = then(accepted, a_complaint_acceptance(on="2026-03-03"), book=strict)
    disobeyed = fired(accepted, "2026-03-10T00:00:01", book=strict)
    assert cards(disobeyed) == [("red", "hotline", "issued")]
    extended = then(disobeyed, ExtendComplaint(SUBJECT, 5, at("2026-03-09T16:00"), BY), book=strict)
    assert cards(extended) == [("red", "hotline", "revoked")]
    assert (of(extended, "hotline").lamp, str(of(extended, "hotline").end.due_on)) == ("green", "2026-03-16")  # type: ignore[union-attr]
    too_late = then(disobeyed, ExtendComplaint(SUBJECT, 5, at("2026-03-10T16:00"), BY), book=strict)
    assert cards(too_late) == cards(disobeyed)
