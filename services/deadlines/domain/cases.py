"""What happens to a case, from its receipt to its delivery, decides what happens to its clocks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import assert_never

from bianmin.domain.access import Holder, Reach
from bianmin.events.parts import ClockKind
from bianmin.kit.refusals import NotFound
from bianmin.kit.time_source import TZ
from services.deadlines.domain import clock as clocks
from services.deadlines.domain import terms
from services.deadlines.domain.beginning import opening, standing_still, start
from services.deadlines.domain.clock import Answerable, Clock
from services.deadlines.domain.commands import (
    AwaitSupplement,
    CaseCommand,
    CorrectDeeming,
    CorrectLapse,
    DecideCase,
    EndCase,
    EndStep,
    ExtendCase,
    FollowRoute,
    GiveUpCase,
    OpenCase,
    PauseCase,
    ReopenCase,
    ResumeCase,
    RouteCommand,
    StartCaseClocks,
    StartStep,
    TakeSupplement,
    VoidRoute,
)
from services.deadlines.domain.facts import CycleBegun, Entered, HoldersMoved, StandstillKept, evolve
from services.deadlines.domain.missed import changed
from services.deadlines.domain.moves import call_off, extend, recounted, stop, stop_all
from services.deadlines.domain.periods import Pause
from services.deadlines.domain.rulebook import Rulebook
from services.deadlines.domain.subject import Subject, check_before_the_end


class NotYet(NotFound):
    slug, title = "not-yet", "尚未办到这一步"


def decide_case(book: Rulebook, case: Subject | None, command: CaseCommand) -> Sequence[object]:
    """What intake tells of a case, and routing. What has happened already makes no facts."""
    match command:
        case OpenCase():
            return [] if case else _open(book, command)
        case AwaitSupplement():
            return _supplement_awaited(book, _known(case), command)
        case TakeSupplement():
            return _supplement_taken(book, _known(case), command)
        case StartCaseClocks():
            return _accept(book, case, command)
        case CorrectDeeming():
            return _correct(book, _known(case), command)
        case CorrectLapse():
            return _take_up_again(book, _known(case), command)
        case GiveUpCase():
            if case is None or case.phase != "open":
                return []
            return [*stop_all(book, case, command.ended_at), Entered("over")]
        case _:
            return _of_routing(book, _known(case), command)


def _of_routing(book: Rulebook, case: Subject, command: RouteCommand) -> Sequence[object]:
    """Routing's acts presuppose the acceptance, which comes on another topic; so do those on a new way, after the one
    before was void. Who holds the case, it says with each."""
    if not isinstance(command, FollowRoute) and case.phase in ("open", "void"):
        raise NotYet("尚未收到该办件的受理；收到后自动处理。")
    return [*_held(case, command.holders), *_moved(book, case, command)]


def _moved(book: Rulebook, case: Subject, command: RouteCommand) -> Sequence[object]:
    match command:
        case FollowRoute():
            return []
        case VoidRoute():
            return [Entered("void")] if case.phase == "accepted" else []
        case StartStep():
            return _start_step(book, case, command)
        case EndStep(seq=seq, ended_at=ended_at):
            return stop(book, case, ended_at, _of("step", str(seq)))
        case PauseCase():
            return _pause(book, case, command)
        case ResumeCase():
            return _resume(book, case, command)
        case ExtendCase():
            return _extend(book, case, command) if case.phase == "accepted" else []
        case DecideCase():
            return _decided(book, case, command)
        case EndCase(ended_at=ended_at):
            return [] if case.phase == "over" else [*stop_all(book, case, ended_at), Entered("over")]
        case ReopenCase():
            return _reopen(book, case, command)
    assert_never(command)


def _open(book: Rulebook, command: OpenCase) -> Sequence[object]:
    case = Subject(command.subject_id, command.reach, item=command.item)
    to_keep = terms.of_registered_case(command.item)
    return [*opening(None, case), *start(book, case, to_keep, command.received_at, command.clock_ids)]


def _supplement_awaited(book: Rulebook, case: Subject, command: AwaitSupplement) -> Sequence[object]:
    """The notice is given, and how long what it asks for is waited for runs; a notice before it is superseded."""
    at, to_keep = command.noticed_at, terms.of_notice(command.wait_days)
    given = stop(book, case, at, _is_of_notice)
    running = [(clock.term.budget, clock.period.start_on) for clock in case.open_clocks if _is_of_wait(clock)]
    if case.phase != "open" or [(each.budget, at.astimezone(TZ).date()) for each in to_keep] == running:
        return given
    return [*given, *stop(book, case, at, _is_of_wait), *start(book, case, to_keep, at, command.clock_ids)]


def _supplement_taken(book: Rulebook, case: Subject, command: TakeSupplement) -> Sequence[object]:
    """Received anew, where it had been asked for; what was brought unasked changes nothing."""
    if case.phase != "open" or case.item is None or any(map(_is_of_notice, case.open_clocks)):
        return []
    awaited = stop(book, case, command.received_at, _is_of_wait)
    return [*awaited, *start(book, case, terms.of_registered_case(case.item), command.received_at, command.clock_ids)]


def _accept(book: Rulebook, known: Subject | None, command: StartCaseClocks) -> Sequence[object]:
    case = known or Subject(command.subject_id, command.reach, item=command.item)
    if check_before_the_end(case).phase != "open":
        return []
    to_keep = terms.of_accepted_case(command.item)
    return [
        *opening(known, case),
        *stop(book, case, command.done_at),
        *start(book, case, to_keep, command.accepted_at, command.clock_ids),
        Entered("accepted"),
    ]


def _correct(book: Rulebook, case: Subject, command: CorrectDeeming) -> Sequence[object]:
    """What ran by an acceptance that was none stops; and the period that had been taken for missed was kept.

    Whether it was decided meanwhile, routing says, on another topic: it is waited for. What was decided stands.
    """
    if case.phase == "accepted" and case.cycle == 1:
        raise NotYet("尚未收到办理路线作废；收到后自动处理。")
    if case.phase != "void":
        return []
    at = command.noticed_at
    silent = [clock for clock in case.clocks if _is_of_notice(clock)][-1:]
    return [
        *call_off(book, case, at),
        *changed(book, case, [clocks.correct(clock, case.kind, at) for clock in silent], at),
        Entered("open"),
    ]


def _take_up_again(book: Rulebook, case: Subject, command: CorrectLapse) -> Sequence[object]:
    """The wait that had been taken for over ended with what came in time."""
    if case.phase != "over":
        return []
    at = command.received_at
    wait = [clock for clock in case.clocks if _is_of_wait(clock)][-1:]
    return [*changed(book, case, [clocks.correct(clock, case.kind, at) for clock in wait], at), Entered("open")]


def _start_step(book: Rulebook, case: Subject, command: StartStep) -> Sequence[object]:
    if case.phase != "accepted" or any(map(_of("step", str(command.seq)), case.open_clocks)):
        return []
    office = Answerable(command.office.org, command.office.dept)
    to_keep = terms.of_step(command.kind, command.seq)
    return start(book, case, to_keep, command.started_at, command.clock_ids, office)


def _pause(book: Rulebook, case: Subject, command: PauseCase) -> Sequence[object]:
    new = command.standstill
    if case.phase != "accepted" or any(known.id == new.id for known in case.standstills):
        return []
    kept = StandstillKept(new)
    still = evolve(case, kept)
    to_keep = terms.of_procedure(command.procedure, command.expected_days)
    return [
        kept,
        *recounted(book, still, standing_still(still.standstills), new.pause.since),
        *start(book, case, to_keep, new.pause.since, command.clock_ids),
    ]


def _resume(book: Rulebook, case: Subject, command: ResumeCase) -> Sequence[object]:
    open_ones = [known for known in case.standstills if known.pause.until is None]
    ended = next((known for known in open_ones if known.id == command.standstill_id), None)
    if ended is None:
        return []
    over = replace(ended, pause=Pause(ended.pause.since, command.ended_at))
    # what has stopped is not counted anew with the others, though the calendar may be another than before
    stopped = [StandstillKept(over), *stop(book, case, command.ended_at, _of("procedure", command.procedure))]
    others = reduce(evolve, stopped, case)
    return [*stopped, *recounted(book, others, standing_still(others.standstills), command.ended_at)]


def _extend(book: Rulebook, case: Subject, command: ExtendCase) -> Sequence[object]:
    def by(clock: Clock) -> int:
        return command.days if clock.term.kind in ("promise", "statutory") else 0

    return extend(book, case, by, command.approved_at)


def _decided(book: Rulebook, case: Subject, command: DecideCase) -> Sequence[object]:
    if case.phase == "over" or (case.phase == "decided" and command.awaits_delivery):
        return []
    stopped = stop_all(book, case, command.decided_at)
    if not command.awaits_delivery or case.item is None:
        return [*stopped, Entered("over")]
    idle = replace(case, standstills=())
    to_keep = terms.of_decided_case(case.item)
    running = start(book, idle, to_keep, command.decided_at, command.clock_ids)
    return [*stopped, *running, Entered("decided")]


def _reopen(book: Rulebook, case: Subject, command: ReopenCase) -> Sequence[object]:
    """A new cycle; what was still to be delivered of the old decision is not any more."""
    if case.phase not in ("decided", "over"):
        return []
    again = replace(case, cycle=case.cycle + 1, phase="accepted", standstills=())
    running = start(book, again, terms.of_accepted_case(command.item), command.reopened_at, command.clock_ids)
    return [*stop_all(book, case, command.reopened_at), CycleBegun(again.cycle), *running, Entered("accepted")]


def _known(case: Subject | None) -> Subject:
    if case is None:
        raise NotYet("尚未收到该办件的登记；收到后自动处理。")
    return case


def _held(case: Subject, holders: tuple[Holder, ...]) -> Sequence[object]:
    assert isinstance(case.reach, Reach)
    return [HoldersMoved(holders)] if holders != case.reach.holders else []


def _is_of_notice(clock: Clock) -> bool:
    return clock.term.kind == "completeness" and not clock.term.is_window


def _is_of_wait(clock: Clock) -> bool:
    return clock.term.kind == "completeness" and clock.term.is_window


def _of(kind: ClockKind, stage: str | None = None) -> Callable[[Clock], bool]:
    """Whether a clock is of a kind, and of a stage where there are several."""

    def is_it(clock: Clock) -> bool:
        return clock.term.kind == kind and (stage is None or clock.term.stage == stage)

    return is_it
