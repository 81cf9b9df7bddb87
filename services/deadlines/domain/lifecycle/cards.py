"""Cards: which a missed clock brings, and how a card is appealed against, upheld and revoked."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bianmin.domain.actors import Actor
from bianmin.events.parts import SubjectKind
from bianmin.kit.ids import derive_id
from bianmin.kit.refusals import Conflict, Forbidden
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit
from services.deadlines.domain.lifecycle.card import (
    RECOUNTED,
    SECOND_IN_CASE,
    SECOND_IN_YEAR,
    SYSTEM,
    Card,
    CardStatus,
)
from services.deadlines.domain.lifecycle.card_events import card_appealed, card_issued, card_revoked, card_upheld
from services.deadlines.domain.lifecycle.facts import CardChanged, Fact

_STATUS_ZH = {"issued": "没有申诉", "appealed": "已经申诉", "upheld": "已经维持", "revoked": "已经撤销"}


class NotTheUnit(Forbidden):
    """Only the head of the unit that got a card may appeal against it."""

    slug, title = "not-the-unit", "不是被发牌单位的负责人"


class NotAbove(Forbidden):
    """Only a unit above may revoke or uphold a card."""

    slug, title = "not-above", "不是上级单位"


class CardSettled(Conflict):
    """The card was appealed against, upheld or revoked before."""

    slug, title = "card-settled", "牌已有结论"


class AppealTooLate(Conflict):
    """The time for an appeal is over."""

    slug, title = "appeal-too-late", "已过申诉期限"


def cards_for_breach(
    cards: Sequence[Card], clock: Clock, subject_kind: SubjectKind, at: datetime, appeal_by: datetime
) -> list[Fact]:
    """Issue the card for a missed clock; with a red one where it is the unit's second yellow card in the case.

    `cards`: all cards of the subject. A clock brings one card. It brings another only where the first was revoked
    because a recount had moved the end, and the new end is missed as well.
    """
    level = clock.term.card
    earlier = [known for known in cards if known.clock_id == clock.id]
    if level is None or any(known.status != "revoked" or known.settled_reason != RECOUNTED for known in earlier):
        return []
    card = Card(
        id=derive_id(clock.id, f"card {len(earlier)}" if earlier else "card"),
        clock_id=clock.id,
        kind=clock.term.kind,
        stage=clock.term.stage,
        level=level,
        reason=clock.term.kind,
        responsible=clock.responsible,
        cycle=clock.cycle,
        issued_at=at,
        appeal_by=appeal_by,
    )
    rule = clock.term.second_yellow if level == "yellow" else "none"
    others = [known for known in cards if known.level == "yellow" and known.responsible == card.responsible]
    if rule != "none" and any(known.status != "revoked" and known.cycle == card.cycle for known in others):
        return [*_issue(card, clock, subject_kind), *_issue(_second_card(card, SECOND_IN_CASE), clock, subject_kind)]
    return _issue(replace(card, awaits_year_check=rule == "year"), clock, subject_kind)


def second_yellow_in_year(
    card: Card,
    cards: Sequence[Card],
    clock: Clock,
    subject_kind: SubjectKind,
    others: Sequence[datetime],
    at: datetime,
    appeal_by: datetime,
) -> list[Fact]:
    """Issue a red card where the yellow `card` is the unit's second within twelve months.

    `cards`: all cards of the subject. `others`: when the unit's other yellow cards were issued that are not revoked.
    No red card follows where the second yellow card in the case has brought one already.
    """
    if not card.awaits_year_check:
        return []
    facts: list[Fact] = [CardChanged(replace(card, awaits_year_check=False))]
    second = replace(_second_card(card, SECOND_IN_YEAR), issued_at=at, appeal_by=appeal_by)
    if card.status == "revoked" or any(known.id == second.id for known in cards):
        return facts
    if not any(_within_twelve_months(card.issued_at, other) for other in others):
        return facts
    return [*facts, *_issue(second, clock, subject_kind)]


def revoke_cards(
    cards: Sequence[Card], clock: Clock, subject_kind: SubjectKind, at: datetime, reason: str
) -> list[Fact]:
    """Revoke the cards for `clock` among `cards`, in the name of the system."""
    return [
        fact
        for card in cards
        if card.clock_id == clock.id and card.status != "revoked"
        for fact in _settle(card, clock, subject_kind, "revoked", at, SYSTEM, None, reason)
    ]


def dependent_red_cards(cards: Sequence[Card], revoked: Card) -> list[Card]:
    """Return the red cards that must be revoked with the yellow card `revoked`.

    The red card that `revoked` brought as the second one; and each `SECOND_IN_CASE` where fewer than two yellow cards
    of the unit are left in the cycle.
    """
    same_unit = [card for card in cards if card.responsible == revoked.responsible and card.cycle == revoked.cycle]
    left = [card for card in same_unit if card.level == "yellow" and card.status != "revoked" and card.id != revoked.id]
    return [
        card
        for card in same_unit
        if card.status != "revoked"
        and card.reason in (SECOND_IN_CASE, SECOND_IN_YEAR)
        and (card.clock_id == revoked.clock_id or (card.reason == SECOND_IN_CASE and len(left) < 2))
    ]


def appeal_card(
    card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime, by: Actor, appeal: bytes
) -> list[Fact]:
    """Record an appeal, an encrypted text, by the head of the unit that got the card: once, and in time.

    Raises `NotTheUnit`, `CardSettled`, `AppealTooLate`.
    """
    unit = card.responsible
    if by.org != unit.org or not by.may("manager") or by.dept not in (None, unit.dept):
        raise NotTheUnit("申诉由被发牌单位的负责人提出。")
    if card.status != "issued":
        raise CardSettled(f"这张牌{_STATUS_ZH[card.status]}，不能再申诉。")
    if at > card.appeal_by:
        last = (card.appeal_by - datetime.resolution).astimezone(TZ)  # the end of a day is the beginning of the next
        raise AppealTooLate(
            f"申诉应在 {last:%Y-%m-%d} 24 时以前提出，现已过期；确有错误的，请上级单位直接撤销（revoke）。"
        )
    changed = replace(
        card, status="appealed", appealed_at=at, appealed_by=by.id, appeal=appeal, version=card.version + 1
    )
    return [CardChanged(changed), card_appealed(changed, clock, subject_kind, at)]


def settle_card(
    card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime, by: Actor, *, revoke: bool, statement: bytes
) -> list[Fact]:
    """Revoke or uphold a card, with an encrypted statement, by a supervisor or the head of a unit above.

    Only an appealed card can be upheld. Raises `NotAbove`, `CardSettled`.
    """
    if not _is_above(by, card.responsible):
        raise NotAbove("撤销或维持由上级单位的负责人（manager）或督查（supervisor）人员办理，被发牌单位不能自行办理。")
    if card.status == "revoked" or (not revoke and card.status != "appealed"):
        raise CardSettled(f"这张牌{_STATUS_ZH[card.status]}，不必再办理。")
    return _settle(card, clock, subject_kind, "revoked" if revoke else "upheld", at, by.id, statement, "decided")


def _second_card(card: Card, reason: str) -> Card:
    """Return the red card that the second yellow `card` brings."""
    return Card(
        id=derive_id(card.id, "second"),
        clock_id=card.clock_id,
        kind=card.kind,
        stage=card.stage,
        level="red",
        reason=reason,
        responsible=card.responsible,
        cycle=card.cycle,
        issued_at=card.issued_at,
        appeal_by=card.appeal_by,
    )


def _issue(card: Card, clock: Clock, subject_kind: SubjectKind) -> list[Fact]:
    return [CardChanged(card), card_issued(card, clock, subject_kind)]


def _within_twelve_months(one: datetime, other: datetime) -> bool:
    """Whether the later moment is on the corresponding day of the next year or before it (民法典 art. 202)."""
    first, last = sorted(moment.astimezone(TZ).date() for moment in (one, other))
    day = min(first.day, monthrange(first.year + 1, first.month)[1])
    return last <= first.replace(year=first.year + 1, day=day)


def _settle(
    card: Card,
    clock: Clock,
    subject_kind: SubjectKind,
    status: CardStatus,
    at: datetime,
    by: str,
    statement: bytes | None,
    reason: str,
) -> list[Fact]:
    changed = replace(
        card,
        status=status,
        settled_at=max(at, card.issued_at),
        settled_by=by,
        settlement=statement,
        settled_reason=reason,
        version=card.version + 1,
    )
    if status == "revoked":
        return [CardChanged(changed), card_revoked(changed, clock, subject_kind, reason)]
    return [CardChanged(changed), card_upheld(changed, clock, subject_kind, at)]


def _is_above(actor: Actor, unit: ResponsibleUnit) -> bool:
    if not actor.may("supervisor", "manager") or not actor.covers(unit.org):
        return False
    if actor.dept is not None:
        return actor.org != unit.org and actor.dept == unit.dept
    return actor.org != unit.org or (unit.dept is not None and actor.may("supervisor"))
