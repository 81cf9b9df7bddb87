"""What missing a clock brings, a card and the order to make up for it; and what falls when it was not missed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bianmin.events.deadlines import ClockRed, ClockStopped
from bianmin.events.parts import EventData
from bianmin.kit.ids import derived
from services.deadlines.domain import clock as clocks
from services.deadlines.domain import terms
from services.deadlines.domain.beginning import start
from services.deadlines.domain.cards import RESTED, Card, CardKept, judged, resting_on, withdrawn
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.facts import ClockSet, evolve
from services.deadlines.domain.periods import Period, Unit, due
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject


def changed(
    book: Rulebook, subject: Subject, changes: Sequence[tuple[Clock, Sequence[EventData]]], at: datetime
) -> list[object]:
    """Clocks as they are now with what they tell, and the cards that follow; what is as it was makes no fact."""
    facts: list[object] = []
    after = subject
    for clock, told in changes:
        if clock != subject.clock(clock.id):
            missed = clock.lamp == "red" != subject.clock(clock.id).lamp
            new = [ClockSet(clock), *told, *_carded(book, after, clock, told, missed, at)]
            facts += new
            for fact in new:
                after = evolve(after, fact)
    return facts


def _carded(
    book: Rulebook, subject: Subject, clock: Clock, told: Sequence[EventData], missed: bool, at: datetime
) -> list[object]:
    """What missing a clock brings: a card, and of a yellow one the order to make up for it while that can be done."""
    if clock.term.card is None:
        return []
    stopped = any(isinstance(each, ClockStopped) for each in told)
    if stopped and not clock.late:
        return taken_back(book, subject, clock, at, "in_time")
    if not clock.late and not missed and not any(isinstance(each, ClockRed) for each in told):
        return []
    facts = judged(subject.cards, clock, subject.kind, at, appeal_by(book, clock, at))
    if facts and clock.term.card == "yellow" and not stopped:
        [card] = [fact.card for fact in facts if isinstance(fact, CardKept) and fact.card.level == "yellow"]
        order = derived(card.id, "order")
        facts += start(book, subject, [terms.of_card(clock.term)], at, [order], clock.answerable)
    return facts


def taken_back(book: Rulebook, subject: Subject, clock: Clock, at: datetime, reason: str) -> list[object]:
    """A clock that was missed turns out not to have been: the house revokes its cards, and what rests on them."""
    theirs = [card for card in subject.cards if card.clock_id == clock.id and card.status != "revoked"]
    facts = withdrawn(theirs, clock, subject.kind, at, reason)
    return [*facts, *(fact for card in theirs for fact in fallen(book, subject, card, at))]


def fallen(book: Rulebook, subject: Subject, card: Card, at: datetime) -> list[object]:
    """What falls with a yellow card that is revoked: what it ordered, with the card for disobeying that, and a red one
    that rested on it."""
    if card.level != "yellow":
        return []
    order = terms.order_of(subject.clock(card.clock_id).term)
    facts: list[object] = []
    for clock in subject.clocks:
        if clock.cycle == card.cycle and makes_up_for(clock, {order}):
            facts += _voided(book, subject, clock, at)
    for red in resting_on(subject.cards, card):
        facts += withdrawn([red], subject.clock(red.clock_id), subject.kind, at, RESTED)
    return facts


def _voided(book: Rulebook, subject: Subject, clock: Clock, at: datetime) -> list[object]:
    """A clock that should not have run: it stops where it began, and brings nothing."""
    [running] = clocks.reckon(book.calendars, [replace(clock, period=replace(clock.period, pauses=()))])
    stopped, told = clocks.stop(running, subject.kind, running.period.start)
    facts: list[object] = [ClockSet(stopped), *told] if told else []
    return [*facts, *withdrawn(subject.cards, clock, subject.kind, at, RESTED)]


def appeal_by(book: Rulebook, clock: Clock, at: datetime) -> datetime:
    """Until when the unit may appeal against a card that it is given for this clock."""
    end = due(book.calendar_of(clock.answerable.org), Period(Unit.WORKDAY, terms.APPEAL_DAYS, at))
    assert end is not None, "it has no pauses"
    return end.due_at


def makes_up_for(clock: Clock, stages: set[str]) -> bool:
    """Whether it is the order to make up for a period of one of these stages (`terms.order_of`)."""
    return clock.term.kind == "card" and clock.term.stage in stages
