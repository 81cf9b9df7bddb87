"""Checks that several commands make before they change a case: who acts, in which status, on which day."""

from collections.abc import Collection, Sequence
from datetime import date

from bianmin.domain.access import sees
from bianmin.domain.actors import Actor
from bianmin.events.parts import CaseStatus
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid, NotFound
from services.intake.domain.case import Case
from services.intake.domain.content import Material


class CaseNotFound(NotFound):
    """There is no such case, or the actor may not see it."""

    slug, title = "case-not-found", "没有这个办件"


class NotTheDesk(Forbidden):
    """The act belongs to another desk or organ."""

    slug, title = "not-the-desk", "不是经办单位"


class WrongCaseStatus(Conflict):
    """The act does not fit the status of the case."""

    slug, title = "wrong-status", "当前状态不能办理"


class MaterialsMissing(Conflict):
    """The act needs all materials."""

    slug, title = "materials-missing", "材料不齐"


class MaterialsWrong(Invalid):
    """The request names materials that the item does not have, or that must not be asked for."""

    slug, title = "materials-wrong", "材料填报有误"


class DateWrong(Invalid):
    """A business date lies outside its limits."""

    slug, title = "date-wrong", "日期有误"


NO_CASE = "没有这个办件；请核对编号。"


DESK_ROLES = ("window", "agent", "manager")
"""The roles of those who work at a desk."""


def is_own(actor: Actor, case: Case) -> bool:
    """Whether `actor` is a citizen who registered the case himself: the role alone opens no case."""
    return actor.may("citizen") and actor.id == case.registered_by


def may_see(actor: Actor, case: Case) -> bool:
    """Whether `actor` may see the case: a citizen what he registered himself, staff their part of tree and line."""
    return is_own(actor, case) or sees(actor, case.reach)


def check_visible(actor: Actor, case: Case | None) -> Case:
    """Return the case. Raises `CaseNotFound` when there is none, and in the same words when `actor` may not see it."""
    if case is None or not may_see(actor, case):
        raise CaseNotFound(NO_CASE)
    return case


def check_accepting_org(case: Case, actor: Actor) -> None:
    """Raises `NotTheDesk` unless `actor` is at the window, or the head, of the organ that accepts the case."""
    own_line = actor.dept is None or actor.dept == case.dept
    if actor.org != case.accepting_org or not actor.may("window", "manager") or not own_line:
        raise NotTheDesk(f"受理和不予受理由受理单位（{case.accepting_org}）的窗口或负责人办理。")


def check_desk(case: Case, actor: Actor) -> None:
    """Raises `NotTheDesk` unless `actor` works at the registering desk or at the accepting organ."""
    if actor.org not in (case.org, case.accepting_org) or not actor.may(*DESK_ROLES):
        raise NotTheDesk(f"由登记站点（{case.org}）或受理单位（{case.accepting_org}）的窗口办理。")


def check_status(case: Case, allowed: Collection[CaseStatus], rule: str) -> None:
    """Raises `WrongCaseStatus`, with the Chinese `rule`, when the status is not one of those allowed."""
    if case.status not in allowed:
        raise WrongCaseStatus(f"{rule}；这个办件{case.status_label}。")


def check_day(day: date, first: date, today: date, pointer: str, label: str) -> None:
    """Raises `DateWrong` when `day` lies before `first` or after `today`. `label` is the field's Chinese name."""
    if not first <= day <= today:
        limits = f"{label}应在 {first} 和今天之间"
        raise DateWrong(f"{limits}。", errors=[FieldError(pointer, "out_of_range", limits)])


def check_material_numbers(
    numbers: Sequence[int], materials: tuple[Material, ...], pointer: str = "/materials"
) -> None:
    """Raises `MaterialsWrong` unless each number is in the item's list, which counts from 1, and occurs once.

    `pointer` is the JSON pointer of the list of numbers.
    """
    errors = []
    for n, no in enumerate(numbers):
        if not 1 <= no <= len(materials):
            errors.append(FieldError(f"{pointer}/{n}/no", "no_such_material", f"材料序号应为 1 到 {len(materials)}"))
        elif no in numbers[:n]:
            errors.append(FieldError(f"{pointer}/{n}/no", "duplicate", "同一材料只填一次"))
    if errors:
        raise MaterialsWrong("材料填报有误，请按 errors 更正。", errors=errors)


def missing_names(case: Case) -> str:
    """Return the names of the missing materials, joined for a message."""
    return "、".join(material.name for material in case.missing)
