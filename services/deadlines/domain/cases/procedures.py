"""Special procedures (特别程序) pause the clocks of a case: what they take does not count (行政许可法 art. 45)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.events.parts import ProcedureKind
from bianmin.kit.decide import Cause
from services.deadlines.domain.cases.clock_kinds import of_kind
from services.deadlines.domain.clocks.changes import with_pauses
from services.deadlines.domain.clocks.clock import SubjectPause
from services.deadlines.domain.lifecycle.changes import recalculate, stop_clocks
from services.deadlines.domain.lifecycle.facts import Fact, PauseChanged, evolve
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.periods.period import Pause
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_procedure


@dataclass(frozen=True, slots=True)
class PauseCase:
    """A special procedure has started. `expected_days`: the working days announced to the applicant for it."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    pause: SubjectPause
    procedure: ProcedureKind
    expected_days: int
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ResumeCase:
    """The special procedure of the pause `pause_id` has ended."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    pause_id: UUID
    procedure: ProcedureKind
    ended_at: datetime
    by: Cause


def pause_case(book: Rulebook, case: Subject, command: PauseCase) -> Sequence[Fact]:
    """Pause the clocks of an accepted case, and start the clock of the procedure itself. Raises `YearMissing`."""
    if case.phase != "accepted" or any(known.id == command.pause.id for known in case.pauses):
        return []
    started = PauseChanged(command.pause)
    since = command.pause.pause.since
    terms = terms_of_procedure(command.procedure, command.expected_days)
    return [
        started,
        *_recount_with_pauses(book, evolve(case, started), since),
        *start_clocks(book, case, terms, since, command.clock_ids),
    ]


def resume_case(book: Rulebook, case: Subject, command: ResumeCase) -> Sequence[Fact]:
    """End the pause, stop the clock of the procedure, and count the other clocks without the pause.

    Clocks stay paused while another procedure goes on. Raises `YearMissing`.
    """
    pause = next((known for known in case.open_pauses if known.id == command.pause_id), None)
    if pause is None:
        return []
    at = command.ended_at
    ended = replace(pause, pause=Pause(pause.pause.since, at))
    # the clock that stops is not counted with the others: the calendar may be another than when it started
    stopped = [PauseChanged(ended), *stop_clocks(book, case, at, of_kind("procedure", command.procedure))]
    return [*stopped, *_recount_with_pauses(book, reduce(evolve, stopped, case), at)]


def _recount_with_pauses(book: Rulebook, case: Subject, at: datetime) -> Sequence[Fact]:
    return recalculate(book, case, lambda clock: with_pauses(clock, case.pauses), at)
