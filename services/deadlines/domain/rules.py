"""What happens to a matter decides what happens to its clocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never
from uuid import UUID

from bianmin.events.deadlines import ClockExtended, ClockPaused, ClockRescheduled, ClockResumed
from bianmin.events.parts import ClockKind, EventData
from bianmin.kit.access import Holder, Reach
from bianmin.kit.actors import system
from bianmin.kit.clock import TZ
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, NotFound
from services.deadlines.domain import clock as clocks
from services.deadlines.domain import terms
from services.deadlines.domain.calendar import Calendar
from services.deadlines.domain.clock import Clock, basis, ending, naming
from services.deadlines.domain.periods import Pause, due
from services.deadlines.domain.regions import Calendars
from services.deadlines.domain.subject import (
    Command,
    EndComplaint,
    ExtendCase,
    FireSignals,
    FollowRoute,
    GiveUpCase,
    HandleComplaint,
    KeepAway,
    OpenCase,
    OpenComplaint,
    PauseCase,
    Phase,
    RecountClocks,
    ReopenCase,
    ResumeCase,
    Standstill,
    StartCaseClocks,
    Subject,
)
from services.deadlines.domain.terms import Term
from services.deadlines.domain.visibility import Handling

# Private facts: what a matter and its clocks are now. What the others are told stands beside them.


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
class CycleBegun:
    cycle: int


@dataclass(frozen=True, slots=True)
class StandstillKept:
    """A pause as it begins, and as it ends."""

    standstill: Standstill


@dataclass(frozen=True, slots=True)
class KeptAway:
    handling: Handling


@dataclass(frozen=True, slots=True)
class ClockSet:
    """A clock as it starts, and after each change."""

    clock: Clock


class NotYet(NotFound):
    slug, title = "not-yet", "尚未办到这一步"


class TooLate(Conflict):
    slug, title = "too-late", "事项已经办结"


Told = Callable[[Clock, Clock], EventData | None]
"""What the others are told of a change: of the clock before it and after it."""


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
            return _follow(calendars, subject, command)
        case PauseCase():
            return _pause(calendars, _accepted(subject), command)
        case ResumeCase():
            return _resume(calendars, _accepted(subject), command)
        case ExtendCase():
            return _extend(calendars, _accepted(subject), command)
        case ReopenCase():
            return _reopen(calendars, _accepted(subject), command)
        case RecountClocks():
            assert subject is not None, "a clock that crosses a changed day has a subject"
            return _recount(calendars, subject, command)
        case OpenComplaint():
            return [] if subject else _lodge(calendars, command)
        case HandleComplaint():
            return _accept_complaint(calendars, subject, command)
        case KeepAway(handling=handling):
            return [KeptAway(handling)] if subject and subject.reach != handling else []
        case EndComplaint():
            return _end(calendars, subject, command.replied_at) if subject else []
        case FireSignals(clock_id=clock_id, now=now):
            assert subject is not None, "a clock that was found due has a subject"
            return _changed(subject, [clocks.fire(subject.clock(clock_id), subject.kind, now)])
    assert_never(command)


def _accept_case(calendars: Calendars, subject: Subject | None, command: StartCaseClocks) -> Sequence[object]:
    case = subject or Subject(command.subject_id, command.reach)
    if not _may_be_accepted(case):
        return []
    to_keep = terms.of_accepted_case(command.item)
    running = _start(calendars, case, to_keep, command.accepted_at, command.clock_ids)
    return [*_opening(subject, case), *running, Entered("accepted")]


def _follow(calendars: Calendars, case: Subject | None, command: FollowRoute) -> Sequence[object]:
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
        facts += _end(calendars, case, command.ended_at)
    return facts


def _accepted(case: Subject | None) -> Subject:
    """Routing's acts presuppose the acceptance, which comes on another topic."""
    if case is None or case.phase == "open":
        raise NotYet("尚未收到该办件的受理；收到后自动处理。")
    return case


def _pause(calendars: Calendars, case: Subject, command: PauseCase) -> Sequence[object]:
    new = command.standstill
    if case.phase == "over" or any(known.id == new.id for known in case.standstills):
        return []

    def told(before: Clock, after: Clock) -> EventData | None:
        if (before.state, after.state) != ("running", "paused"):
            return None
        first_day = new.pause.since.astimezone(TZ).date()
        return ClockPaused(**naming(after, case.kind), paused_on=first_day, reason_code=new.reason)

    standstills = (*case.standstills, new)
    return [StandstillKept(new), *_recounted(calendars, case, _standing_still(standstills), new.pause.since, told)]


