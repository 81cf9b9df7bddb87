"""Divisions as they are handed in, one or a whole province at once: do they make a tree?"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from bianmin.domain.codes import BadCode, level_of, parent_of
from bianmin.events.parts import OrgLevel
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import FieldError, Invalid
from services.routing.domain.orgs import EditOrg, NotYourOrg, PlaceOrg, Tree, check_theirs

LONGEST = 50_000
"""Divisions in one list: more than any province has."""
MOST_ERRORS = 200
"""Told at once: whoever has more corrects these first."""

_LEVEL_NAMES: dict[str, str] = {
    "province": "省级（2 位）",
    "city": "市州级（4 位）",
    "county": "县级（6 位）",
    "township": "乡镇级（9 位）",
    "village": "村级（12 位）",
    "point": "服务点（14 位）",
}


@dataclass(frozen=True, slots=True)
class Division:
    """One line of a list. `place` says where it stands, for whoever corrects it: 第 17 行."""

    code: str
    level: str | None
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ImportOrgs:
    """A whole list, all or nothing. Orgs that it does not name are left as they are."""

    divisions: tuple[Division, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list."""

    created: int
    changed: int
    unchanged: int


class DivisionsFaulty(Invalid):
    slug, title = "divisions-faulty", "行政区划有误"


def looked_up(code: str) -> tuple[str, ...]:
    """The orgs that have to be known to judge one division: itself and its parent."""
    try:
        parent = parent_of(code)
    except BadCode:
        return ()
    return (code,) if parent is None else (code, parent)


def orders_of(command: ImportOrgs, tree: Tree) -> Sequence[PlaceOrg]:
    """The list as orders to each of its orgs; `tree` holds those it names and their parents, as far as they exist.

    Raises `DivisionsFaulty` with every fault, or `NotYourOrg`.
    """
    divisions = command.divisions
    if len(divisions) > LONGEST:
        raise DivisionsFaulty(f"一次最多导入 {LONGEST} 个机构，请分批导入：先上级，后下级。")
    errors = [
        FieldError(f"/{n}/{field}", code, f"{divisions[n].place}：{detail}")
        for n, field, code, detail in _faults(divisions, tree)
    ]
    if errors:
        more = f"（仅列出前 {MOST_ERRORS} 处）" if len(errors) > MOST_ERRORS else ""
        told = f"共 {len(errors)} 处有误{more}，全部没有导入；请按 errors 更正后重新导入。"
        raise DivisionsFaulty(told, errors=errors[:MOST_ERRORS])
    actor = command.by.actor
    for division in divisions:
        if not actor.covers(division.code):
            raise NotYourOrg(f"{division.place}：不在本单位（{actor.org}）之内，全部没有导入；请删去或由上级导入。")
    return [PlaceOrg(division.code, division.name, command.by) for division in divisions]


def check_edit(command: EditOrg, tree: Tree) -> None:
    """Whether one org may be placed in the tree by hand. Raises `NotYourOrg` or `DivisionsFaulty`."""
    check_theirs(command.by.actor, command.code)
    division = Division(command.code, command.level, command.name)
    errors = [FieldError(f"/{field}", code, detail) for _, field, code, detail in _faults([division], tree)]
    if errors:
        raise DivisionsFaulty("机构信息有误，请按 errors 更正。", errors=errors)


def _faults(divisions: Sequence[Division], known: Container[str]) -> Iterator[tuple[int, str, str, str]]:
    """What keeps the list from being a tree: (index, field, code, detail). No detail repeats what was handed in."""
    first: dict[str, int] = {}
    for n, division in enumerate(divisions):
        first.setdefault(division.code, n)
    for n, division in enumerate(divisions):
        if first[division.code] != n:
            yield n, "code", "duplicate", f"代码与{divisions[first[division.code]].place}重复"
            continue
        try:
            level: OrgLevel | str = level_of(division.code).value
        except BadCode as error:
            yield n, "code", error.code, str(error)
            continue
        if division.level is not None and division.level not in _LEVEL_NAMES:
            yield n, "level", "level_unknown", f"级别应为下列之一：{'、'.join(_LEVEL_NAMES)}"
        elif division.level not in (None, level):
            yield n, "level", "level_mismatch", f"级别与代码长度不符：这个长度的代码是{_LEVEL_NAMES[level]}"
        parent = parent_of(division.code)
        if parent is not None and parent not in first and parent not in known:
            yield n, "code", "parent_unknown", "上级机构不存在，也不在本次导入之中；请先导入上级"
        if fault := _fault_of_name(division.name):
            yield n, "name", *fault


def _fault_of_name(name: str) -> tuple[str, str] | None:
    if not name:
        return "missing", "名称必填"
    if len(name) > 100:
        return "string_too_long", "名称不能超过 100 个字"
    if not name.isprintable():
        return "unprintable", "名称含有换行或其他控制字符"
    return None
