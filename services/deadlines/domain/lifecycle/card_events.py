"""Builders of the events that announce what happens to a card."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from bianmin.domain.divisions import ancestors
from bianmin.events.deadlines import CardAppealed, CardIssued, CardRevoked, CardUpheld
from bianmin.events.parts import CardLevel, ClockKind, SubjectKind
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.clocks.events import clock_fields
from services.deadlines.domain.lifecycle.card import DEPENDENT, Card


class CardFields(TypedDict):
    """The fields that every event of a card has. `org`, `dept`: the unit that got it."""

    clock_id: UUID
    subject_kind: SubjectKind
    kind: ClockKind
    stage: str | None
    org: str
    dept: str | None
    cycle: int
    card_id: UUID
    level: CardLevel


def card_fields(card: Card, clock: Clock, subject_kind: SubjectKind) -> CardFields:
    """Return the fields that every event of `card` has.

    The unit is the one that got the card, though another may be responsible for the clock since.
    """
    return {
        **clock_fields(clock, subject_kind),
        "org": card.responsible.org,
        "dept": card.responsible.dept,
        "card_id": card.id,
        "level": card.level,
    }


def card_issued(card: Card, clock: Clock, subject_kind: SubjectKind) -> CardIssued:
    """Return the event that `card` was issued.

    A yellow card notifies the unit and the org next above it, a red card all orgs above.
    """
    above = ancestors(card.responsible.org)
    return CardIssued(
        **card_fields(card, clock, subject_kind),
        issued_at=card.issued_at,
        appeal_by=card.appeal_by,
        reason_code=card.reason,
        notified=(card.responsible.org, *(above[:1] if card.level == "yellow" else above)),
    )


def card_appealed(card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime) -> CardAppealed:
    """Return the event that the unit has appealed against `card`."""
    return CardAppealed(**card_fields(card, clock, subject_kind), appealed_at=at)


def card_upheld(card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime) -> CardUpheld:
    """Return the event that `card` was upheld against an appeal."""
    return CardUpheld(**card_fields(card, clock, subject_kind), upheld_at=at)


def card_revoked(card: Card, clock: Clock, subject_kind: SubjectKind, reason: str) -> CardRevoked:
    """Return the event that `card` was revoked.

    A dependent card is announced as `decided`: what was decided is the revocation of the card it depended on.
    """
    return CardRevoked(
        **card_fields(card, clock, subject_kind),
        revoked_at=card.settled_at,
        reason_code="decided" if reason == DEPENDENT else reason,
    )
