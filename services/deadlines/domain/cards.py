"""Yellow and red cards: what was missed is put on record, may be appealed against, may be revoked, and stays."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from bianmin.domain.actors import Actor
from bianmin.domain.codes import ancestors
from bianmin.events.deadlines import CardAppealed, CardIssued, CardRevoked, CardUpheld
from bianmin.events.parts import CardLevel, ClockKind, EventData, SubjectKind
from bianmin.kit.ids import derived
from bianmin.kit.refusals import Conflict, Forbidden
from bianmin.kit.time_source import TZ
from services.deadlines.domain.clock import Answerable, Clock, naming

CardStatus = Literal["issued", "appealed", "upheld", "revoked"]
SECOND_IN_CASE = "second_yellow"
SECOND_IN_YEAR = "second_yellow_in_year"
BY_THE_HOUSE = "system"
RECOUNTED, RESTED = "recounted", "rests_on_revoked"
"""Why the house revokes: the end has moved by a calendar; another card that it rests on was revoked."""


class NotTheUnit(Forbidden):
    slug, title = "not-the-unit", "不是被发牌单位的负责人"


class NotAbove(Forbidden):
    slug, title = "not-above", "不是上级单位"


class CardSettled(Conflict):
    slug, title = "card-settled", "牌已有结论"


class AppealTooLate(Conflict):
    slug, title = "appeal-too-late", "已过申诉期限"


@dataclass(frozen=True, slots=True)
class Card:
    """A card that a unit was given for a clock that it missed. What was said to it is sealed.

    `reason`: the kind of the clock, or that it is the second yellow one in a case, or in a year. `appeal_by`: the last
    moment. `to_weigh`: whether it has still to be seen which others the unit was given in twelve months.
    """

    id: UUID
    clock_id: UUID
    kind: ClockKind
    stage: str | None
    level: CardLevel
    reason: str
    answerable: Answerable
    cycle: int
    issued_at: datetime
    appeal_by: datetime
    status: CardStatus = "issued"
    appealed_at: datetime | None = None
    appealed_by: str | None = None
    appeal: bytes | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settlement: bytes | None = None
    settled_reason: str | None = None
    to_weigh: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class CardKept:
    """A card as it is issued, and after each change."""

    card: Card


def judged(
    cards: Sequence[Card], clock: Clock, subject_kind: SubjectKind, at: datetime, appeal_by: datetime
) -> list[object]:
    """The cards that a missed clock brings: its own, and a red one where it is the unit's second yellow in the case.

    Once; but what was revoked because the end had moved is issued again where that end is missed as well.
    """
    level = clock.term.card
    before = [known for known in cards if known.clock_id == clock.id]
    if level is None or any(known.status != "revoked" or known.settled_reason != RECOUNTED for known in before):
        return []
    card = Card(
        id=derived(clock.id, f"card {len(before)}" if before else "card"),
        clock_id=clock.id,
        kind=clock.term.kind,
        stage=clock.term.stage,
        level=level,
        reason=clock.term.kind,
        answerable=clock.answerable,
        cycle=clock.cycle,
        issued_at=at,
        appeal_by=appeal_by,
    )
    rule = clock.term.second_yellow if level == "yellow" else "none"
    others = [known for known in cards if known.level == "yellow" and known.answerable == card.answerable]
    if rule != "none" and any(known.status != "revoked" and known.cycle == card.cycle for known in others):
        return [*_given(card, clock, subject_kind), *_given(_second(card, SECOND_IN_CASE), clock, subject_kind)]
    return _given(replace(card, to_weigh=rule == "year"), clock, subject_kind)


def weighed(
    card: Card,
    cards: Sequence[Card],
    clock: Clock,
    subject_kind: SubjectKind,
    others: Sequence[datetime],
    at: datetime,
    appeal_by: datetime,
) -> list[object]:
    """What a yellow card brings in view of the `others` that its unit was given, and that were not revoked.

    Two in twelve months are a red one. One of them is enough: where the case has its red card already, none follows.
    """
    if not card.to_weigh:
        return []
    facts: list[object] = [CardKept(replace(card, to_weigh=False))]
    second = replace(_second(card, SECOND_IN_YEAR), issued_at=at, appeal_by=appeal_by)
    if card.status == "revoked" or any(known.id == second.id for known in cards):
        return facts
    if not any(_in_a_year(card.issued_at, other) for other in others):
        return facts
    return [*facts, *_given(second, clock, subject_kind)]


def _second(card: Card, reason: str) -> Card:
    """The red card that a second yellow one is as well."""
    return Card(
        id=derived(card.id, "second"),
        clock_id=card.clock_id,
        kind=card.kind,
        stage=card.stage,
        level="red",
        reason=reason,
        answerable=card.answerable,
        cycle=card.cycle,
        issued_at=card.issued_at,
        appeal_by=card.appeal_by,
    )


def _given(card: Card, clock: Clock, subject_kind: SubjectKind) -> list[object]:
    return [CardKept(card), _issued(card, clock, subject_kind)]


def _in_a_year(one: datetime, other: datetime) -> bool:
    """Whether the later falls within twelve months, up to the corresponding day (民法典 art. 202)."""
    first, last = sorted(moment.astimezone(TZ).date() for moment in (one, other))
    day = min(first.day, monthrange(first.year + 1, first.month)[1])
    return last <= first.replace(year=first.year + 1, day=day)


def withdrawn(
    cards: Sequence[Card], clock: Clock, subject_kind: SubjectKind, at: datetime, reason: str
) -> list[object]:
    """A clock that was missed turns out to have been kept: what was issued for it is revoked by the house."""
    return [
        fact
        for card in cards
        if card.clock_id == clock.id and card.status != "revoked"
        for fact in _settled(card, clock, subject_kind, "revoked", at, BY_THE_HOUSE, None, reason)
    ]


def resting_on(cards: Sequence[Card], revoked: Card) -> list[Card]:
    """The red cards that do not stand without a yellow one: that it was itself, as the second; and those of the case
    that are not the second any more."""
    theirs = [card for card in cards if card.answerable == revoked.answerable and card.cycle == revoked.cycle]
    others = [card for card in theirs if card.level == "yellow" and card.status != "revoked" and card.id != revoked.id]
    return [
        card
        for card in theirs
        if card.status != "revoked"
        and card.reason in (SECOND_IN_CASE, SECOND_IN_YEAR)
        and (card.clock_id == revoked.clock_id or (card.reason == SECOND_IN_CASE and len(others) < 2))
    ]


def appealed(
    card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime, by: Actor, appeal: bytes
) -> list[object]:
    """By the head of the unit that was given the card, once, in time."""
    unit = card.answerable
    if by.org != unit.org or not by.may("manager") or by.dept not in (None, unit.dept):
        raise NotTheUnit("申诉由被发牌单位的负责人提出。")
    if card.status != "issued":
        raise CardSettled(f"这张牌{_STATUS[card.status]}，不能再申诉。")
    if at > card.appeal_by:
        last = (card.appeal_by - datetime.resolution).astimezone(TZ)  # the end of a day is the beginning of the next
        raise AppealTooLate(
            f"申诉应在 {last:%Y-%m-%d} 24 时以前提出，现已过期；确有错误的，请上级单位直接撤销（revoke）。"
        )
    now = replace(card, status="appealed", appealed_at=at, appealed_by=by.id, appeal=appeal, version=card.version + 1)
    return [CardKept(now), CardAppealed(**_naming(now, clock, subject_kind), appealed_at=at)]


def settled(
    card: Card, clock: Clock, subject_kind: SubjectKind, at: datetime, by: Actor, *, revoke: bool, said: bytes
) -> list[object]:
    """By a supervisor or the head of a unit above: never by the unit itself."""
    if not _is_above(by, card.answerable):
        raise NotAbove("撤销或维持由上级单位的负责人（manager）或督查（supervisor）人员办理，被发牌单位不能自行办理。")
    if card.status == "revoked" or (not revoke and card.status != "appealed"):
        raise CardSettled(f"这张牌{_STATUS[card.status]}，不必再办理。")
    return _settled(card, clock, subject_kind, "revoked" if revoke else "upheld", at, by.id, said, "decided")


_STATUS = {"issued": "没有申诉", "appealed": "已经申诉", "upheld": "已经维持", "revoked": "已经撤销"}


def _settled(
    card: Card,
    clock: Clock,
    subject_kind: SubjectKind,
    status: CardStatus,
    at: datetime,
    by: str,
    said: bytes | None,
    reason: str,
) -> list[object]:
    now = replace(
        card,
        status=status,
        settled_at=max(at, card.issued_at),
        settled_by=by,
        settlement=said,
        settled_reason=reason,
        version=card.version + 1,
    )
    naming_it = _naming(now, clock, subject_kind)
    told: EventData
    if status == "revoked":
        decided = "decided" if reason == RESTED else reason  # to the others, what was decided of the one it rests on
        told = CardRevoked(**naming_it, revoked_at=max(at, card.issued_at), reason_code=decided)
    else:
        told = CardUpheld(**naming_it, upheld_at=at)
    return [CardKept(now), told]


def _is_above(actor: Actor, unit: Answerable) -> bool:
    if not actor.may("supervisor", "manager") or not actor.covers(unit.org):
        return False
    if actor.dept is not None:
        return actor.org != unit.org and actor.dept == unit.dept
    return actor.org != unit.org or (unit.dept is not None and actor.may("supervisor"))


def _issued(card: Card, clock: Clock, subject_kind: SubjectKind) -> CardIssued:
    above = ancestors(card.answerable.org)
    return CardIssued(
        **_naming(card, clock, subject_kind),
        issued_at=card.issued_at,
        appeal_by=card.appeal_by,
        reason_code=card.reason,
        # a yellow card is told to the unit and to who is next above, a red one all the way up
        notified=(card.answerable.org, *(above[:1] if card.level == "yellow" else above)),
    )


def _naming(card: Card, clock: Clock, subject_kind: SubjectKind) -> dict[str, object]:
    """Of whom it was given to, whoever answers for the clock since."""
    unit = {"org": card.answerable.org, "dept": card.answerable.dept}
    return {**naming(clock, subject_kind), **unit, "card_id": card.id, "level": card.level}
