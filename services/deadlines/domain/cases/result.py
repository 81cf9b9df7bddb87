"""A case is decided, delivered or closed; or its decision is set aside, and it is reopened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.access import Holder
from bianmin.kit.decide import Cause
from services.deadlines.domain.lifecycle.changes import stop_all
from services.deadlines.domain.lifecycle.facts import CycleStarted, Fact, PhaseChanged
from services.deadlines.domain.lifecycle.start import start_clocks
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.law import DELIVERY
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_accepted_case
from services.deadlines.domain.terms.term import ItemTerms


@dataclass(frozen=True, slots=True)
class DecideCase:
    """The case is decided. `awaits_delivery`: whether the result has still to be delivered."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    decided_at: datetime
    awaits_delivery: bool
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class EndCase:
    """The case is delivered, closed, or withdrawn after acceptance."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    ended_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class RestartCaseClocks:
    """The decision was set aside: start a new cycle with new clocks. The old clocks stay as they are."""

    subject_id: UUID
    holders: tuple[Holder, ...]
    item: ItemTerms
    reopened_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


def decide_result(book: Rulebook, case: Subject, command: DecideCase) -> Sequence[Fact]:
    """Stop all clocks; start the delivery clock where the result is to be delivered (行政许可法 art. 44).

    Raises `YearMissing`.
    """
    if case.phase == "over" or (case.phase == "decided" and command.awaits_delivery):
        return []
    at = command.decided_at
    stopped = stop_all(book, case, at)
    if not command.awaits_delivery or case.item is None:
        return [*stopped, PhaseChanged("over")]
    delivery = start_clocks(book, replace(case, pauses=()), [DELIVERY], at, command.clock_ids)
    return [*stopped, *delivery, PhaseChanged("decided")]


def end_case(book: Rulebook, case: Subject, command: EndCase) -> Sequence[Fact]:
    """Stop all clocks. Raises `YearMissing`."""
    return [] if case.phase == "over" else [*stop_all(book, case, command.ended_at), PhaseChanged("over")]


def restart_clocks(book: Rulebook, case: Subject, command: RestartCaseClocks) -> Sequence[Fact]:
    """Start a new cycle of a decided case with the clocks of an accepted one. Raises `YearMissing`.

    The delivery of the old decision is not timed any more.
    """
    if case.phase not in ("decided", "over"):
        return []
    at = command.reopened_at
    again = replace(case, cycle=case.cycle + 1, phase="accepted", pauses=())
    new = start_clocks(book, again, terms_of_accepted_case(command.item), at, command.clock_ids)
    return [*stop_all(book, case, at), CycleStarted(again.cycle), *new, PhaseChanged("accepted")]
