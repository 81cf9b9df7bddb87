"""The applicant is asked for missing materials, and brings them or does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.kit.decide import Cause
from bianmin.kit.time_source import TZ
from services.deadlines.domain.cases.clock_kinds import is_notice_clock, is_supplement_clock
from services.deadlines.domain.clocks.stopping import correct_stop
from services.deadlines.domain.lifecycle.breaches import apply_clock_changes
from services.deadlines.domain.lifecycle.changes import stop_clocks
from services.deadlines.domain.lifecycle.facts import Fact, PhaseChanged
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.law import COMPLETENESS
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_notice


@dataclass(frozen=True, slots=True)
class AwaitSupplement:
    """Start the window for the supplement. `wait_days`: its days as announced with the notice, None where none were."""

    subject_id: UUID
    noticed_at: datetime
    wait_days: int | None
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class RecordSupplement:
    """All missing materials have come: the case counts as received again."""

    subject_id: UUID
    received_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class CorrectLapse:
    """Undo a lapse: the supplement came in time, at `received_at`, and was reported late."""

    subject_id: UUID
    received_at: datetime
    by: Cause


def await_supplement(book: Rulebook, case: Subject, command: AwaitSupplement) -> Sequence[Fact]:
    """Stop the completeness clock and start the window for the supplement. A later notice replaces an earlier one.

    Raises `YearMissing`.
    """
    at, terms = command.noticed_at, terms_of_notice(command.wait_days)
    noticed = stop_clocks(book, case, at, is_notice_clock)
    running = [(clock.term.budget, clock.period.start_on) for clock in case.open_clocks if is_supplement_clock(clock)]
    if case.phase != "open" or [(term.budget, at.astimezone(TZ).date()) for term in terms] == running:
        return noticed
    replaced = stop_clocks(book, case, at, is_supplement_clock)
    return [*noticed, *replaced, *start_clocks(book, case, terms, at, command.clock_ids)]


def record_supplement(book: Rulebook, case: Subject, command: RecordSupplement) -> Sequence[Fact]:
    """Stop the window and start a new completeness clock. Materials nobody asked for change nothing.

    Raises `YearMissing`.
    """
    if case.phase != "open" or case.item is None or any(map(is_notice_clock, case.open_clocks)):
        return []
    at = command.received_at
    awaited = stop_clocks(book, case, at, is_supplement_clock)
    return [*awaited, *start_clocks(book, case, [COMPLETENESS], at, command.clock_ids)]


def correct_lapse(book: Rulebook, case: Subject, command: CorrectLapse) -> Sequence[Fact]:
    """Reopen a lapsed case, with its window stopped when the supplement came. Raises `YearMissing`."""
    if case.phase != "over":
        return []
    at = command.received_at
    last_window = [clock for clock in case.clocks if is_supplement_clock(clock)][-1:]
    corrected = [correct_stop(clock, case.kind, at) for clock in last_window]
    return [*apply_clock_changes(book, case, corrected, at), PhaseChanged("open")]
