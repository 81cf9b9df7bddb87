"""A term: the period that is set for a clock, with its warnings and the card for missing it."""

from dataclasses import dataclass
from typing import Literal, Self

from bianmin.events import parts
from bianmin.events.parts import CardLevel, ClockKind, ItemFacts, ItemType, Mode
from services.deadlines.domain.periods.period import CutOff, Unit

LICENCE = "01"
"""The item type of an administrative licence (行政许可)."""

SecondYellow = Literal["case", "year", "none"]
"""When a unit's second yellow card also brings a red one: `case` within one case, `year` within twelve months."""

WINDOWS: frozenset[tuple[ClockKind, str | None]] = frozenset(
    {
        ("completeness", "supplement"),
        ("complaint", "return"),
        ("hotline", "return"),
        ("complaint", "review_request"),
        ("complaint", "rereview_request"),
    }
)
"""Kind and stage of the windows: periods in which somebody may act and need not. A window sends no signals, brings no
card, and closes at its end."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How much of a budget is left when a signal is sent: at most `percent` of it, or at most `units`."""

    percent: int
    units: int = 1

    def units_left(self, budget: int) -> int:
        """Return how many units of `budget` are left at the mark: the larger of both limits, at most the budget."""
        return min(budget, max(self.units, budget * self.percent // 100))


REMINDER, YELLOW = Mark(20), Mark(10)
"""By default the reminder is sent at 20 % of the budget, yellow at 10 %; both at the latest with the last unit."""


@dataclass(frozen=True, slots=True)
class Term:
    """The period that is set for a clock, before any extension.

    `stage` distinguishes several terms of one kind. `budget` is in `unit`. `card`: the card for missing the term.
    `order_days`: working days that a yellow card gives to make up for it. `second_yellow`: when a second yellow card
    also brings a red one. `extension`: by how many units a hotline order may be extended at most; for other kinds the
    law or the item says that. `policy`: the name of the policy that set the term; None for the law or the item.
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
        """Whether the term is a window: somebody may act in it, and need not."""
        return (self.kind, self.stage) in WINDOWS


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """The facts of an item of the catalog that terms depend on.

    `legal`: the item's statutory period; `promise`: the period that was promised. None where the item has none.
    """

    code: str
    item_type: ItemType
    mode: Mode
    legal: parts.Period | None = None
    promise: parts.Period | None = None

    @classmethod
    def of(cls, facts: ItemFacts) -> Self:
        """Return the terms of an item from the facts in an event."""
        return cls(facts.code, facts.item_type, facts.mode, facts.legal, facts.promise)
