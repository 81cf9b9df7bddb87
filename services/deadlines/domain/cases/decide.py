"""What is decided about a case: events of intake and of routing, each as a command."""

from collections.abc import Sequence
from typing import assert_never

from services.deadlines.domain.cases.acceptance import (
    CloseUnacceptedCase,
    CorrectDeeming,
    OpenCase,
    StartCaseClocks,
    accept_case,
    close_unaccepted_case,
    correct_deeming,
    open_case,
)
from services.deadlines.domain.cases.extension import ExtendCase, extend_case
from services.deadlines.domain.cases.procedures import PauseCase, ResumeCase, pause_case, resume_case
from services.deadlines.domain.cases.result import (
    DecideCase,
    EndCase,
    RestartCaseClocks,
    decide_result,
    end_case,
    restart_clocks,
)
from services.deadlines.domain.cases.steps import (
    EndStep,
    FollowRoute,
    StartStep,
    VoidRouteClocks,
    change_holders,
    end_step,
    start_step,
    void_route,
)
from services.deadlines.domain.cases.supplement import (
    AwaitSupplement,
    CorrectLapse,
    RecordSupplement,
    await_supplement,
    correct_lapse,
    record_supplement,
)
from services.deadlines.domain.lifecycle.facts import Fact
from services.deadlines.domain.lifecycle.subject import Subject, SubjectNotReady
from services.deadlines.domain.terms.rulebook import Rulebook

IntakeCommand = (
    OpenCase
    | AwaitSupplement
    | RecordSupplement
    | StartCaseClocks
    | CorrectDeeming
    | CloseUnacceptedCase
    | CorrectLapse
)
RouteCommand = (
    FollowRoute
    | VoidRouteClocks
    | StartStep
    | EndStep
    | PauseCase
    | ResumeCase
    | ExtendCase
    | DecideCase
    | EndCase
    | RestartCaseClocks
)
CaseCommand = IntakeCommand | RouteCommand


def decide_case(book: Rulebook, case: Subject | None, command: CaseCommand) -> Sequence[Fact]:
    """Return the facts of a command about a case; none where its act has happened before.

    Raises `SubjectNotReady` until the events of the other topic that it needs have arrived, `TooLate`, `YearMissing`.
    """
    match command:
        case OpenCase():
            return open_case(book, case, command)
        case AwaitSupplement():
            return await_supplement(book, _known(case), command)
        case RecordSupplement():
            return record_supplement(book, _known(case), command)
        case StartCaseClocks():
            return accept_case(book, case, command)
        case CorrectDeeming():
            return correct_deeming(book, _known(case), command)
        case CorrectLapse():
            return correct_lapse(book, _known(case), command)
        case CloseUnacceptedCase():
            return close_unaccepted_case(book, case, command)
    return _decide_route_command(book, _known(case), command)


def _decide_route_command(book: Rulebook, case: Subject, command: RouteCommand) -> Sequence[Fact]:
    """Every command of routing names the holders; all but `FollowRoute` need an accepted case.

    The acceptance comes on another topic. After a void route the commands of the next route wait for the correction.
    """
    if not isinstance(command, FollowRoute) and case.phase in ("open", "void"):
        raise SubjectNotReady("尚未收到该办件的受理；收到后自动处理。")
    return [*change_holders(case, command.holders), *_decide_act(book, case, command)]


def _decide_act(book: Rulebook, case: Subject, command: RouteCommand) -> Sequence[Fact]:
    match command:
        case FollowRoute():
            return []
        case VoidRouteClocks():
            return void_route(case)
        case StartStep():
            return start_step(book, case, command)
        case EndStep():
            return end_step(book, case, command)
        case PauseCase():
            return pause_case(book, case, command)
        case ResumeCase():
            return resume_case(book, case, command)
        case ExtendCase():
            return extend_case(book, case, command)
        case DecideCase():
            return decide_result(book, case, command)
        case EndCase():
            return end_case(book, case, command)
        case RestartCaseClocks():
            return restart_clocks(book, case, command)
    assert_never(command)


def _known(case: Subject | None) -> Subject:
    if case is None:
        raise SubjectNotReady("尚未收到该办件的登记；收到后自动处理。")
    return case