def _resume(calendars: Calendars, case: Subject, command: ResumeCase) -> Sequence[object]:
    open_ones = [known for known in case.standstills if known.pause.until is None]
    ended = next((known for known in open_ones if known.id == command.standstill_id), None)
    if ended is None:
        return []
    over = replace(ended, pause=Pause(ended.pause.since, command.ended_at))

    def told(before: Clock, after: Clock) -> EventData | None:
        if (before.state, after.state) != ("paused", "running"):
            return None
        return ClockResumed(**naming(after, case.kind), **ending(after), **basis(after), resumed_at=command.ended_at)

    standstills = tuple(over if known is ended else known for known in case.standstills)
    return [StandstillKept(over), *_recounted(calendars, case, _standing_still(standstills), command.ended_at, told)]


def _extend(calendars: Calendars, case: Subject, command: ExtendCase) -> Sequence[object]:
    if case.phase == "over":
        return []

    def longer(clock: Clock) -> Clock:
        if clock.term.kind not in ("promise", "statutory") or clock.period.unit.is_of_time or clock.period.ends_at_once:
            return clock
        if clock.lamp_at(command.approved_at) == "red":
            return clock
        return replace(clock, period=replace(clock.period, budget=clock.period.budget + command.days))

    def told(before: Clock, after: Clock) -> EventData | None:
        if after.period.budget == before.period.budget:
            return _rescheduled(before, after, case, "law")
        return ClockExtended(
            **naming(after, case.kind),
            **ending(after),
            **basis(after),
            by=command.days,
            previous_due_on=before.end and before.end.due_on,
        )

    return _recounted(calendars, case, longer, command.approved_at, told)


def _reopen(calendars: Calendars, case: Subject, command: ReopenCase) -> Sequence[object]:
    if case.phase != "over":
        return []
    again = replace(case, cycle=case.cycle + 1, phase="accepted")
    to_keep = terms.of_accepted_case(command.item)
    running = _start(calendars, again, to_keep, command.reopened_at, command.clock_ids)
    return [CycleBegun(again.cycle), *running, Entered("accepted")]


def _recount(calendars: Calendars, subject: Subject, command: RecountClocks) -> Sequence[object]:
    calendar = calendars.of(subject.answerable.org)

    def with_grace(clock: Clock) -> Clock:
        """What was in time when the calendar changed is not late by that alone: the next working day is still left."""
        end = due(calendar, clock.period)
        if end is None or clock.end is None or not clock.end.due_at > command.now >= end.due_at:
            return clock
        grace = calendar.add_workdays(command.now.astimezone(TZ).date(), 1)
        return replace(clock, period=replace(clock.period, not_before=min(grace, clock.end.due_on)))

    def told(before: Clock, after: Clock) -> EventData | None:
        return _rescheduled(before, after, subject, "calendar")

    return _recounted(calendars, subject, with_grace, command.now, told)


@dataclass(frozen=True, slots=True)
class Move:
    """A clock that ends on another day than before."""

    clock_id: UUID
    kind: ClockKind
    org: str
    before: date
    after: date


def moved_by(calendars: Calendars, subject: Subject, now: datetime) -> list[Move]:
    """Which of a matter's clocks these calendars would move."""
    facts = _recount(calendars, subject, RecountClocks(subject.id, now, now, Cause(system(subject.answerable.org))))
    return [
        Move(fact.clock_id, fact.kind, fact.org, fact.previous_due_on, fact.due_on)
        for fact in facts
        if isinstance(fact, ClockRescheduled)
    ]


def _rescheduled(before: Clock, after: Clock, subject: Subject, reason: str) -> EventData | None:
    if before.end is None or after.end is None or before.end.due_at == after.end.due_at:
        return None
    return ClockRescheduled(
        **naming(after, subject.kind),
        **ending(after),
        **basis(after),
        previous_due_on=before.end.due_on,
        previous_due_at=before.end.due_at,
        reason_code=reason,
    )


