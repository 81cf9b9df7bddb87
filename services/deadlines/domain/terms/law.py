"""Terms that the law sets, with the article of each; and usual terms where no law sets one."""

from collections.abc import Mapping

from bianmin.events.parts import CardLevel, ClockKind
from services.deadlines.domain.periods.period import Unit
from services.deadlines.domain.terms.term import LICENCE, WINDOWS, ItemTerms, Term

COMPLETENESS = Term("completeness", Unit.WORKDAY, 5, card="yellow")
"""From receipt to the one-time notice of missing materials, or to acceptance: 5 working days (行政许可法 art. 32(4)).
It runs for every item; only for a licence does its silent end mean acceptance."""

SUPPLEMENT = Term("completeness", Unit.DAY, 30, "supplement")
"""The applicant may bring the missing materials; then the case lapses. No law sets the length: intake announces it
with the notice."""

LICENCE_DECISION = Term("statutory", Unit.WORKDAY, 20, card="red")
"""From acceptance to the decision on a licence: 20 working days, unless the item has its own period (行政许可法
art. 42(1)). `services/routing/domain/extensions.py` decides its extension, once and by at most 10 working days;
`services/deadlines/domain/cases/extension.py` adds the days to the clock. Tested in
`tests/unit/deadlines/test_extension.py`."""

JOINT_DECISION = Term("statutory", Unit.WORKDAY, 45, card="red")
"""The same where several organs handle a licence jointly: 45 working days instead of 20, extended once by at most 15
(行政许可法 art. 42(2))."""

REVIEW = Term("step", Unit.WORKDAY, 20)
"""Preliminary review by a lower organ where a higher organ decides: 20 working days (行政许可法 art. 43)."""

DELIVERY = Term("delivery", Unit.WORKDAY, 10, card="yellow")
"""From the decision to its delivery: 10 working days (行政许可法 art. 44)."""

COMPLAINT_ACCEPTANCE = Term("complaint", Unit.DAY, 15, "acceptance")
"""To tell the complainant whether the complaint is accepted: 15 days (信访工作条例 art. 23)."""

COMPLAINT_HANDLING = Term("complaint", Unit.DAY, 60, "handling")
"""From acceptance to the reply: 60 days (信访工作条例 art. 34)."""

COMPLAINT_RETURN = Term("complaint", Unit.WORKDAY, 5, "return")
"""An organ may object that a complaint does not belong to it: 5 working days (信访工作条例 art. 23)."""

REVIEW_REQUEST = Term("complaint", Unit.DAY, 30, "review_request")
"""The complainant may ask for a review (复查) of the reply: 30 days (信访工作条例 art. 35)."""

COMPLAINT_REVIEW = Term("complaint", Unit.DAY, 30, "review")
"""From the request for review to the reply of the organ above: 30 days (信访工作条例 art. 35)."""

REREVIEW_REQUEST = Term("complaint", Unit.DAY, 30, "rereview_request")
"""The complainant may ask for a second review (复核): 30 days (信访工作条例 art. 36)."""

COMPLAINT_REREVIEW = Term("complaint", Unit.DAY, 30, "rereview")
"""From the request for a second review to the last reply: 30 days (信访工作条例 art. 36)."""

HOTLINE = Term("hotline", Unit.WORKDAY, 5)
"""A hotline order, from its arrival to the reply: usually 5 working days. No law sets the length or the extension: a
policy sets what the local hotline requires. The stage is the kind of the complaint."""

HOTLINE_RETURN = Term("hotline", Unit.WORKDAY, 5, "return")
"""An organ may object that a hotline order does not belong to it: 5 working days as for a petition (信访工作条例
art. 23), unless a policy sets what the local hotline requires."""

RATING = Term("rating", Unit.WORKDAY, 1)
"""From a bad rating to the call back to the person who gave it: usually 1 working day. No law sets the length."""

RECTIFICATION = Term("rectification", Unit.WORKDAY, 5)
"""From an order to rectify to the report that it was done: usually 5 working days. No law sets the length."""

KINDS_SET_BY_ITEM: frozenset[ClockKind] = frozenset({"promise", "statutory"})
"""Kinds of clocks whose length the item of the catalog sets."""

COMPLAINT_KINDS: frozenset[ClockKind] = frozenset({"complaint", "hotline", "rating", "rectification"})
"""Kinds of clocks that have no item of the catalog. All other kinds belong to cases."""

LONGEST_BY_LAW: Mapping[tuple[ClockKind, str | None], Term] = {
    ("completeness", None): COMPLETENESS,
    ("step", None): REVIEW,
    ("delivery", None): DELIVERY,
    ("complaint", "acceptance"): COMPLAINT_ACCEPTANCE,
    ("complaint", "handling"): COMPLAINT_HANDLING,
    ("complaint", "review"): COMPLAINT_REVIEW,
    ("complaint", "rereview"): COMPLAINT_REREVIEW,
}
"""By kind and stage, the terms that a policy may shorten and never lengthen."""

_DEFAULT_TERMS: Mapping[tuple[ClockKind, str | None], Term] = {
    **LONGEST_BY_LAW,
    **{(window.kind, window.stage): window for window in (SUPPLEMENT, COMPLAINT_RETURN, HOTLINE_RETURN)},
    **{(window.kind, window.stage): window for window in (REVIEW_REQUEST, REREVIEW_REQUEST)},
    **{(usual.kind, None): usual for usual in (HOTLINE, RATING, RECTIFICATION)},
}

APPEAL_DAYS = 10
"""Working days in which a unit may appeal against a card."""

DEFAULT_CARDS: Mapping[ClockKind, CardLevel] = {
    "completeness": "yellow",
    "promise": "yellow",
    "delivery": "yellow",
    "statutory": "red",
    "card": "red",
}
"""By kind of clock, the card for missing it, unless a policy sets another. Other kinds bring no card."""

PAUSED_BY_PROCEDURES: frozenset[ClockKind] = frozenset({"promise", "statutory", "step", "card"})
"""Kinds of clocks that a special procedure pauses (行政许可法 art. 45)."""

CAPPED_BY_STATUTORY_PERIOD: frozenset[ClockKind] = frozenset({"promise", "step"})
"""Kinds of clocks that end with the statutory clock of their case at the latest."""


def default_term(kind: ClockKind, stage: str | None) -> Term | None:
    """Return the term of a clock where no policy sets another; None where the item of the catalog sets it."""
    return _DEFAULT_TERMS.get((kind, stage)) or _DEFAULT_TERMS.get((kind, None))


def ends_in_deemed_acceptance(term: Term, item: ItemTerms | None) -> bool:
    """Whether the silent end of a term is an acceptance: for the completeness of a licence (行政许可法 art. 32(4))."""
    is_completeness = term.kind == "completeness" and not term.is_window
    return is_completeness and item is not None and item.item_type == LICENCE


def without_policy(term: Term) -> Term:
    """Return the term as the law and the item set it, without what a policy has changed.

    The length of the supplement window is not reset: intake announced it, no policy set it.
    """
    if term.policy is None:
        return term
    announced = (term.kind, term.stage) == (SUPPLEMENT.kind, SUPPLEMENT.stage)
    by_law = term if announced else default_term(term.kind, term.stage) or term
    return Term(term.kind, by_law.unit, by_law.budget, term.stage, card=default_card(term.kind, term.stage))


def default_card(kind: ClockKind, stage: str | None) -> CardLevel | None:
    """Return the card for missing a clock, unless a policy sets another. A window brings none."""
    return None if (kind, stage) in WINDOWS else DEFAULT_CARDS.get(kind)
