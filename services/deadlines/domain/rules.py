"""What happens to a matter decides what happens to its clocks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bianmin.domain.actors import system
from bianmin.events.deadlines import ClockRescheduled
from bianmin.kit.decide import Cause
from services.deadlines.domain import clock as clocks
from services.deadlines.domain.cards import appealed, settled, weighed
from services.deadlines.domain.cases import decide_case
from services.deadlines.domain.commands import (
    AppealCard,
    CardCommand,
    Command,
    ComplaintCommand,
    FireSignals,
    RecountClocks,
    SettleCard,
    WeighCard,
)
from services.deadlines.domain.complaints import decide_complaint
from services.deadlines.domain.missed import appeal_by, changed, fallen
from services.deadlines.domain.moves import as_set, recounted
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject


def decide(book: Rulebook, subject: Subject | None, command: Command) -> Sequence[object]:
    """The facts a command makes of a matter. What has happened already makes none."""
    match command:
        case FireSignals(clock_id=clock_id, now=now):
            assert subject is not None, "a clock that was found due has a subject"
            return changed(book, subject, [clocks.fire(subject.clock(clock_id), subject.kind, now)], now)
        case RecountClocks():
            assert subject is not None, "a clock that crosses a changed day has a subject"
            return _recount(book, subject, command)
        case AppealCard() | SettleCard() | WeighCard():
            assert subject is not None, "a card that was found has a subject"
            return _on_card(book, subject, command)
    if isinstance(command, ComplaintCommand):
        return decide_complaint(book, subject, command)
    return decide_case(book, subject, command)


def _on_card(book: Rulebook, subject: Subject, command: CardCommand) -> Sequence[object]:
    card = subject.card(command.card_id)
    clock, actor = subject.clock(card.clock_id), command.by.actor
    if isinstance(command, WeighCard):
        last = appeal_by(book, clock, command.now)
        return weighed(card, subject.cards, clock, subject.kind, command.others, command.now, last)
    if isinstance(command, AppealCard):
        return appealed(card, clock, subject.kind, command.at, actor, command.appeal)
    facts = settled(card, clock, subject.kind, command.at, actor, revoke=command.revoke, said=command.said)
    return [*facts, *fallen(book, subject, card, command.at)] if command.revoke else facts


def _recount(book: Rulebook, subject: Subject, command: RecountClocks) -> Sequence[object]:
    """By the calendars and policies that are in force now."""
    return recounted(book, subject, partial(as_set, book, subject), command.now)


def moved_by(book: Rulebook, subject: Subject, now: datetime) -> list[ClockRescheduled]:
    """Which of a matter's clocks these calendars would move."""
    facts = _recount(book, subject, RecountClocks(subject.id, now, now, Cause(system(subject.answerable.org))))
    return [fact for fact in facts if isinstance(fact, ClockRescheduled)]
