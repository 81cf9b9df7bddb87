"""What follows from missing a clock, a card and the order to make up for it; and what revoking a card revokes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bianmin.events.deadlines import ClockRed, ClockStopped
from bianmin.kit.ids import derive_id
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.clocks.counting import count_ends
from services.deadlines.domain.clocks.events import ClockEvent
from services.deadlines.domain.clocks.stopping import stop_clock
from services.deadlines.domain.lifecycle.card import DEPENDENT, Card
from services.deadlines.domain.lifecycle.cards import cards_for_breach, dependent_red_cards, revoke_cards
from services.deadlines.domain.lifecycle.facts import CardChanged, ClockChanged, Fact, evolve
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.periods.counting import due_date
from services.deadlines.domain.periods.period import CountedPeriod, Unit
from services.deadlines.domain.terms.law import APPEAL_DAYS
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import order_stage, term_of_order


def apply_clock_changes(
    book: Rulebook, subject: Subject, changes: Sequence[tuple[Clock, Sequence[ClockEvent]]], at: datetime
) -> list[Fact]:
    """Return the facts of changed clocks with their events, and of the cards that follow from them.

    A clock that has not changed makes no fact. Raises `YearMissing`.
    """
    facts: list[Fact] = []
    after = subject
    for clock, events in changes:
        before = subject.clock(clock.id)
        if clock != before:
            turned_red = clock.lamp == "red" != before.lamp
            new = [ClockChanged(clock), *events, *_card_facts(book, after, clock, events, turned_red, at)]
            facts += new
            for fact in new:
                after = evolve(after, fact)
    return facts


def revoke_cards_of_clock(book: Rulebook, subject: Subject, clock: Clock, at: datetime, reason: str) -> list[Fact]:
    """Revoke the cards for a clock that turns out not to be missed, and everything that depends on them."""
    revoked = [card for card in subject.cards if card.clock_id == clock.id and card.status != "revoked"]
    facts = revoke_cards(revoked, clock, subject.kind, at, reason)
    return [*facts, *(fact for card in revoked for fact in revoke_dependents(book, subject, card, at))]


def revoke_dependents(book: Rulebook, subject: Subject, card: Card, at: datetime) -> list[Fact]:
    """Revoke what depends on a revoked yellow card: its order, the card for disobeying that, and dependent red cards.

    A red card has no dependents.
    """
    if card.level != "yellow":
        return []
    stage = order_stage(subject.clock(card.clock_id).term)
    facts: list[Fact] = []
    for clock in subject.clocks:
        if clock.cycle == card.cycle and is_order_for(clock, {stage}):
            facts += _cancel_order(book, subject, clock, at)
    for red in dependent_red_cards(subject.cards, card):
        facts += revoke_cards([red], subject.clock(red.clock_id), subject.kind, at, DEPENDENT)
    return facts


def appeal_deadline(book: Rulebook, clock: Clock, at: datetime) -> datetime:
    """Return the last moment for an appeal against a card for `clock` that is issued at `at`.

    10 working days by the calendar of the responsible unit. Raises `YearMissing`.
    """
    end = due_date(book.calendar_of(clock.responsible.org), CountedPeriod(Unit.WORKDAY, APPEAL_DAYS, at))
    assert end is not None, "the period has no pauses"
    return end.due_at


def is_order_for(clock: Clock, stages: set[str]) -> bool:
    """Whether `clock` is the order to make up for a missed term of one of these order stages (`order_stage`)."""
    return clock.term.kind == "card" and clock.term.stage in stages


def _card_facts(
    book: Rulebook, subject: Subject, clock: Clock, events: Sequence[ClockEvent], turned_red: bool, at: datetime
) -> list[Fact]:
    """Issue the card for a missed clock; with a yellow one, start its order, unless the clock has stopped already.

    A clock that stopped in time loses its cards.
    """
    if clock.term.card is None:
        return []
    stopped = any(isinstance(event, ClockStopped) for event in events)
    if stopped and not clock.late:
        return revoke_cards_of_clock(book, subject, clock, at, "in_time")
    if not clock.late and not turned_red and not any(isinstance(event, ClockRed) for event in events):
        return []
    facts = cards_for_breach(subject.cards, clock, subject.kind, at, appeal_deadline(book, clock, at))
    if facts and clock.term.card == "yellow" and not stopped:
        [card] = [fact.card for fact in facts if isinstance(fact, CardChanged) and fact.card.level == "yellow"]
        order_id = derive_id(card.id, "order")
        facts += start_clocks(book, subject, [term_of_order(clock.term)], at, [order_id], clock.responsible)
    return facts


def _cancel_order(book: Rulebook, subject: Subject, clock: Clock, at: datetime) -> list[Fact]:
    """Stop an order at its own start, as if it had never run, and revoke its card."""
    [running] = count_ends(book.calendars, [replace(clock, period=replace(clock.period, pauses=()))])
    stopped, events = stop_clock(running, subject.kind, running.period.start)
    facts: list[Fact] = [ClockChanged(stopped), *events] if events else []
    return [*facts, *revoke_cards(subject.cards, clock, subject.kind, at, DEPENDENT)]
