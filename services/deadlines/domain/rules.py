"""What happens to a matter decides what happens to its clocks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never
from uuid import UUID

from bianmin.events.deadlines import ClockRed, ClockStarted, ClockStopped, ClockYellow
from bianmin.kit.access import Holder, Reach
from bianmin.kit.refusals import Conflict, NotFound
from services.deadlines.domain import terms
from services.deadlines.domain.clock import Clock, moved, signal, start, started, stop
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.subject import (
    Command,
    EndComplaint,
    FireSignals,
    FollowRoute,
    GiveUpCase,
    HandleComplaint,
    KeepAway,
    OpenCase,
    OpenComplaint,
    Phase,
    StartCaseClocks,
    Subject,
)
from services.deadlines.domain.terms import Term
from services.deadlines.domain.visibility import Handling


@dataclass(frozen=True, slots=True)
class Opened:
    subject: Subject


@dataclass(frozen=True, slots=True)
class Entered:
    phase: Phase


@dataclass(frozen=True, slots=True)
class HoldersMoved:
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class KeptAway:
    handling: Handling


@dataclass(frozen=True, slots=True)
class ClockSet:
    """A clock as it starts. `ClockStarted` tells the others of it."""

    clock: Clock


class NotYet(NotFound):
    slug, title = "not-yet", "尚未办到这一步"


class TooLate(Conflict):
    slug, title = "too-late", "事项已经办结"


def decide(calendars: Calendars, subject: Subject | None, command: Command) -> Sequence[object]:
    """The facts a command makes of a matter. What has happened already makes none."""
    match command:
        case OpenCase(subject_id, reach):
            return [] if subject else [Opened(Subject(subject_id, reach))]
        case StartCaseClocks():
            return _accept_case(calendars, subject, command)
        case GiveUpCase():
            return [Entered("over")] if subject and subject.phase == "open" else []
        case FollowRoute():
            return _follow(subject, command)
        case OpenComplaint():
            return [] if subject else _lodge(calendars, command)
        case HandleComplaint():
            return _accept_complaint(calendars, subject, command)
        case KeepAway(handling=handling):
            return [KeptAway(handling)] if subject and subject.reach != handling else []
        case EndComplaint():
            return _end(subject, command.replied_at) if subject else []
        case FireSignals(clock_id=clock_id, now=now):
            assert subject is not None, "a clock that was found due has a subject"
            return signal(subject.clock(clock_id), subject.kind, now)
    assert_never(command)


def _accept_case(calendars: Calendars, subject: Subject | None, command: StartCaseClocks) -> Sequence[object]:
    case = subject or Subject(command.subject_id, command.reach)
    if not _may_be_accepted(case):
        return []
    running = _start(calendars, case, terms.of_accepted_case(command.item), command.accepted_on, command.clock_ids)
    return [*_opening(subject, case), *running, Entered("accepted")]


def _follow(case: Subject | None, command: FollowRoute) -> Sequence[object]:
    """Routing's word on who holds the case, and on its end. It comes on another topic than the acceptance."""
    if case is None:
        raise NotYet("尚未收到该办件的登记；收到后自动处理。")
    if command.ended_at is not None and case.phase == "open":
        raise NotYet("尚未收到该办件的受理；收到后自动处理。")
    facts: list[object] = []
    assert isinstance(case.reach, Reach)
    if command.holders != case.reach.holders:
        facts.append(HoldersMoved(command.holders))
    if command.ended_at is not None:
        facts += _end(case, command.ended_at)
    return facts


def _lodge(calendars: Calendars, command: OpenComplaint) -> Sequence[object]:
    complaint = Subject(command.subject_id, command.handling)
    to_keep = terms.of_lodged_complaint(command.complaint_kind)
    return [Opened(complaint), *_start(calendars, complaint, to_keep, command.lodged_on, command.clock_ids)]


def _accept_complaint(calendars: Calendars, subject: Subject | None, command: HandleComplaint) -> Sequence[object]:
    complaint = subject or Subject(command.subject_id, command.handling)
    if not _may_be_accepted(complaint):
        return []
    to_keep = terms.of_accepted_complaint(command.complaint_kind)
    return [
        *_opening(subject, complaint),
        *_stop(complaint, command.accepted_at),
        *_start(calendars, complaint, to_keep, command.accepted_on, command.clock_ids),
        Entered("accepted"),
    ]


def _may_be_accepted(subject: Subject) -> bool:
    """Once: a repetition changes nothing. Raises `TooLate` after the end."""
    if subject.phase == "over":
        raise TooLate("事项已经办结，不再计时。")
    return subject.phase == "open"


def _opening(known: Subject | None, subject: Subject) -> Sequence[object]:
    """A matter can be met at its acceptance first, by a reader that came later than it."""
    return [] if known else [Opened(subject)]


def _start(
    calendars: Calendars, subject: Subject, to_keep: Sequence[Term], on: date, ids: Sequence[UUID]
) -> list[object]:
    answerable = subject.answerable
    clocks = start(calendars.of(answerable.org), to_keep, ids, on, answerable)
    return [fact for clock in clocks for fact in (ClockSet(clock), started(clock, subject.kind))]


def _end(subject: Subject, at: datetime) -> list[object]:
    return [] if subject.phase == "over" else [*_stop(subject, at), Entered("over")]


def _stop(subject: Subject, at: datetime) -> list[ClockStopped]:
    return [told for clock in subject.clocks for told in stop(clock, subject.kind, at)]


def evolve(subject: Subject | None, fact: object) -> Subject:
    """The matter after a fact."""
    if isinstance(fact, Opened):
        return fact.subject
    assert subject is not None
    return replace(subject, **_changes(subject, fact))


def _changes(subject: Subject, fact: object) -> dict[str, Any]:
    match fact:
        case Entered(phase):
            return {"phase": phase}
        case HoldersMoved(holders):
            assert isinstance(subject.reach, Reach)
            return {"reach": replace(subject.reach, holders=holders)}
        case KeptAway(handling):
            return {"reach": handling}
        case ClockSet(clock):
            return {"clocks": (*subject.clocks, clock)}
        case ClockStarted():
            return {}
        case ClockYellow() | ClockRed() | ClockStopped():
            return {"clocks": tuple(moved(one, fact) if one.id == fact.clock_id else one for one in subject.clocks)}
    raise AssertionError(f"unknown fact {type(fact).__name__}")
