"""Which periods the law and the item set running, and how long they are."""

from dataclasses import dataclass

from bianmin.events.parts import ClockKind, ComplaintKind, ItemFacts, Period
from bianmin.kit.refusals import Invalid
from services.deadlines.domain.periods import Unit

LICENCE = "01"


@dataclass(frozen=True, slots=True)
class Term:
    """A period to be kept: what for, and how long. `stage` tells several of one kind apart."""

    kind: ClockKind
    unit: Unit
    budget: int
    stage: str | None = None


LICENCE_DECISION = Term("statutory", Unit.WORKDAY, 20)
"""From acceptance to the decision, where the item has no period of its own (行政许可法 art. 42(1))."""

COMPLAINT_ACCEPTANCE = Term("complaint", Unit.DAY, 15, "acceptance")
"""The complainant is told whether it is accepted (信访工作条例 art. 23)."""

COMPLAINT_HANDLING = Term("complaint", Unit.DAY, 60, "handling")
"""From acceptance to the answer (信访工作条例 art. 34)."""


class UnitNotCounted(Invalid):
    slug, title = "unit-not-counted", "暂不支持的期限单位"


def of_accepted_case(item: ItemFacts) -> tuple[Term, ...]:
    """What was promised, and what the law says. The item's own periods win."""
    terms = []
    if item.promise is not None:
        terms.append(Term("promise", _unit(item.promise), item.promise.value))
    if item.legal is not None:
        terms.append(Term("statutory", _unit(item.legal), item.legal.value))
    elif item.item_type == LICENCE:
        terms.append(LICENCE_DECISION)
    return tuple(terms)


def of_lodged_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    return () if kind == "praise" else (COMPLAINT_ACCEPTANCE,)


def of_accepted_complaint(kind: ComplaintKind) -> tuple[Term, ...]:
    return () if kind == "praise" else (COMPLAINT_HANDLING,)


def _unit(period: Period) -> Unit:
    if period.unit == "hour":
        raise UnitNotCounted("按小时计算的期限暂不支持；请把事项的时限改为工作日、自然日或即办。")
    return Unit(period.unit)
