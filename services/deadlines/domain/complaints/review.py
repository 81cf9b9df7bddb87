"""A complaint is answered, and the complainant asks for a review of the answer (复查, 复核)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.complaint_access import ComplaintParties
from bianmin.events.parts import ComplaintKind, ComplaintLevel
from bianmin.kit.decide import Cause
from services.deadlines.domain.complaints.handling import change_handling
from services.deadlines.domain.lifecycle.changes import stop_all
from services.deadlines.domain.lifecycle.facts import Fact, PhaseChanged
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_answered_complaint, terms_of_escalated_complaint


@dataclass(frozen=True, slots=True)
class AnswerComplaint:
    """The complainant has the answer of this level. `complaint_kind`: None where the event does not say it."""

    subject_id: UUID
    complaint_kind: ComplaintKind | None
    level: ComplaintLevel
    replied_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ReviewComplaint:
    """The complainant has asked for a review: the organ above handles the complaint since `escalated_at`."""

    subject_id: UUID
    handling: ComplaintParties
    level: ComplaintLevel
    escalated_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


def answer_complaint(book: Rulebook, complaint: Subject, command: AnswerComplaint) -> Sequence[Fact]:
    """Stop all clocks; start the window to ask for the next review (信访工作条例 art. 35, 36). Raises `YearMissing`."""
    if complaint.phase in ("decided", "over"):
        return []
    at, terms = command.replied_at, terms_of_answered_complaint(command.complaint_kind, command.level)
    return [
        *stop_all(book, complaint, at),
        *start_clocks(book, complaint, terms, at, command.clock_ids),
        PhaseChanged("decided" if terms else "over"),
    ]


def review_complaint(book: Rulebook, complaint: Subject, command: ReviewComplaint) -> Sequence[Fact]:
    """Stop the window; start the clock of the review (信访工作条例 art. 35, 36). Raises `YearMissing`."""
    if complaint.phase != "decided":
        return []
    at, escalated = command.escalated_at, replace(complaint, reach=command.handling)
    return [
        *stop_all(book, complaint, at),
        *change_handling(complaint, command.handling),
        *start_clocks(book, escalated, terms_of_escalated_complaint(command.level), at, command.clock_ids),
        PhaseChanged("accepted"),
    ]
