"""Whether a matter can be registered at a desk, and which organ accepts and decides it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bianmin.domain.codes import Level, level_of
from bianmin.domain.labels_zh import DEPTS
from bianmin.events.parts import ItemFacts
from bianmin.kit.refusals import Conflict, FieldError, Forbidden, Invalid
from services.intake.domain.case import RegisterCase
from services.intake.domain.content import Material

LENGTH: Mapping[str, int] = {"province": 2, "city": 4, "county": 6, "center": 9, "station": 12, "point": 14}
ROUTED = frozenset({"direct", "promised", "report_up"})
"""Procedures that routing knows so far."""
_LEVEL_NAMES = {
    "province": "省级",
    "city": "市（州）级",
    "county": "县级",
    "center": "乡镇中心",
    "station": "村站",
    "point": "服务点",
}


@dataclass(frozen=True, slots=True)
class KnownOrg:
    """An org as routing announced it: its name, and the departments that have an office there."""

    code: str
    name: str
    offices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Guide:
    """A published item as a registration needs it."""

    facts: ItemFacts
    materials: tuple[Material, ...]
    lodge_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """A registration that may be carried out: under which item, accepted by whom."""

    guide: Guide
    accepting_org: str


class OrgUnknown(Invalid):
    slug, title = "org-unknown", "没有这个机构"


class ItemNotOffered(Invalid):
    slug, title = "item-not-offered", "事项没有发布"


class NotLodgedHere(Invalid):
    slug, title = "not-lodged-here", "本级不受理这个事项"


class MaterialsWrong(Invalid):
    slug, title = "materials-wrong", "材料填报有误"


class DateWrong(Invalid):
    slug, title = "date-wrong", "日期有误"


class DeskElsewhere(Forbidden):
    slug, title = "desk-elsewhere", "不是本单位的窗口"


class ProcedureNotOffered(Conflict):
    slug, title = "procedure-not-offered", "暂不支持这种办理方式"


class OfficeMissing(Conflict):
    slug, title = "office-missing", "办理单位没有设立"


def admit(command: RegisterCase, guide: Guide | None, orgs: Mapping[str, KnownOrg]) -> Admission:
    """The terms on which `command` may be carried out; `orgs` are the desk's org and those above it.

    Raises why not: every refusal names what to do instead.
    """
    if not command.by.actor.covers(command.org):
        raise DeskElsewhere(f"只能在本单位（{command.by.actor.org}）及下属站点登记。")
    if command.org not in orgs:
        raise OrgUnknown("没有这个机构；请核对区划代码。", errors=[FieldError("/org", "org_unknown", "没有这个机构")])
    if guide is None:
        raise ItemNotOffered(
            "这个事项在本地没有发布；请在事项目录中核对编码。",
            errors=[FieldError("/item_code", "item_not_offered", "没有发布")],
        )
    _check_dates(command)
    _check_desk(command, guide)
    check_numbers([one.no for one in command.brought], guide.materials)
    if guide.facts.mode not in ROUTED:
        raise ProcedureNotOffered("系统暂只支持直接、承诺、上报办理；这个事项请按原渠道办理。")
    deciding, accepting = organs(guide.facts, command.org)
    _check_offices(guide.facts, deciding, accepting, orgs)
    return Admission(guide, accepting)


def organs(item: ItemFacts, desk: str) -> tuple[str, str]:
    """(deciding org, accepting org) of an item registered at a desk.

    The station itself accepts what it decides; otherwise the center above the desk: a village committee is no organ.
    """
    deciding = desk[: LENGTH[item.decide_level]]
    accepting = deciding if len(deciding) >= LENGTH["station"] else desk[: LENGTH["center"]]
    return deciding, accepting


def _check_dates(command: RegisterCase) -> None:
    if command.received_on > command.today:
        raise DateWrong("收件日期不能晚于今天。", errors=[FieldError("/received_on", "in_the_future", "不能晚于今天")])
    if command.received_on < command.earliest:
        days = (command.today - command.earliest).days
        raise DateWrong(
            f"收件日期不能早于 {days} 天以前；更早的请联系管理员补录。",
            errors=[FieldError("/received_on", "too_old", f"不能早于 {days} 天以前")],
        )


def _check_desk(command: RegisterCase, guide: Guide) -> None:
    desks = {Level.POINT: "point", Level.VILLAGE: "station", Level.TOWNSHIP: "center"}
    if desks.get(level_of(command.org)) not in guide.lodge_at:
        offered = "、".join(_LEVEL_NAMES[desk] for desk in guide.lodge_at)
        raise NotLodgedHere(
            f"这个事项在{offered}受理，请到那里办理。",
            errors=[FieldError("/org", "not_lodged_here", f"在{offered}受理")],
        )


def check_numbers(numbers: list[int], materials: tuple[Material, ...], where: str = "/materials") -> None:
    """Material numbers count from 1 in the item's list, each at most once."""
    errors = []
    for n, no in enumerate(numbers):
        if not 1 <= no <= len(materials):
            errors.append(FieldError(f"{where}/{n}/no", "no_such_material", f"材料序号应为 1 到 {len(materials)}"))
        elif no in numbers[:n]:
            errors.append(FieldError(f"{where}/{n}/no", "duplicate", "同一材料只填一次"))
    if errors:
        raise MaterialsWrong("材料填报有误，请按 errors 更正。", errors=errors)


def _check_offices(item: ItemFacts, deciding: str, accepting: str, orgs: Mapping[str, KnownOrg]) -> None:
    needed = [deciding] if len(deciding) <= LENGTH["center"] else []
    if item.mode == "report_up" and accepting not in needed and len(accepting) <= LENGTH["center"]:
        needed.append(accepting)
    for org in needed:
        known = orgs.get(org)
        if known is None or item.category not in known.offices:
            name = f"{known.name}（{org}）" if known else org
            raise OfficeMissing(f"{name}还没有设立“{DEPTS[item.category]}”办理单位，不能登记；请联系管理员先设立。")
