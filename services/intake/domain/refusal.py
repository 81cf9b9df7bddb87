"""The refusal to accept (不予受理, 行政许可法 art. 32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bianmin.events.intake import CaseRefused
from bianmin.kit.decide import Cause
from services.intake.domain.case import OPEN_BEFORE_ACCEPTANCE, Case
from services.intake.domain.case_parts import CaseRefusal
from services.intake.domain.checks import WrongCaseStatus, check_accepting_org, check_status
from services.intake.domain.deeming import silent_since
from services.intake.domain.facts import Fact, RefusalGiven
from services.intake.domain.refusal_filings import check_refusal_filed


@dataclass(frozen=True, slots=True)
class RefuseCase:
    """Refuse to accept a case, for the reasons given."""

    case_id: UUID
    refusal: CaseRefusal
    by: Cause


def refuse(case: Case, command: RefuseCase) -> Sequence[Fact]:
    """Return the facts of a refusal, to which the head has agreed (否决报备).

    Raises `NotTheDesk`, `RefusalNotFiled`, and `WrongCaseStatus` also when silence has accepted the case.
    """
    check_accepting_org(case, command.by.actor)
    check_status(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以决定不予受理")
    refusal = command.refusal
    if (last := silent_since(case, refusal.refused_on)) is not None:
        raise WrongCaseStatus(
            f"已过一次性告知期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不能再决定不予受理；"
            "不符合条件的，请在办理中作出不予许可的决定。"
        )
    check_refusal_filed(case)
    announced = CaseRefused(access=case.access, reason_code=refusal.reason_code, refused_on=refusal.refused_on)
    return [RefusalGiven(refusal), announced]
