"""The withdrawal (撤回): the applicant's right, at once before acceptance and on request after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.events.intake import CaseWithdrawn, WithdrawalRequested
from bianmin.kit.decide import Cause
from services.intake.domain.case import FINISHED, OPEN_BEFORE_ACCEPTANCE, Case
from services.intake.domain.checks import WrongCaseStatus, check_desk, is_own
from services.intake.domain.facts import Fact, WithdrawalReasonGiven
from services.intake.domain.labels_zh import CASE_STATUSES


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    """Withdraw a case: the applicant's act, done by himself or recorded at a desk of the case."""

    case_id: UUID
    reason: str
    withdrawn_on: date
    by: Cause


def withdraw(case: Case, command: WithdrawCase) -> Sequence[Fact]:
    """Return the withdrawal; after acceptance a request, which routing answers; nothing while a request is pending.

    Raises `NotTheDesk`, and `WrongCaseStatus` for a finished case.
    """
    if not is_own(command.by.actor, case):
        check_desk(case, command.by.actor)
    if case.status in FINISHED:
        raise WrongCaseStatus(f"办件{CASE_STATUSES[case.status]}，不能撤回。")
    reason = WithdrawalReasonGiven(command.reason)
    if case.status in OPEN_BEFORE_ACCEPTANCE:
        return [reason, CaseWithdrawn(access=case.access, withdrawn_on=command.withdrawn_on)]
    if case.withdrawal_pending:
        return []
    return [reason, WithdrawalRequested(access=case.access)]
