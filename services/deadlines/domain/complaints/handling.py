"""A complaint is lodged, accepted, refused, transferred or extended; staff are recused from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from uuid import UUID

from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.parts import ComplaintChannel, ComplaintKind
from bianmin.kit.decide import Cause
from services.deadlines.domain.clocks.clock import Clock
from services.deadlines.domain.lifecycle.changes import extend_clocks, stop_all, stop_clocks, transfer_clocks
from services.deadlines.domain.lifecycle.facts import Fact, HandlingChanged, PhaseChanged, evolve
from services.deadlines.domain.lifecycle.start import open_subject, start_clocks
from services.deadlines.domain.lifecycle.subject import Subject, require_not_over
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import (
    terms_of_accepted_complaint,
    terms_of_lodged_complaint,
    terms_of_transferred_complaint,
)


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    """Start the clocks of a lodged complaint."""

    subject_id: UUID
    handling: ComplaintParties
    complaint_kind: ComplaintKind
    channel: ComplaintChannel
    lodged_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class HandleComplaint:
    """The complaint is accepted: stop the clock of acceptance, start the clock of handling."""

    subject_id: UUID
    handling: ComplaintParties
    complaint_kind: ComplaintKind
    accepted_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ChangeHandling:
    """More staff are recused. `handling` names all who are."""

    subject_id: UUID
    handling: ComplaintParties
    by: Cause


@dataclass(frozen=True, slots=True)
class TransferComplaintClocks:
    """Another organ has the complaint since `transferred_at`, and its own time to accept it."""

    subject_id: UUID
    handling: ComplaintParties
    complaint_kind: ComplaintKind
    transferred_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ExtendComplaint:
    """Extend the clock of handling by `days`."""

    subject_id: UUID
    days: int
    extended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class CloseRefusedComplaint:
    """The complaint was refused: stop all its clocks."""

    subject_id: UUID
    ended_at: datetime
    by: Cause


def open_complaint(book: Rulebook, known: Subject | None, command: OpenComplaint) -> Sequence[Fact]:
    """Open a lodged complaint and start its clocks (信访工作条例 art. 23). Raises `YearMissing`."""
    if known:
        return []
    complaint = Subject(command.subject_id, command.handling)
    terms = terms_of_lodged_complaint(command.complaint_kind, command.channel)
    clocks = start_clocks(book, complaint, terms, command.lodged_at, command.clock_ids)
    return [*open_subject(None, complaint), *clocks]


def handle_complaint(book: Rulebook, known: Subject | None, command: HandleComplaint) -> Sequence[Fact]:
    """Stop the clocks of acceptance and return, start the clock of handling (信访工作条例 art. 34).

    Raises `TooLate`, `YearMissing`.
    """
    complaint = known or Subject(command.subject_id, command.handling)
    if require_not_over(complaint).phase != "open":
        return []
    at, terms = command.accepted_at, terms_of_accepted_complaint(command.complaint_kind)
    return [
        *open_subject(known, complaint),
        *stop_clocks(book, complaint, at, _is_before_acceptance),
        *start_clocks(book, complaint, terms, at, command.clock_ids),
        PhaseChanged("accepted"),
    ]


def transfer_complaint(book: Rulebook, complaint: Subject, command: TransferComplaintClocks) -> Sequence[Fact]:
    """Give the new organ the full time to accept or return the complaint (信访工作条例 art. 23).

    A hotline order goes on, and the new organ is responsible for it. All other clocks stop, orders to make up for a
    missed clock too. Raises `YearMissing`.
    """
    if complaint.phase != "open":
        return []
    at = command.transferred_at
    transferred = replace(complaint, reach=command.handling)
    terms = terms_of_transferred_complaint(by_hotline=any(map(is_hotline_order, complaint.clocks)))
    stopped = stop_clocks(book, complaint, at, lambda clock: not is_hotline_order(clock))
    left = reduce(evolve, stopped, complaint)
    return [
        *stopped,
        *transfer_clocks(book, left, transferred.responsible, at),
        *change_handling(complaint, command.handling),
        *start_clocks(book, transferred, terms, at, command.clock_ids),
    ]


def extend_complaint(book: Rulebook, complaint: Subject, command: ExtendComplaint) -> Sequence[Fact]:
    """Extend the clock of handling (信访工作条例 art. 34); a hotline order by what its policy allows at most.

    Raises `YearMissing`.
    """

    def by(clock: Clock) -> int:
        if is_hotline_order(clock):
            return min(command.days, clock.term.extension)
        return command.days if clock.term.stage == "handling" else 0

    return extend_clocks(book, complaint, by, command.extended_at)


def close_refused_complaint(book: Rulebook, complaint: Subject, command: CloseRefusedComplaint) -> Sequence[Fact]:
    """Stop all clocks of a refused complaint. Raises `YearMissing`."""
    if complaint.phase == "over":
        return []
    return [*stop_all(book, complaint, command.ended_at), PhaseChanged("over")]


def change_handling(complaint: Subject, handling: ComplaintParties) -> Sequence[Fact]:
    """Record where the complaint is and who is recused, where that differs from before."""
    return [HandlingChanged(handling)] if handling != complaint.reach else []


def is_hotline_order(clock: Clock) -> bool:
    """Whether `clock` is a hotline order itself, not the window to return it."""
    return clock.term.kind == "hotline" and not clock.term.is_window


def _is_before_acceptance(clock: Clock) -> bool:
    return clock.term.stage in ("acceptance", "return")
