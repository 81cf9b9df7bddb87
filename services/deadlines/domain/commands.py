"""What may happen to a matter. Moments lie on the business dates of the events that order them.

Commands that come from routing say who holds the case since: `holders`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, ProcedureKind, StepKind
from bianmin.kit.decide import Cause
from services.deadlines.domain.clock import Standstill
from services.deadlines.domain.terms import Item
from services.deadlines.domain.visibility import Handling


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case was received: who takes it in has to say in time what is missing."""

    subject_id: UUID
    reach: Reach
    item: Item
    received_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class AwaitSupplement:
    """The applicant was told what is missing: it is their turn, for `wait_days` where it was told how long."""

    subject_id: UUID
    noticed_at: datetime
    wait_days: int | None
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class TakeSupplement:
    """All that was asked for has come: the case is received anew."""

    subject_id: UUID
    received_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class StartCaseClocks:
    """The case was accepted. `clock_ids`: one for each clock that may start.

    `accepted_at`: from when the periods run; `done_at`: when it was done, or, of an acceptance by silence, found.
    """

    subject_id: UUID
    reach: Reach
    item: Item
    accepted_at: datetime
    done_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class CorrectDeeming:
    """It had not been silence: the answer was given in time, and was told late."""

    subject_id: UUID
    noticed_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class GiveUpCase:
    """It ended before it was accepted: refused, withdrawn, or never supplemented."""

    subject_id: UUID
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class CorrectLapse:
    """It had been supplemented in time, and that was told late: it goes on."""

    subject_id: UUID
    received_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class FollowRoute:
    """Who holds the case now."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class VoidRoute:
    """The acceptance that it rested on was corrected: routing has nothing more to tell of it."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class StartStep:
    """It is an office's turn."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    kind: StepKind
    seq: int
    office: Holder
    started_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class EndStep:
    """The office has done its part, or sent it back."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    seq: int
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class DecideCase:
    """It is decided: what was to be decided in time stops, and the result is to be delivered."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    decided_at: datetime
    awaits_delivery: bool
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class EndCase:
    """Delivered, closed, or withdrawn after it was accepted."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class PauseCase:
    """A special procedure goes on: what it takes does not count (行政许可法 art. 45)."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    standstill: Standstill
    procedure: ProcedureKind
    expected_days: int
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ResumeCase:
    """It is over. `standstill_id`: which."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    standstill_id: UUID
    procedure: ProcedureKind
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class ExtendCase:
    """More time was approved: `days`, in the units of each clock that counts days."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    days: int
    approved_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Its decision was set aside: a new cycle, with new clocks. The old ones stay as they were."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    item: Item
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
    channel: ComplaintChannel
    lodged_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class HandleComplaint:
    """It was accepted: the period of acceptance is over, that of handling runs."""

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
class PassComplaintOn:
    """Another organ has it: it has its own time to say whether it accepts it."""

    subject_id: UUID
    handling: Handling
    complaint_kind: ComplaintKind
    passed_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ExtendComplaint:
    subject_id: UUID
    days: int
    extended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class AnswerComplaint:
    """The complainant has the answer, and may ask for it to be reviewed."""

    subject_id: UUID
    complaint_kind: ComplaintKind | None
    level: ComplaintLevel
    replied_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ReviewComplaint:
    """The organ above has it now."""

    subject_id: UUID
    handling: Handling
    level: ComplaintLevel
    escalated_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class GiveUpComplaint:
    """It was refused."""

    subject_id: UUID
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class FireSignals:
    """The clock was due to signal at `fire_at`, as far as whoever looked could see."""

    subject_id: UUID
    clock_id: UUID
    fire_at: datetime
    now: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class AppealCard:
    """The head of the unit does not agree with a card. `appeal` is sealed."""

    subject_id: UUID
    card_id: UUID
    appeal: bytes
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class SettleCard:
    """Somebody above revokes a card, or upholds it against an appeal. `said` is sealed."""

    subject_id: UUID
    card_id: UUID
    revoke: bool
    said: bytes
    at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class WeighCard:
    """A yellow card was issued at `fire_at`, where two in twelve months are a red one.

    `others`: when the unit was given those that hold.
    """

    subject_id: UUID
    card_id: UUID
    others: tuple[datetime, ...]
    fire_at: datetime
    now: datetime
    by: Cause


RouteCommand = (
    FollowRoute
    | VoidRoute
    | StartStep
    | EndStep
    | PauseCase
    | ResumeCase
    | ExtendCase
    | DecideCase
    | EndCase
    | ReopenCase
)
CaseCommand = (
    OpenCase
    | AwaitSupplement
    | TakeSupplement
    | StartCaseClocks
    | CorrectDeeming
    | GiveUpCase
    | CorrectLapse
    | RouteCommand
)
ComplaintCommand = (
    OpenComplaint
    | PassComplaintOn
    | HandleComplaint
    | ExtendComplaint
    | KeepAway
    | AnswerComplaint
    | ReviewComplaint
    | GiveUpComplaint
)
CardCommand = AppealCard | SettleCard | WeighCard
Command = CaseCommand | ComplaintCommand | CardCommand | RecountClocks | FireSignals
