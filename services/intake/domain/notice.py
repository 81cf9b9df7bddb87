"""The one-time notice (一次性告知, 行政许可法 art. 32(4)): all missing materials are named at once, and only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from bianmin.events.intake import DeemingCorrected, SupplementRequested
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError
from services.intake.domain.case import FINISHED, OPEN_BEFORE_ACCEPTANCE, Case
from services.intake.domain.case_parts import Notice, RequestedMaterial
from services.intake.domain.checks import (
    MaterialsWrong,
    NotTheDesk,
    WrongCaseStatus,
    check_day,
    check_desk,
    check_material_numbers,
    check_status,
)
from services.intake.domain.deeming import silent_since
from services.intake.domain.facts import Fact, NoticeGiven, evolve


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """Tell the applicant which materials are missing. `wait_days`: for how many calendar days they are waited for."""

    case_id: UUID
    missing: tuple[RequestedMaterial, ...]
    noticed_on: date
    today: date
    wait_days: int
    by: Cause
    override_reason: str | None = None


class SecondNotice(Conflict):
    """A second notice asks for materials that the first did not name."""

    slug, title = "second-notice", "补正材料只能一次性告知"


_TOO_LATE = (
    "已过一次性告知期限（{}），自收到之日起即为受理（行政许可法第三十二条），不能再要求补正；"
    "确已在期限内告知的，请在 noticed_on 填写告知当日。"
)


def give_notice(case: Case, command: GiveNotice) -> Sequence[Fact]:
    """Return the facts of a notice; none where all it names was asked for before and is still missing.

    Raises `NotTheDesk`, `WrongCaseStatus`, `MaterialsWrong`, `DateWrong`, and `SecondNotice` for a second notice that
    names something new without the head's reason.
    """
    check_desk(case, command.by.actor)
    corrects_deeming = case.deemed and case.status not in OPEN_BEFORE_ACCEPTANCE
    if corrects_deeming:
        _check_given_in_time(case, command)
    else:
        check_status(case, OPEN_BEFORE_ACCEPTANCE, "只有受理前的办件可以告知补正")
        if (last := silent_since(case, command.noticed_on)) is not None:
            raise WrongCaseStatus(_TOO_LATE.format(last))
    _check_requests(case, command)
    check_day(command.noticed_on, case.received_on, command.today, "/noticed_on", "告知日期")
    before = {request.no: request for request in case.notice.missing} if case.notice else {}
    named = {request.no: request for request in command.missing}
    missing = case.missing_numbers
    if case.notice is not None and all(no in before and no in missing for no in named):
        return []
    override = case.notice.override_reason if case.notice else None
    if case.notice is not None and not named.keys() <= before.keys():
        _check_override(command)
        override = command.override_reason
    # the law wants one notice of everything: it also asks for the materials that the clerk left out
    left_out = {no: RequestedMaterial(no, "登记时未提交") for no in missing if no not in before}
    requests = tuple((left_out | before | named).values())
    wait_until = command.noticed_on + timedelta(days=command.wait_days)
    notice = Notice(command.noticed_on, requests, override, wait_until)
    if corrects_deeming and case.was_decided:
        return [NoticeGiven(notice, frozenset())]  # the decision is not undone: the notice is only recorded
    given = NoticeGiven(notice, frozenset(named))
    after = evolve(case, given)
    corrections = [DeemingCorrected(access=case.access, noticed_on=command.noticed_on)] if corrects_deeming else []
    requested = SupplementRequested(
        access=after.access,
        missing=after.missing_numbers,
        noticed_on=command.noticed_on,
        wait_days=command.wait_days,
    )
    return [*corrections, given, requested]


def _check_requests(case: Case, command: GiveNotice) -> None:
    materials = case.guide.materials
    check_material_numbers([request.no for request in command.missing], materials, "/missing")
    for n, request in enumerate(command.missing):
        if materials[request.no - 1].source == "share":
            error = FieldError(f"/missing/{n}/no", "obtained_by_sharing", "通过部门共享获取，不得要求申请人提交")
            raise MaterialsWrong("告知的材料有误，请按 errors 更正。", errors=[error])


def _check_given_in_time(case: Case, command: GiveNotice) -> None:
    """A deemed acceptance is corrected only by a notice that was given in time, by a desk that was offline."""
    if case.status in FINISHED and not case.was_decided:
        raise WrongCaseStatus(f"这个办件{case.status_label}，不能再告知补正。")
    last = case.notice_due_on
    if last is None or command.noticed_on > last:
        raise WrongCaseStatus(_TOO_LATE.format(last))


def _check_override(command: GiveNotice) -> None:
    if command.override_reason is None:
        raise SecondNotice(
            "补正材料必须一次性告知（行政许可法第三十二条），不能再次提出新的材料；"
            "确有必要的，由负责人填写 override_reason。"
        )
    if not command.by.actor.may("manager"):
        raise NotTheDesk("再次告知补正须由负责人（manager）填写理由后办理。")
