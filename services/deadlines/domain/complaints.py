"""What happens to a complaint decides what happens to its clocks."""

from collections.abc import Sequence
from typing import assert_never

from services.deadlines.domain import terms
from services.deadlines.domain.commands import ComplaintCommand, EndComplaint, HandleComplaint, KeepAway, OpenComplaint
from services.deadlines.domain.facts import Entered, KeptAway, Opened
from services.deadlines.domain.moves import opening, start, stop_all
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject, check_before_the_end


def decide_complaint(book: Rulebook, complaint: Subject | None, command: ComplaintCommand) -> Sequence[object]:
    """What has happened already makes no facts."""
    match command:
        case OpenComplaint():
            return [] if complaint else _lodge(book, command)
        case HandleComplaint():
            return _accept(book, complaint, command)
        case KeepAway(handling=handling):
            return [KeptAway(handling)] if complaint and complaint.reach != handling else []
        case EndComplaint(replied_at=replied_at):
            if complaint is None or complaint.phase == "over":
                return []
            return [*stop_all(book, complaint, replied_at), Entered("over")]
    assert_never(command)


def _lodge(book: Rulebook, command: OpenComplaint) -> Sequence[object]:
    complaint = Subject(command.subject_id, command.handling)
    to_keep = terms.of_lodged_complaint(command.complaint_kind)
    return [Opened(complaint), *start(book, complaint, to_keep, command.lodged_at, command.clock_ids)]


def _accept(book: Rulebook, known: Subject | None, command: HandleComplaint) -> Sequence[object]:
    complaint = known or Subject(command.subject_id, command.handling)
    if check_before_the_end(complaint).phase != "open":
        return []
    to_keep = terms.of_accepted_complaint(command.complaint_kind)
    return [
        *opening(known, complaint),
        *stop_all(book, complaint, command.accepted_at),
        *start(book, complaint, to_keep, command.accepted_at, command.clock_ids),
        Entered("accepted"),
    ]
