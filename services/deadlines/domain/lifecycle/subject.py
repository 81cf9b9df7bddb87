"""The subject that clocks watch, a case or a complaint, as it is now."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from bianmin.domain.access import Reach
from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.parts import SubjectKind
from bianmin.kit.refusals import Conflict, NotFound
from services.deadlines.domain.clocks.clock import Clock, ResponsibleUnit, SubjectPause
from services.deadlines.domain.lifecycle.card import Card
from services.deadlines.domain.terms.term import ItemTerms

Phase = Literal["open", "accepted", "void", "decided", "over"]
"""`open`: registered or lodged. `accepted`: accepted and not decided. `void`: routing has cancelled the route because
the acceptance was corrected; intake's correction is still to come. `decided`: the result is still to be delivered, or a
review may still be asked for. `over`: no clock runs any more."""


class SubjectNotReady(NotFound):
    """The command needs an event of another topic that has not arrived yet. The command waits for it."""

    slug, title = "not-yet", "尚未办到这一步"


class TooLate(Conflict):
    """The subject is over."""

    slug, title = "too-late", "事项已经办结"


@dataclass(frozen=True, slots=True)
class Subject:
    """A case or a complaint with its clocks, the oldest first. Its row is the lock of everything that happens to them.

    `reach`: where it is, and with that who may see it. `cycle`: how often it was opened; only clocks of the present
    cycle run. `sequence`: how many events were announced about it. `item`: of a case, the terms of its item.
    """

    id: UUID
    reach: Reach | ComplaintParties
    phase: Phase = "open"
    clocks: tuple[Clock, ...] = ()
    pauses: tuple[SubjectPause, ...] = ()
    cards: tuple[Card, ...] = ()
    cycle: int = 1
    sequence: int = 0
    item: ItemTerms | None = None

    @property
    def kind(self) -> SubjectKind:
        """Whether it is a case or a complaint."""
        return "case" if isinstance(self.reach, Reach) else "complaint"

    @property
    def responsible(self) -> ResponsibleUnit:
        """The unit responsible for its clocks: the org that accepts the case, or that handles the complaint."""
        match self.reach:
            case Reach(accepting_org=org, dept=dept):
                return ResponsibleUnit(org, dept)
            case ComplaintParties(handler_org=org):
                return ResponsibleUnit(org)

    @property
    def open_clocks(self) -> tuple[Clock, ...]:
        """The clocks of the present cycle that are running or paused."""
        return tuple(clock for clock in self.clocks if clock.cycle == self.cycle and clock.state != "stopped")

    @property
    def open_pauses(self) -> tuple[SubjectPause, ...]:
        """The pauses that have not ended."""
        return tuple(pause for pause in self.pauses if pause.pause.until is None)

    def clock(self, id: UUID) -> Clock:
        """Return the clock of this id; the subject has one."""
        return next(clock for clock in self.clocks if clock.id == id)

    def card(self, id: UUID) -> Card:
        """Return the card of this id; the subject has one."""
        return next(card for card in self.cards if card.id == id)


def require_not_over(subject: Subject) -> Subject:
    """Return `subject`. Raises `TooLate` where it is over."""
    if subject.phase == "over":
        raise TooLate("事项已经办结，不再计时。")
    return subject
