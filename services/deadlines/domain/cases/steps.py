"""A case moves along its route: who holds it, and the clocks of single steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bianmin.domain.access import Holder, Reach
from bianmin.events.parts import StepKind
from bianmin.kit.decide import Cause
from services.deadlines.domain.cases.clock_kinds import of_kind
from services.deadlines.domain.clocks.clock import ResponsibleUnit
from services.deadlines.domain.lifecycle.changes import stop_clocks
from services.deadlines.domain.lifecycle.facts import Fact, HoldersChanged, PhaseChanged
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_step


@dataclass(frozen=True, slots=True)
class FollowRoute:
    """Record which offices hold the case now."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class VoidRouteClocks:
    """Routing has cancelled the route, because the acceptance was corrected. Intake's correction follows."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class StartStep:
    """Start the clock of step `seq`, for which `office` is responsible."""

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
    """Stop the clock of step `seq`: the office has completed the step or returned the case."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    seq: int
    ended_at: datetime
    by: Cause


def change_holders(case: Subject, holders: tuple[Holder, ...]) -> Sequence[Fact]:
    """Record the offices that hold the case, where they are others than before."""
    assert isinstance(case.reach, Reach), "a case has a reach"
    return [HoldersChanged(holders)] if holders != case.reach.holders else []


def void_route(case: Subject) -> Sequence[Fact]:
    """Mark an accepted case as void. Its clocks go on until intake's correction cancels them."""
    return [PhaseChanged("void")] if case.phase == "accepted" else []


def start_step(book: Rulebook, case: Subject, command: StartStep) -> Sequence[Fact]:
    """Start the clock of a step, where the step has a term of its own (行政许可法 art. 43). Raises `YearMissing`."""
    if case.phase != "accepted" or any(map(of_kind("step", str(command.seq)), case.open_clocks)):
        return []
    office = ResponsibleUnit(command.office.org, command.office.dept)
    terms = terms_of_step(command.kind, command.seq)
    return start_clocks(book, case, terms, command.started_at, command.clock_ids, office)


def end_step(book: Rulebook, case: Subject, command: EndStep) -> Sequence[Fact]:
    """Stop the clock of a step. Raises `YearMissing`."""
    return stop_clocks(book, case, command.ended_at, of_kind("step", str(command.seq)))
