"""Acceptance (受理): the organ's act from which the periods of the decision run (行政许可法 art. 32(5), 42)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bianmin.events.intake import CaseAccepted, DeemingCorrected
from bianmin.kit.decide import Cause
from services.intake.domain.case import Case
from services.intake.domain.checks import (
    MaterialsMissing,
    WrongCaseStatus,
    check_accepting_org,
    check_day,
    check_status,
    missing_names,
)
from services.intake.domain.deeming import check_correctable, deem, silent_since
from services.intake.domain.facts import Fact, evolve


@dataclass(frozen=True, slots=True)
class AcceptCase:
    """Accept a complete case on `accepted_on`, a business date up to `today`."""

    case_id: UUID
    accepted_on: date
    today: date
    by: Cause


def accept(case: Case, command: AcceptCase) -> Sequence[Fact]:
    """Return the acceptance; where the period for the notice was over by then, the acceptance by silence.

    An acceptance in time of a case that was deemed accepted corrects that. Raises `NotTheDesk`, `WrongCaseStatus`,
    `MaterialsMissing`, `DateWrong`.
    """
    check_accepting_org(case, command.by.actor)
    if case.deemed:
        _check_accepted_in_time(case, command)
    else:
        check_status(case, {"registered"}, "只有材料齐全的已登记办件可以受理")
        if (last := silent_since(case, command.accepted_on)) is not None:
            return [deem(case, last)]
    if case.missing:
        how = "请先补录受理前收到的材料，在 received_on 填写收到当日" if case.deemed else "请先补齐，或一次性告知补正"
        raise MaterialsMissing(f"还缺：{missing_names(case)}；{how}。")
    day = command.accepted_on
    check_day(day, case.received_on, command.today, "/accepted_on", "受理日期")
    facts: list[Fact] = []
    if case.deemed:
        corrected = DeemingCorrected(access=case.access, noticed_on=day, accepted_on=day)
        facts.append(corrected)
        case = evolve(case, corrected)
    facts.append(
        CaseAccepted(
            access=case.access,
            case_no=case.case_no,
            item=case.item,
            received_on=case.received_on,
            accepted_on=day,
        )
    )
    return facts


def _check_accepted_in_time(case: Case, command: AcceptCase) -> None:
    """A deemed acceptance is corrected only by an acceptance that was given in time, by a desk that was offline."""
    check_correctable(case, "不能再受理")
    last = case.notice_due_on
    if last is None or command.accepted_on > last:
        raise WrongCaseStatus(
            f"已过受理审查期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不必再受理；"
            "确已在期限内受理的，请在 accepted_on 填写受理当日。"
        )
