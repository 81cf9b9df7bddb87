"""A case is registered, accepted, or closed before acceptance; and a deemed acceptance is corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bianmin.domain.access import Reach
from bianmin.kit.decide import Cause
from services.deadlines.domain.cases.clock_kinds import is_notice_clock
from services.deadlines.domain.clocks.stopping import correct_stop
from services.deadlines.domain.lifecycle.breaches import apply_clock_changes
from services.deadlines.domain.lifecycle.changes import cancel_all, stop_all, stop_clocks
from services.deadlines.domain.lifecycle.facts import Fact, ItemRecorded, PhaseChanged
from services.deadlines.domain.lifecycle.start import open_subject, start_clocks
from services.deadlines.domain.lifecycle.subject import Subject, SubjectNotReady, require_not_over
from services.deadlines.domain.terms.law import COMPLETENESS
from services.deadlines.domain.terms.rulebook import Rulebook
from services.deadlines.domain.terms.selection import terms_of_accepted_case
from services.deadlines.domain.terms.term import ItemTerms


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Start the completeness clock of a registered case. `received_at`: when it was received at the desk."""

    subject_id: UUID
    reach: Reach
    item: ItemTerms
    received_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class StartCaseClocks:
    """Start the promised and the statutory clock of an accepted case. `clock_ids`: one for each that may start.

    `accepted_at`: when the periods start. `done_at`: when the completeness clock stops; for a deemed acceptance, when
    it was detected.
    """

    subject_id: UUID
    reach: Reach
    item: ItemTerms
    accepted_at: datetime
    done_at: datetime
    clock_ids: tuple[UUID, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class CorrectDeeming:
    """Undo a deemed acceptance: the notice was given in time, at `noticed_at`, and reported late."""

    subject_id: UUID
    noticed_at: datetime
    by: Cause


@dataclass(frozen=True, slots=True)
class CloseUnacceptedCase:
    """End a case before acceptance: it was refused or withdrawn, or its supplement never came."""

    subject_id: UUID
    ended_at: datetime
    by: Cause


def open_case(book: Rulebook, known: Subject | None, command: OpenCase) -> Sequence[Fact]:
    """Open the case and start its completeness clock (行政许可法 art. 32(4)). Raises `YearMissing`.

    A case that an older program opened has no item: it gets the item, and where it is not accepted yet the clock.
    """
    if known and known.item:
        return []
    if known:
        case = replace(known, item=command.item)
        opened: list[Fact] = [ItemRecorded(command.item)]
    else:
        case = Subject(command.subject_id, command.reach, item=command.item)
        opened = open_subject(None, case)
    if case.phase != "open":
        return opened
    return [*opened, *start_clocks(book, case, [COMPLETENESS], command.received_at, command.clock_ids)]


def accept_case(book: Rulebook, known: Subject | None, command: StartCaseClocks) -> Sequence[Fact]:
    """Stop the completeness clock; start the promised and the statutory one (行政许可法 art. 42).

    Raises `TooLate`, `YearMissing`.
    """
    case = known or Subject(command.subject_id, command.reach, item=command.item)
    if require_not_over(case).phase != "open":
        return []
    return [
        *open_subject(known, case),
        *stop_clocks(book, case, command.done_at),
        *start_clocks(book, case, terms_of_accepted_case(command.item), command.accepted_at, command.clock_ids),
        PhaseChanged("accepted"),
    ]


def correct_deeming(book: Rulebook, case: Subject, command: CorrectDeeming) -> Sequence[Fact]:
    """Cancel the clocks of a deemed acceptance, and stop the completeness clock at the notice: it was not missed.

    Only routing knows whether the case was decided meanwhile, and a decision stands: the command waits for routing.
    Raises `SubjectNotReady` until routing has voided the route, `YearMissing`.
    """
    if case.phase == "accepted" and case.cycle == 1:
        raise SubjectNotReady("尚未收到办理路线作废；收到后自动处理。")
    if case.phase != "void":
        return []
    at = command.noticed_at
    last_notice = [clock for clock in case.clocks if is_notice_clock(clock)][-1:]
    return [
        *cancel_all(book, case, at),
        *apply_clock_changes(book, case, [correct_stop(clock, case.kind, at) for clock in last_notice], at),
        PhaseChanged("open"),
    ]


def close_unaccepted_case(book: Rulebook, case: Subject | None, command: CloseUnacceptedCase) -> Sequence[Fact]:
    """Stop all clocks of a case that was not accepted. Raises `YearMissing`."""
    if case is None or case.phase != "open":
        return []
    return [*stop_all(book, case, command.ended_at), PhaseChanged("over")]
