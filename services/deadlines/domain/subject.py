"""The matter that clocks watch, a case or a complaint, and what may happen to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bianmin.events.parts import ComplaintKind, ItemFacts, SubjectKind
from bianmin.kit.access import Holder, Reach
from bianmin.kit.decide import Cause
from services.deadlines.domain.clock import Answerable, Clock
from services.deadlines.domain.periods import Pause
from services.deadlines.domain.visibility import Handling

Phase = Literal["open", "accepted", "over"]
"""`open`: registered or lodged. `over`: decided, answered or given up; nothing is timed any more."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """A pause of a matter, with what it rests on. It stays on record when it is over."""

    id: UUID
    pause: Pause
    reason: str
    legal_basis: str


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
    cycle: int = 1
    sequence: int = 0

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


# Commands. Their moments lie on the business dates of the events that order them.


@dataclass(frozen=True, slots=True)
class OpenCase:
    subject_id: UUID
    reach: Reach
    by: Cause


@dataclass(frozen=True, slots=True)
class StartCaseClocks:
    """The case was accepted. `clock_ids`: one for each clock that may start."""

    subject_id: UUID
    reach: Reach
    item: ItemFacts
    accepted_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class GiveUpCase:
    """It ended before it was accepted: refused or withdrawn."""

    subject_id: UUID
    by: Cause


@dataclass(frozen=True, slots=True)
class FollowRoute:
    """Who holds the case now. `ended_at`: when it was decided, withdrawn or closed, where it was."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    ended_at: datetime | None
    by: Cause


@dataclass(frozen=True, slots=True)
class PauseCase:
    """A special procedure goes on: what it takes does not count (行政许可法 art. 45)."""

    subject_id: UUID
    standstill: Standstill
    by: Cause


@dataclass(frozen=True, slots=True)
class ResumeCase:
    """It is over. `standstill_id`: which."""

    subject_id: UUID
    standstill_id: UUID
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class ExtendCase:
    """More time was approved: `days`, in the units of each clock that counts days."""

    subject_id: UUID
    days: int
    approved_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Its decision was set aside: a new cycle, with new clocks. The old ones stay as they were."""

    subject_id: UUID
    item: ItemFacts
    reopened_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class RecountClocks:
    """A calendar that it crosses was published at `fire_at`. Dates do not move into the past of `now`."""

    subject_id: UUID
    fire_at: datetime
    now: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    subject_id: UUID
    handling: Handling
    complaint_kind: ComplaintKind
    lodged_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class HandleComplaint:
    """The complaint was accepted: the period of acceptance is over, that of handling runs."""

    subject_id: UUID
    handling: Handling
    complaint_kind: ComplaintKind
    accepted_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class KeepAway:
    """More people are kept away from the complaint: `handling` names all of them."""

    subject_id: UUID
    handling: Handling
    by: Cause


@dataclass(frozen=True, slots=True)
class EndComplaint:
    """The complainant has the answer."""

    subject_id: UUID
    replied_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class FireSignals:
    """The clock was due to signal at `fire_at`, as far as whoever looked could see."""

    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    now: datetime
    by: Cause


Command = (
    OpenCase
    | StartCaseClocks
    | GiveUpCase
    | FollowRoute
    | PauseCase
    | ResumeCase
    | ExtendCase
    | ReopenCase
    | RecountClocks
    | OpenComplaint
    | HandleComplaint
    | KeepAway
    | EndComplaint
    | FireSignals
)
