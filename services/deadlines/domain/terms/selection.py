"""Which terms start when something happens to a case or a complaint."""

from dataclasses import replace

from bianmin.events import parts
from bianmin.events.parts import ClockKind, ComplaintChannel, ComplaintKind, ComplaintLevel, ProcedureKind, StepKind
from services.deadlines.domain.periods.period import Unit
from services.deadlines.domain.terms.law import (
    COMPLAINT_ACCEPTANCE,
    COMPLAINT_HANDLING,
    COMPLAINT_REREVIEW,
    COMPLAINT_RETURN,
    COMPLAINT_REVIEW,
    DEFAULT_CARDS,
    HOTLINE,
    HOTLINE_RETURN,
    JOINT_DECISION,
    LICENCE_DECISION,
    REREVIEW_REQUEST,
    REVIEW,
    REVIEW_REQUEST,
    SUPPLEMENT,
)
from services.deadlines.domain.terms.term import LICENCE, ItemTerms, Term


def terms_of_notice(wait_days: int | None) -> tuple[Term, ...]:
    """Return the window for the supplement, `wait_days` days long; empty where the notice announced no length."""
    return () if wait_days is None else (replace(SUPPLEMENT, budget=wait_days),)


def terms_of_accepted_case(item: ItemTerms) -> tuple[Term, ...]:
    """Return the terms that start with acceptance: the promised period, then the statutory one, where there are such.

    The item's own statutory period wins. A licence without one has 20 working days, in joint handling 45
    (行政许可法 art. 42).
    """
    terms = []
    if item.promise is not None:
        terms.append(_item_term("promise", item.promise))
    if item.legal is not None:
        terms.append(_item_term("statutory", item.legal))
    elif item.item_type == LICENCE:
        terms.append(JOINT_DECISION if item.mode == "joint" else LICENCE_DECISION)
    return tuple(terms)


def terms_of_step(kind: StepKind, seq: int) -> tuple[Term, ...]:
    """Return the term of step `seq` of a route: only a preliminary review has one (行政许可法 art. 43).

    The office that decides keeps the periods of the case itself.
    """
    return (replace(REVIEW, stage=str(seq)),) if kind == "review" else ()


def terms_of_procedure(kind: ProcedureKind, expected_days: int) -> tuple[Term, ...]:
    """Return the term of a special procedure: the working days announced to the applicant (行政许可法 art. 45)."""
    return (Term("procedure", Unit.WORKDAY, expected_days, kind),)


def terms_of_lodged_complaint(kind: ComplaintKind, channel: ComplaintChannel) -> tuple[Term, ...]:
    """Return the terms that start when a complaint is lodged: acceptance and return; by hotline also its own order.

    Praise starts none.
    """
    if kind == "praise":
        return ()
    if channel == "hotline":
        return (*terms_of_transferred_complaint(by_hotline=True), replace(HOTLINE, stage=kind))
    return terms_of_transferred_complaint(by_hotline=False)


def terms_of_transferred_complaint(*, by_hotline: bool) -> tuple[Term, ...]:
    """Return the terms of the organ that receives a complaint: to accept it, and to object that it is not its own.

    The hotline order is not among them: it goes on.
    """
    return (COMPLAINT_ACCEPTANCE, HOTLINE_RETURN if by_hotline else COMPLAINT_RETURN)


def terms_of_accepted_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    """Return the term for handling a complaint (信访工作条例 art. 34); praise has none."""
    return () if kind == "praise" else (COMPLAINT_HANDLING,)


def terms_of_answered_complaint(kind: ComplaintKind | None, level: ComplaintLevel) -> tuple[Term, ...]:
    """Return the window in which the complainant may ask for the next review (信访工作条例 art. 35, 36).

    Empty after the last level, and for reports and suggestions.
    """
    next_request = {"handling": (REVIEW_REQUEST,), "review": (REREVIEW_REQUEST,), "rereview": ()}
    return next_request[level] if kind == "complaint" else ()


def terms_of_escalated_complaint(level: ComplaintLevel) -> tuple[Term, ...]:
    """Return the term of the organ above that reviews a reply (信访工作条例 art. 35, 36)."""
    return (COMPLAINT_REVIEW,) if level == "review" else (COMPLAINT_REREVIEW,)


def term_of_order(missed: Term) -> Term:
    """Return the term of the order that a yellow card gives: make up for the missed term in `order_days` working days.

    Disobeying the order brings a red card.
    """
    return Term("card", Unit.WORKDAY, missed.order_days, order_stage(missed), card=DEFAULT_CARDS["card"])


def order_stage(missed: Term) -> str:
    """Return the stage of the order to make up for a missed term: its kind, and its stage where it has one."""
    return missed.kind if missed.stage is None else f"{missed.kind}-{missed.stage}"


def _item_term(kind: ClockKind, period: parts.Period) -> Term:
    return Term(kind, Unit(period.unit), period.value, card=DEFAULT_CARDS.get(kind))
