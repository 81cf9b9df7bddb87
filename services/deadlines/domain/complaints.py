"""What happens to a complaint decides what happens to its clocks."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import assert_never

from services.deadlines.domain import terms
from services.deadlines.domain.beginning import opening, start
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.commands import (
    AnswerComplaint,
    ComplaintCommand,
    ExtendComplaint,
    GiveUpComplaint,
    HandleComplaint,
    KeepAway,
    OpenComplaint,
    PassComplaintOn,
    ReviewComplaint,
)
from services.deadlines.domain.facts import Entered, KeptAway, Opened, evolve
from services.deadlines.domain.moves import extend, hand_on, stop, stop_all
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject, check_before_the_end
from services.deadlines.domain.visibility import Handling


def decide_complaint(book: Rulebook, complaint: Subject | None, command: ComplaintCommand) -> Sequence[object]:
    """What has happened already makes no facts; nor does what is told of a complaint that was never heard of."""
    match command:
        case OpenComplaint():
            return [] if complaint else _lodge(book, command)
        case HandleComplaint():
            return _accept(book, complaint, command)
    if complaint is None:
        return []
    match command:
        case PassComplaintOn():
            return _pass_on(book, complaint, command)
        case ExtendComplaint():
            return _extend(book, complaint, command)
        case KeepAway(handling=handling):
            return _reached(complaint, handling)
        case AnswerComplaint():
            return _answer(book, complaint, command)
        case ReviewComplaint():
            return _review(book, complaint, command)
        case GiveUpComplaint(ended_at=ended_at):
            return [] if complaint.phase == "over" else [*stop_all(book, complaint, ended_at), Entered("over")]
    assert_never(command)


def _lodge(book: Rulebook, command: OpenComplaint) -> Sequence[object]:
    complaint = Subject(command.subject_id, command.handling)
    to_keep = terms.of_lodged_complaint(command.complaint_kind, command.channel)
    return [Opened(complaint), *start(book, complaint, to_keep, command.lodged_at, command.clock_ids)]


def _pass_on(book: Rulebook, complaint: Subject, command: PassComplaintOn) -> Sequence[object]:
    """Whoever has it now has as long as the one before; an order of the hotline goes on, and is theirs from now on. To
    make up for what was missed nobody can be asked any more."""
    if complaint.phase != "open":
        return []
    passed = replace(complaint, reach=command.handling)
    to_keep = terms.of_passed_complaint(by_hotline=any(map(_is_order, complaint.clocks)))
    stopped = stop(book, complaint, command.passed_at, lambda clock: not _is_order(clock))
    others = reduce(evolve, stopped, complaint)
    return [
        *stopped,
        *hand_on(book, others, passed.answerable, command.passed_at),
        *_reached(complaint, command.handling),
        *start(book, passed, to_keep, command.passed_at, command.clock_ids),
    ]


def _extend(book: Rulebook, complaint: Subject, command: ExtendComplaint) -> Sequence[object]:
    """The handling; and an order of the hotline with it, as far as that may be."""

    def by(clock: Clock) -> int:
        if _is_order(clock):
            return min(command.days, clock.term.extension)
        return command.days if clock.term.stage == "handling" else 0

    return extend(book, complaint, by, command.extended_at)


def _accept(book: Rulebook, known: Subject | None, command: HandleComplaint) -> Sequence[object]:
    complaint = known or Subject(command.subject_id, command.handling)
    if check_before_the_end(complaint).phase != "open":
        return []
    to_keep = terms.of_accepted_complaint(command.complaint_kind)
    return [
        *opening(known, complaint),
        *stop(book, complaint, command.accepted_at, _is_considered),
        *start(book, complaint, to_keep, command.accepted_at, command.clock_ids),
        Entered("accepted"),
    ]


def _answer(book: Rulebook, complaint: Subject, command: AnswerComplaint) -> Sequence[object]:
    if complaint.phase in ("decided", "over"):
        return []
    to_keep = terms.of_answered_complaint(command.complaint_kind, command.level)
    return [
        *stop_all(book, complaint, command.replied_at),
        *start(book, complaint, to_keep, command.replied_at, command.clock_ids),
        Entered("decided" if to_keep else "over"),
    ]


def _review(book: Rulebook, complaint: Subject, command: ReviewComplaint) -> Sequence[object]:
    if complaint.phase != "decided":
        return []
    reviewed = replace(complaint, reach=command.handling)
    to_keep = terms.of_escalated_complaint(command.level)
    return [
        *stop_all(book, complaint, command.escalated_at),
        *_reached(complaint, command.handling),
        *start(book, reviewed, to_keep, command.escalated_at, command.clock_ids),
        Entered("accepted"),
    ]


def _reached(complaint: Subject, handling: Handling) -> Sequence[object]:
    return [KeptAway(handling)] if handling != complaint.reach else []


def _is_considered(clock: Clock) -> bool:
    return clock.term.stage in ("acceptance", "return")


def _is_order(clock: Clock) -> bool:
    """Whether it is an order of the hotline itself, not the time to return it."""
    return clock.term.kind == "hotline" and not clock.term.is_window
