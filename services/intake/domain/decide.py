"""The commands of a case, and the function that decides each of them."""

from collections.abc import Sequence
from typing import assert_never

from services.intake.domain.acceptance import AcceptCase, accept
from services.intake.domain.case import Case
from services.intake.domain.checks import NO_CASE, CaseNotFound, check_visible
from services.intake.domain.facts import Fact
from services.intake.domain.following import FollowCase, follow
from services.intake.domain.lapse import LapseCase, lapse
from services.intake.domain.notice import GiveNotice, give_notice
from services.intake.domain.refusal import RefuseCase, refuse
from services.intake.domain.refusal_filings import (
    AnswerRefusalFiling,
    FileRefusal,
    answer_refusal_filing,
    file_refusal,
)
from services.intake.domain.registration import AdmittedRegistration, register
from services.intake.domain.supplement import AddMaterials, add_materials
from services.intake.domain.withdrawal import WithdrawCase, withdraw

DeskCommand = GiveNotice | AddMaterials | AcceptCase | RefuseCase | WithdrawCase | FileRefusal | AnswerRefusalFiling
"""What a person orders at a desk: only for a case that the person may see."""

Command = DeskCommand | LapseCase | FollowCase | AdmittedRegistration


def decide(case: Case | None, command: Command) -> Sequence[Fact]:
    """Return the facts that a command makes of a case.

    Raises `CaseNotFound` when there is no case, or none that the actor may see, and what the decider of the command
    raises.
    """
    if isinstance(command, AdmittedRegistration):
        return register(command)
    if case is None:
        raise CaseNotFound(NO_CASE)
    match command:
        case FollowCase():
            return follow(case, command)
        case LapseCase():
            return lapse(case, command)
    check_visible(command.by.actor, case)
    match command:
        case GiveNotice():
            return give_notice(case, command)
        case AddMaterials():
            return add_materials(case, command)
        case AcceptCase():
            return accept(case, command)
        case RefuseCase():
            return refuse(case, command)
        case FileRefusal():
            return file_refusal(case, command)
        case AnswerRefusalFiling():
            return answer_refusal_filing(case, command)
        case WithdrawCase():
            return withdraw(case, command)
    assert_never(command)
