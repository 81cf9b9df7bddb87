"""The matter that clocks watch, a case or a complaint, as it is now."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bianmin.domain.access import Reach
from bianmin.events.parts import SubjectKind
from bianmin.kit.refusals import Conflict
from services.deadlines.domain.cards import Card
from services.deadlines.domain.clock import Answerable, Clock, Standstill
from services.deadlines.domain.terms import Item
from services.deadlines.domain.visibility import Handling

Phase = Literal["open", "accepted", "void", "decided", "over"]
"""`open`: registered or lodged. `void`: accepted, and the way that followed is void, as intake is about to say why.
`decided`: the result is still to be delivered. `over`: nothing is timed any more."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A matter and its clocks, the oldest first. Its row is the lock of all that happens to them.

    `cycle` counts how often it was opened; only the clocks of the present one run.
    """

    id: UUID
    reach: Reach | Handling
    phase: Phase = "open"
    clocks: tuple[Clock, ...] = ()
    standstills: tuple[Standstill, ...] = ()
    cards: tuple[Card, ...] = ()
    cycle: int = 1
    sequence: int = 0
    item: Item | None = None
    """Of a case, the item it is about."""

    @property
    def kind(self) -> SubjectKind:
        return "case" if isinstance(self.reach, Reach) else "complaint"

    @property
    def answerable(self) -> Answerable:
        """Who answers for its clocks: the org that accepts a case, or that handles a complaint."""
        match self.reach:
            case Reach(accepting_org=org, dept=dept):
                return Answerable(org, dept)
            case Handling(handler_org=org):
                return Answerable(org)

    @property
    def open_clocks(self) -> tuple[Clock, ...]:
        """Those of the present cycle that have not stopped."""
        return tuple(clock for clock in self.clocks if clock.cycle == self.cycle and clock.state != "stopped")

    def clock(self, id: UUID) -> Clock:
        return next(clock for clock in self.clocks if clock.id == id)

    def card(self, id: UUID) -> Card:
        return next(card for card in self.cards if card.id == id)


class TooLate(Conflict):
    slug, title = "too-late", "事项已经办结"


def check_before_the_end(subject: Subject) -> Subject:
    """The matter, where it is not over."""
    if subject.phase == "over":
        raise TooLate("事项已经办结，不再计时。")
    return subject
