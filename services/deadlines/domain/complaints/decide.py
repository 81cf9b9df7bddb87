"""What is decided about a complaint: events of complaints, each as a command."""

from collections.abc import Sequence
from typing import assert_never

from services.deadlines.domain.complaints.handling import (
    ChangeHandling,
    CloseRefusedComplaint,
    ExtendComplaint,
    HandleComplaint,
    OpenComplaint,
    TransferComplaintClocks,
    change_handling,
    close_refused_complaint,
    extend_complaint,
    handle_complaint,
    open_complaint,
    transfer_complaint,
)
from services.deadlines.domain.complaints.review import (
    AnswerComplaint,
    ReviewComplaint,
    answer_complaint,
    review_complaint,
)
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.terms.rulebook import Rulebook

ComplaintCommand = (
    OpenComplaint
    | TransferComplaintClocks
    | HandleComplaint
    | ExtendComplaint
    | ChangeHandling
    | AnswerComplaint
    | ReviewComplaint
    | CloseRefusedComplaint
)


def decide_complaint(book: Rulebook, complaint: Subject | None, command: ComplaintCommand) -> Sequence[Fact]:
    """Return the facts of a command about a complaint; none where its act has happened before.

    Only being lodged and being accepted open a complaint; other commands about an unknown one make no facts. Raises
    `TooLate`, `YearMissing`.
    """
    match command:
        case OpenComplaint():
            return open_complaint(book, complaint, command)
        case HandleComplaint():
            return handle_complaint(book, complaint, command)
    if complaint is None:
        return []
    match command:
        case TransferComplaintClocks():
            return transfer_complaint(book, complaint, command)
        case ExtendComplaint():
            return extend_complaint(book, complaint, command)
        case ChangeHandling(handling=handling):
            return change_handling(complaint, handling)
        case AnswerComplaint():
            return answer_complaint(book, complaint, command)
        case ReviewComplaint():
            return review_complaint(book, complaint, command)
        case CloseRefusedComplaint():
            return close_refused_complaint(book, complaint, command)
    assert_never(command)
