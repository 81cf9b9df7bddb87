"""What deadlines decides: the facts that a command makes of a subject and its clocks."""

from collections.abc import Sequence
from typing import assert_never

from services.deadlines.domain.cases.decide import CaseCommand, decide_case
from services.deadlines.domain.complaints.decide import ComplaintCommand, decide_complaint
from services.deadlines.domain.lifecycle.card_review import CardCommand, decide_card
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject
from services.deadlines.domain.lifecycle.timers import TimerCommand, decide_timer
from services.deadlines.domain.terms.rulebook import Rulebook

Command = CaseCommand | ComplaintCommand | CardCommand | TimerCommand


def decide(book: Rulebook, subject: Subject | None, command: Command) -> Sequence[Fact]:
    """Return the facts of a command, by the calendars and policies of `book`; none where its act has happened before.

    Raises `YearMissing`, `SubjectNotReady`, `TooLate`, and the refusals of `decide_card`.
    """
    if isinstance(command, TimerCommand):
        assert subject is not None, "a timer found the subject"
        return decide_timer(book, subject, command)
    if isinstance(command, CardCommand):
        assert subject is not None, "somebody found the card of the subject"
        return decide_card(book, subject, command)
    if isinstance(command, ComplaintCommand):
        return decide_complaint(book, subject, command)
    if isinstance(command, CaseCommand):
        return decide_case(book, subject, command)
    assert_never(command)
