"""Answer an applicant who wants to withdraw an accepted case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.events.intake import CaseWithdrawn
from bianmin.events.routing import CaseClosed, WithdrawalRejected
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict
from services.routing.domain.ending import cancel_tasks, end_procedures_and_requests
from services.routing.domain.facts import Fact, evolve
from services.routing.domain.route import Route


@dataclass(frozen=True, slots=True)
class AnswerWithdrawal:
    """Answer the applicant's request to withdraw. `today` is the day of the request."""

    case_id: UUID
    today: date
    by: Cause


class WithdrawnAlready(Conflict):
    """The case is withdrawn."""

    slug, title = "withdrawn-already", "办件已撤回"


def answer_withdrawal(route: Route, command: AnswerWithdrawal) -> Sequence[Fact]:
    """Withdraw and close the case; reject the request when the case is decided. Raises `WithdrawnAlready`."""
    match route.status:
        case "withdrawn":
            raise WithdrawnAlready("这个办件已经撤回。")
        case "granted" | "denied" | "helped" | "settled" | "unsettled":
            return [WithdrawalRejected(access=route.access(), reason_code="already_decided")]
    cancelled = cancel_tasks(route)
    after = evolve(route, cancelled)
    access, today = after.access(), command.today
    return [
        cancelled,
        *end_procedures_and_requests(after, today),
        CaseWithdrawn(access=access, withdrawn_on=today, cycle=route.cycle),
        CaseClosed(access=access, result="withdrawn", closed_on=today, cycle=route.cycle),
    ]
