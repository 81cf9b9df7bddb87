"""Which periods the law and the item set running, and how long they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

from bianmin.events import parts
from bianmin.events.parts import (
    CardLevel,
    ClockKind,
    ComplaintChannel,
    ComplaintKind,
    ComplaintLevel,
    ItemFacts,
    ItemType,
    Mode,
    ProcedureKind,
    StepKind,
)
from services.deadlines.domain.periods import CutOff, Unit

LICENCE = "01"

SecondYellow = Literal["case", "year", "none"]
"""When a unit's second yellow card is a red one as well: in one case; in twelve months, whatever the case; never."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How near to the end a signal comes: when no more than `percent` of the budget, or than `units`, is left."""

    percent: int
    units: int = 1

    def left(self, budget: int) -> int:
        """How many units are left at the mark. A budget is never nearer to its end than as it begins."""
        return min(budget, max(self.units, budget * self.percent // 100))


REMINDER, YELLOW = Mark(20), Mark(10)
"""Remind at four fifths, yellow at nine tenths of the period, or with its last day."""


@dataclass(frozen=True, slots=True)
class Term:
    """A period to be kept: what for, how long, and when it warns. `stage` tells several of one kind apart.

    `card`: what missing it brings; `order_days`: the working days in which a yellow card orders to make up for it;
    `second_yellow`: when another yellow card makes it a red one. `extension`: by how much an order of the hotline is
    extended at most, with the complaint that it is; of the others the law says that, or the item.
    `policy`: which one set it, None where it is as the law and the item have it.
    """

    kind: ClockKind
    unit: Unit
    budget: int
    stage: str | None = None
    reminder: Mark = REMINDER
    yellow: Mark = YELLOW
    cut_off: CutOff = CutOff.MIDNIGHT
    card: CardLevel | None = None
    order_days: int = 3
    second_yellow: SecondYellow = "case"
    extension: int = 0
    policy: str | None = None

    @property
    def is_window(self) -> bool:
        """Whether something may be done in it, and need not."""
        return (self.kind, self.stage) in WINDOWS


@dataclass(frozen=True, slots=True)
class Item:
    """What periods follow from, of the item a case was registered under."""

    code: str
    item_type: ItemType
    mode: Mode
    legal: parts.Period | None = None
    promise: parts.Period | None = None

    @classmethod
    def of(cls, facts: ItemFacts) -> Self:
        return cls(facts.code, facts.item_type, facts.mode, facts.legal, facts.promise)


COMPLETENESS = Term("completeness", Unit.WORKDAY, 5, card="yellow")
"""From receipt to the one-time notice of what is missing, or the acceptance (行政许可法 art. 32(4)); so for every item,
though only of a licence silence is acceptance."""

SUPPLEMENT = Term("completeness", Unit.DAY, 30, "supplement")
"""In which the applicant may bring what the notice asks for, and then the case lapses. No law says how long: intake
tells it with the notice."""

LICENCE_DECISION = Term("statutory", Unit.WORKDAY, 20, card="red")
"""From acceptance to the decision, where the item has no period of its own (行政许可法 art. 42(1))."""

JOINT_DECISION = Term("statutory", Unit.WORKDAY, 45, card="red")
"""The same where several organs handle it together: in place of the twenty days (行政许可法 art. 42(2))."""

REVIEW = Term("step", Unit.WORKDAY, 20)
"""A lower organ's preliminary review, where a higher one decides (行政许可法 art. 43)."""

DELIVERY = Term("delivery", Unit.WORKDAY, 10, card="yellow")
"""From the decision to its delivery (行政许可法 art. 44)."""

COMPLAINT_ACCEPTANCE = Term("complaint", Unit.DAY, 15, "acceptance")
"""The complainant is told whether it is accepted (信访工作条例 art. 23)."""

COMPLAINT_HANDLING = Term("complaint", Unit.DAY, 60, "handling")
"""From acceptance to the answer (信访工作条例 art. 34)."""

COMPLAINT_RETURN = Term("complaint", Unit.WORKDAY, 5, "return")
"""In which an organ may object that a complaint is not its own (信访工作条例 art. 23)."""

REVIEW_REQUEST = Term("complaint", Unit.DAY, 30, "review_request")
"""In which the complainant may ask for the answer to be reviewed (信访工作条例 art. 35)."""

COMPLAINT_REVIEW = Term("complaint", Unit.DAY, 30, "review")
"""From that request to the answer of the organ above (信访工作条例 art. 35)."""

REREVIEW_REQUEST = Term("complaint", Unit.DAY, 30, "rereview_request")
"""In which the complainant may ask for it to be reviewed once more (信访工作条例 art. 36)."""

COMPLAINT_REREVIEW = Term("complaint", Unit.DAY, 30, "rereview")
"""From that request to the last answer (信访工作条例 art. 36)."""

HOTLINE = Term("hotline", Unit.WORKDAY, 5)
"""An order of the hotline, from its coming to the answer. No law says how long, nor how it is extended: what most
places have, for a policy to set as the hotline of the place has it. The stage is the kind of the order."""

HOTLINE_RETURN = Term("hotline", Unit.WORKDAY, 5, "return")
"""In which an organ may object that such an order is not its own: as of a petition (信访工作条例 art. 23), unless a
policy says how the hotline of the place has it."""

RATING = Term("rating", Unit.WORKDAY, 1)
"""From a bad rating to the call-back of who gave it. No law says how long: what some places have, for a policy to
set."""

RECTIFICATION = Term("rectification", Unit.WORKDAY, 5)
"""From the order to put something right to the report that it was. No law says how long, as above."""

OF_THE_ITEM: frozenset[ClockKind] = frozenset({"promise", "statutory"})
"""Kinds whose length is the item's to say."""

OF_COMPLAINTS: frozenset[ClockKind] = frozenset({"complaint", "hotline", "rating", "rectification"})
"""Kinds that no item of the catalog is behind; the others are of cases."""

LONGEST_BY_LAW: Mapping[tuple[ClockKind, str | None], Term] = {
    ("completeness", None): COMPLETENESS,
    ("step", None): REVIEW,
    ("delivery", None): DELIVERY,
    ("complaint", "acceptance"): COMPLAINT_ACCEPTANCE,
    ("complaint", "handling"): COMPLAINT_HANDLING,
    ("complaint", "review"): COMPLAINT_REVIEW,
    ("complaint", "rereview"): COMPLAINT_REREVIEW,
}
"""What a county may shorten, and never lengthen."""

WINDOWS: Mapping[tuple[ClockKind, str | None], Term] = {
    (each.kind, each.stage): each
    for each in (SUPPLEMENT, COMPLAINT_RETURN, HOTLINE_RETURN, REVIEW_REQUEST, REREVIEW_REQUEST)
}
"""In which something may be done, and need not: they warn of nothing, and close by themselves."""

_KNOWN: Mapping[tuple[ClockKind, str | None], Term] = {
    **LONGEST_BY_LAW,
    **WINDOWS,
    **{(each.kind, None): each for each in (HOTLINE, RATING, RECTIFICATION)},
}

APPEAL_DAYS = 10
"""Working days after a card in which the unit may appeal against it."""

CARDS: Mapping[ClockKind, CardLevel] = {
    "completeness": "yellow",
    "promise": "yellow",
    "delivery": "yellow",
    "statutory": "red",
    "card": "red",
}
"""What missing a clock of a kind brings, unless a policy says otherwise."""

PAUSED_BY_PROCEDURES = frozenset({"promise", "statutory", "step", "card"})
"""Clocks that stand still while a special procedure goes on (行政许可法 art. 45)."""


ENDED_BY_LAW = frozenset({"promise", "step"})
"""Clocks that end with the statutory period of their case at the latest."""


def by_law(kind: ClockKind, stage: str | None) -> Term | None:
    """What a clock is set to where no policy says otherwise; None where it is the item's to say."""
    return _KNOWN.get((kind, stage)) or _KNOWN.get((kind, None))


def is_silence_of_law(term: Term, item: Item | None) -> bool:
    """Whether the end of the period is an acceptance: that of a licence (行政许可法 art. 32(4))."""
    is_of_notice = term.kind == "completeness" and not term.is_window
    return is_of_notice and item is not None and item.item_type == LICENCE


def as_by_law(term: Term) -> Term:
    """The term without what a policy has set."""
    if term.policy is None:
        return term
    told = (term.kind, term.stage) == (SUPPLEMENT.kind, SUPPLEMENT.stage)
    law = term if told else by_law(term.kind, term.stage) or term
    return Term(term.kind, law.unit, law.budget, term.stage, card=card_of(term.kind, term.stage))


def card_of(kind: ClockKind, stage: str | None) -> CardLevel | None:
    """What missing such a clock brings, unless a policy says otherwise; who may and need not misses nothing."""
    return None if (kind, stage) in WINDOWS else CARDS.get(kind)


def of_registered_case(item: Item) -> tuple[Term, ...]:
    """That it is said in time what is missing."""
    return (COMPLETENESS,)


def of_notice(wait_days: int | None) -> tuple[Term, ...]:
    """How long the supplement is waited for, where that was told."""
    return () if wait_days is None else (replace(SUPPLEMENT, budget=wait_days),)


def of_accepted_case(item: Item) -> tuple[Term, ...]:
    """What was promised, and what the law says. The item's own periods win."""
    terms = []
    if item.promise is not None:
        terms.append(_own("promise", item.promise))
    if item.legal is not None:
        terms.append(_own("statutory", item.legal))
    elif item.item_type == LICENCE:
        terms.append(JOINT_DECISION if item.mode == "joint" else LICENCE_DECISION)
    return tuple(terms)


def of_step(kind: StepKind, seq: int) -> tuple[Term, ...]:
    """What an office has for its step. Who decides keeps the periods of the case itself."""
    return (replace(REVIEW, stage=str(seq)),) if kind == "review" else ()


def of_procedure(kind: ProcedureKind, expected_days: int) -> tuple[Term, ...]:
    """What the applicant was told a special procedure takes (行政许可法 art. 45)."""
    return (Term("procedure", Unit.WORKDAY, expected_days, kind),)


def of_decided_case(item: Item) -> tuple[Term, ...]:
    return (DELIVERY,)


def of_lodged_complaint(kind: ComplaintKind, channel: ComplaintChannel) -> tuple[Term, ...]:
    """That it is said whether it is accepted, or that it has come to the wrong organ; of the hotline, its own order."""
    if kind == "praise":
        return ()
    if channel == "hotline":
        return (*of_passed_complaint(by_hotline=True), replace(HOTLINE, stage=kind))
    return of_passed_complaint(by_hotline=False)


def of_passed_complaint(*, by_hotline: bool) -> tuple[Term, ...]:
    """What whoever has it next has to say of it; an order of the hotline goes on beside that."""
    return (COMPLAINT_ACCEPTANCE, HOTLINE_RETURN if by_hotline else COMPLAINT_RETURN)


def of_accepted_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    return () if kind == "praise" else (COMPLAINT_HANDLING,)


def of_answered_complaint(kind: ComplaintKind | None, level: ComplaintLevel) -> tuple[Term, ...]:
    """What the complainant may still ask for: of a report or a suggestion, nothing."""
    following = {"handling": (REVIEW_REQUEST,), "review": (REREVIEW_REQUEST,), "rereview": ()}
    return following[level] if kind == "complaint" else ()


def of_escalated_complaint(level: ComplaintLevel) -> tuple[Term, ...]:
    return (COMPLAINT_REVIEW,) if level == "review" else (COMPLAINT_REREVIEW,)


def _own(kind: ClockKind, period: parts.Period) -> Term:
    return Term(kind, Unit(period.unit), period.value, card=CARDS.get(kind))


def of_card(term: Term) -> Term:
    """What a yellow card orders: to make up for it within these days, or a red one follows."""
    return Term("card", Unit.WORKDAY, term.order_days, order_of(term), card=CARDS["card"])


def order_of(term: Term) -> str:
    """The stage of the order that a missed clock of this term brings."""
    return term.kind if term.stage is None else f"{term.kind}-{term.stage}"
