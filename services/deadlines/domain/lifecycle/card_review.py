"""Commands about a card: appeal against it, revoke or uphold it, compare it with those of twelve months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from bianmin.kit.decide import Cause
from services.deadlines.domain.lifecycle.breaches import appeal_deadline, revoke_dependents
from services.deadlines.domain.lifecycle.cards import appeal_card, second_yellow_in_year, settle_card
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class AppealCard:
    """The head of the unit appeals against a card. `appeal`: an encrypted text."""

    subject_id: UUID
    card_id: UUID
    appeal: bytes
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class SettleCard:
    """A unit above revokes a card, or upholds it against an appeal. `statement`: an encrypted text."""

    subject_id: UUID
    card_id: UUID
    revoke: bool
    statement: bytes
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class CheckSecondYellow:
    """Compare a yellow card, issued at `fire_at`, with the unit's other yellow cards of twelve months.

    `others`: when the others were issued that are not revoked.
    """

    subject_id: UUID
    card_id: UUID
    others: tuple[datetime, ...]
    fire_at: datetime
    now: datetime
    by: Cause


CardCommand = AppealCard | SettleCard | CheckSecondYellow


def decide_card(book: Rulebook, subject: Subject, command: CardCommand) -> Sequence[Fact]:
    """Carry out a command about a card of `subject`.

    Raises `NotTheUnit`, `NotAbove`, `CardSettled`, `AppealTooLate`, `YearMissing`.
    """
    card = subject.card(command.card_id)
    clock, actor = subject.clock(card.clock_id), command.by.actor
    match command:
        case CheckSecondYellow(others=others, now=now):
            last = appeal_deadline(book, clock, now)
            return second_yellow_in_year(card, subject.cards, clock, subject.kind, others, now, last)
        case AppealCard(appeal=appeal, at=at):
            return appeal_card(card, clock, subject.kind, at, actor, appeal)
        case SettleCard(revoke=revoke, statement=statement, at=at):
            facts = settle_card(card, clock, subject.kind, at, actor, revoke=revoke, statement=statement)
            return [*facts, *revoke_dependents(book, subject, card, at)] if revoke else facts
    assert_never(command)