def _lodge(calendars: Calendars, command: OpenComplaint) -> Sequence[object]:
    complaint = Subject(command.subject_id, command.handling)
    to_keep = terms.of_lodged_complaint(command.complaint_kind)
    return [Opened(complaint), *_start(calendars, complaint, to_keep, command.lodged_at, command.clock_ids)]


def _accept_complaint(calendars: Calendars, subject: Subject | None, command: HandleComplaint) -> Sequence[object]:
    complaint = subject or Subject(command.subject_id, command.handling)
    if not _may_be_accepted(complaint):
        return []
    to_keep = terms.of_accepted_complaint(command.complaint_kind)
    return [
        *_opening(subject, complaint),
        *_stop(calendars, complaint, command.accepted_at),
        *_start(calendars, complaint, to_keep, command.accepted_at, command.clock_ids),
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
    calendars: Calendars, subject: Subject, to_keep: Sequence[Term], since: datetime, ids: Sequence[UUID]
) -> list[object]:
    answerable = subject.answerable
    new = clocks.start(calendars.of(answerable.org), to_keep, ids, since, answerable, subject.cycle)
    return [fact for clock in new for fact in (ClockSet(clock), clocks.started(clock, subject.kind))]


def _end(calendars: Calendars, subject: Subject, at: datetime) -> list[object]:
    """Nothing is timed any more."""
    return [] if subject.phase == "over" else [*_stop(calendars, subject, at), Entered("over")]


def _stop(calendars: Calendars, subject: Subject, at: datetime) -> list[object]:
    """All clocks that run stop. What stood still goes on for that moment: a pause ends with what it interrupted."""
    over = [
        replace(known, pause=Pause(known.pause.since, max(at, known.pause.since)))
        for known in subject.standstills
        if known.pause.until is None
    ]
    ended = {known.id: known for known in over}
    still = _standing_still([ended.get(known.id, known) for known in subject.standstills])
    open_ones: Sequence[Clock] = subject.open_clocks
    if over:
        open_ones = clocks.reckon(calendars.of(subject.answerable.org), [still(clock) for clock in open_ones])
    return [
        *(StandstillKept(known) for known in over),
        *_changed(subject, [clocks.stop(clock, subject.kind, at) for clock in open_ones]),
    ]


def _standing_still(standstills: Sequence[Standstill]) -> Callable[[Clock], Clock]:
    """Gives a clock the pauses that stop it."""
    pauses = tuple(each.pause for each in standstills)

    def still(clock: Clock) -> Clock:
        if clock.term.kind not in terms.PAUSED_BY_PROCEDURES:
            return clock
        return replace(clock, period=replace(clock.period, pauses=pauses))

    return still


def _recounted(
    calendars: Calendars, subject: Subject, change: Callable[[Clock], Clock], at: datetime, told: Told
) -> list[object]:
    """The open clocks after a change of what they are counted by, and what the others are told of it."""
    calendar: Calendar = calendars.of(subject.answerable.org)
    open_ones = subject.open_clocks
    counted = clocks.reckon(calendar, [change(clock) for clock in open_ones])
    facts: list[object] = []
    for before, after in zip(open_ones, counted, strict=True):
        now = clocks.touched(before, after, at)
        if now is not before:
            facts.append(ClockSet(now))
            event = told(before, now)
            facts += [event] if event else []
    return facts


def _changed(subject: Subject, changes: Sequence[tuple[Clock, Sequence[EventData]]]) -> list[object]:
    """Clocks as they are now with what they tell; those that are as they were make no fact."""
    return [
        fact
        for clock, told in changes
        for fact in ([] if clock == subject.clock(clock.id) else [ClockSet(clock), *told])
    ]


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
        case CycleBegun(cycle):
            return {"cycle": cycle}
        case StandstillKept(standstill):
            return {"standstills": _put(subject.standstills, standstill)}
        case KeptAway(handling):
            return {"reach": handling}
        case ClockSet(clock):
            return {"clocks": _put(subject.clocks, clock)}
        case EventData():
            return {}
    raise AssertionError(f"unknown fact {type(fact).__name__}")


def _put(known: tuple[Any, ...], one: Any) -> tuple[Any, ...]:
    """With the one that has its id replaced, or added."""
    if any(each.id == one.id for each in known):
        return tuple(one if each.id == one.id else each for each in known)
    return (*known, one)
