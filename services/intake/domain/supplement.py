"""The supplement (补正): materials that come after the registration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bianmin.events.intake import CaseSupplemented, LapseCorrected
from bianmin.kit.decide import Cause
from services.intake.domain.case import OPEN_BEFORE_ACCEPTANCE, Case
from services.intake.domain.case_parts import SubmittedMaterial
from services.intake.domain.checks import (
    MaterialsMissing,
    WrongCaseStatus,
    check_day,
    check_desk,
    check_material_numbers,
    check_status,
    missing_names,
)
from services.intake.domain.deeming import check_correctable
from services.intake.domain.facts import Fact, MaterialsSubmitted, evolve


@dataclass(frozen=True, slots=True)
class AddMaterials:
    """Record materials that the applicant handed in on `received_on`, after the registration."""

    case_id: UUID
    materials: tuple[SubmittedMaterial, ...]
    received_on: date
    today: date
    by: Cause


def add_materials(case: Case, command: AddMaterials) -> Sequence[Fact]:
    """Return the facts of a supplement. It may correct a lapse, when all of it had come while it was waited for.

    Raises `NotTheDesk`, `WrongCaseStatus`, `MaterialsWrong`, `DateWrong`, `MaterialsMissing`.
    """
    check_desk(case, command.by.actor)
    if case.lapsed:
        _check_within_wait(case, command)
    elif case.deemed:
        _check_before_deeming(case, command)
    else:
        check_status(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以补交材料")
    numbers = [material.no for material in command.materials]
    check_material_numbers(numbers, case.guide.materials)
    first = case.notice.noticed_on if case.notice else case.received_on
    check_day(command.received_on, first, command.today, "/received_on", "收件日期")
    submitted = MaterialsSubmitted(tuple(replace(each, on=command.received_on) for each in command.materials))
    after = evolve(case, submitted)
    missing = after.missing_numbers
    complete_on = _complete_on(after, command)
    if case.lapsed and missing:
        raise MaterialsMissing(
            f"还缺：{missing_names(after)}；告知的材料在期限内全部补齐的，才能更正逾期办结，请把期限内收到的一并录入。"
        )
    corrections = [LapseCorrected(access=case.access, received_on=complete_on)] if case.lapsed else []
    supplemented = CaseSupplemented(
        access=case.access,
        materials=tuple(numbers),
        missing=missing,
        received_on=command.received_on if missing else complete_on,
    )
    return [submitted, *corrections, supplemented]


def _complete_on(after: Case, command: AddMaterials) -> date:
    """The day the last requested material came, in whatever order offline desks record them."""
    requested = {request.no for request in after.notice.missing} if after.notice else set()
    days = [material.on for material in after.submitted if material.no in requested and material.on is not None]
    return max([command.received_on, *days])


def _check_within_wait(case: Case, command: AddMaterials) -> None:
    """A lapse is corrected only by what had come while the supplement was waited for, at a desk that was offline."""
    until = case.notice.wait_until if case.notice else None
    if until is None or command.received_on > until:
        raise WrongCaseStatus(
            f"补正材料应在 {until} 以前提交，这个办件{case.status_label}；需要办理的，请备齐材料重新申请。"
            "确已在期限内提交的，请在 received_on 填写提交当日。"
        )


def _check_before_deeming(case: Case, command: AddMaterials) -> None:
    """A deemed case takes only what had come before silence accepted it, at a desk that was offline."""
    check_correctable(case, "不能再补录材料")
    last = case.notice_due_on
    if last is None or command.received_on > last:
        raise WrongCaseStatus(
            f"已过受理审查期限（{last}），自收到之日起即为受理（行政许可法第三十二条），不必再补交材料；"
            "确已在期限内收到的，请在 received_on 填写收到当日。"
        )
