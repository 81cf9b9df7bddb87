"""The decision on a case: which opinion a step may give, and what follows from the decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from bianmin.domain.labels_zh import STEP_KINDS
from bianmin.events.parts import TaskKind, TaskOpinion
from bianmin.events.routing import CaseClosed, CaseDenied, CaseGranted
from bianmin.kit.refusals import FieldError, Invalid
from services.routing.domain.ending import end_procedures_and_requests
from services.routing.domain.facts import Fact
from services.routing.domain.offices import office_name
from services.routing.domain.route import Route
from services.routing.domain.task import Task

_OPINIONS: Mapping[TaskKind, tuple[TaskOpinion, ...]] = {
    "review": ("agree", "disagree"),
    "decide": ("grant", "deny"),
    "assist": ("helped",),
}


class WrongOpinion(Invalid):
    """The opinion is not one of the step, or a denial lacks its reason or legal basis."""

    slug, title = "opinion-wrong", "办理意见有误"


def check_opinion(
    route: Route, task: Task, opinion: TaskOpinion, note: bytes | None, reason_code: str | None, legal_basis: str | None
) -> None:
    """Check the opinion of a step.

    A denial needs a reason and a legal basis (行政许可法 art. 38(2)). A decision answers each office that disagreed in
    joint handling. Raises `WrongOpinion`.
    """
    errors = []
    if opinion not in _OPINIONS[task.kind]:
        detail = f"{STEP_KINDS[task.kind]}步骤的意见应为 {' 或 '.join(_OPINIONS[task.kind])}"
        errors.append(FieldError("/opinion", "opinion_of_other_step", detail))
    if opinion == "deny" and reason_code is None:
        errors.append(FieldError("/reason_code", "missing", "不予许可必须说明理由"))
    if opinion == "deny" and legal_basis is None:
        errors.append(FieldError("/legal_basis", "missing", "不予许可必须写明法律依据"))
    if task.kind == "decide" and note is None and (offices := _disagreeing(route, task)):
        errors.append(FieldError("/note", "disagreement_not_answered", f"{offices}不同意，请写明对其意见的处理"))
    if errors:
        raise WrongOpinion("办理意见有误，请按 errors 更正后重新提交。", errors=errors)


def _disagreeing(route: Route, task: Task) -> str:
    """The offices whose latest opinion in joint handling disagrees, as a list in words; empty where all agree."""
    latest = {each.seq: each for each in route.tasks if each.cycle == task.cycle and each.group is not None}
    return "、".join(office_name(each.office) for each in latest.values() if each.opinion == "disagree")


def decision_facts(
    route: Route, opinion: Literal["grant", "deny"], reason_code: str | None, today: date
) -> Sequence[Fact]:
    """The case is granted or denied, its procedures and requests end; one in mode `direct` is closed at once.

    `route` is the route after its last task was completed.
    """
    access, cycle = route.access(), route.cycle
    at_once = route.item.mode == "direct"
    facts = [*end_procedures_and_requests(route, today)]
    if opinion == "deny":
        denied = CaseDenied(
            access=access, decided_on=today, reason_code=reason_code or "", awaits_delivery=not at_once, cycle=cycle
        )
        facts.append(denied)
    else:
        facts.append(CaseGranted(access=access, decided_on=today, awaits_delivery=not at_once, cycle=cycle))
    if at_once:
        result = "denied" if opinion == "deny" else "granted"
        facts.append(CaseClosed(access=access, result=result, closed_on=today, cycle=cycle))
    return facts
