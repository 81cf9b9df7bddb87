"""Which periods the law and the item set running, and how long they are."""

from dataclasses import dataclass

from bianmin.events import parts
from bianmin.events.parts import ClockKind, ComplaintKind, ItemFacts
from services.deadlines.domain.periods import CutOff, Unit

LICENCE = "01"


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
    """A period to be kept: what for, how long, and when it warns. `stage` tells several of one kind apart."""

    kind: ClockKind
    unit: Unit
    budget: int
    stage: str | None = None
    reminder: Mark = REMINDER
    yellow: Mark = YELLOW
    cut_off: CutOff = CutOff.MIDNIGHT


COMPLETENESS = Term("completeness", Unit.WORKDAY, 5)
"""From receipt to the one-time notice of what is missing, or the acceptance (行政许可法 art. 32(4))."""

LICENCE_DECISION = Term("statutory", Unit.WORKDAY, 20)
"""From acceptance to the decision, where the item has no period of its own (行政许可法 art. 42(1))."""

COMPLAINT_ACCEPTANCE = Term("complaint", Unit.DAY, 15, "acceptance")
"""The complainant is told whether it is accepted (信访工作条例 art. 23)."""

COMPLAINT_HANDLING = Term("complaint", Unit.DAY, 60, "handling")
"""From acceptance to the answer (信访工作条例 art. 34)."""

PAUSED_BY_PROCEDURES = frozenset({"promise", "statutory", "step"})
"""Clocks that stand still while a special procedure goes on (行政许可法 art. 45)."""


def of_accepted_case(item: ItemFacts) -> tuple[Term, ...]:
    """What was promised, and what the law says. The item's own periods win."""
    terms = []
    if item.promise is not None:
        terms.append(_own("promise", item.promise))
    if item.legal is not None:
        terms.append(_own("statutory", item.legal))
    elif item.item_type == LICENCE:
        terms.append(LICENCE_DECISION)
    return tuple(terms)


def of_lodged_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    return () if kind == "praise" else (COMPLAINT_ACCEPTANCE,)


def of_accepted_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    return () if kind == "praise" else (COMPLAINT_HANDLING,)


def _own(kind: ClockKind, period: parts.Period) -> Term:
    return Term(kind, Unit(period.unit), period.value)
