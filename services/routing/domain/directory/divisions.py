"""Import divisions, one or a whole province at once: check that they form a tree."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from bianmin.domain.divisions import LENGTHS, check_division_code, level_of, parent_of
from bianmin.domain.identifiers import BadCode
from bianmin.domain.labels_zh import ORG_LEVELS
from bianmin.domain.text import UnfitText, clean_name
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import FieldError, Invalid
from services.routing.domain.directory.editing import EditOrg, PutOrg
from services.routing.domain.directory.org import NotYourOrg, Tree, check_may_edit

MAX_DIVISIONS = 50_000
"""Divisions in one import: more than any province has."""
MAX_ERRORS = 200
"""Errors reported at once; when there are more, the first ones."""

_LEVEL_NAMES: dict[str, str] = {level: f"{ORG_LEVELS[level]}（{length} 位）" for level, length in LENGTHS.items()}


@dataclass(frozen=True, slots=True)
class Division:
    """One line of an import. `place` is its place in the file, for messages: 第 17 行."""

    code: str
    level: str | None
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ImportOrgs:
    """Import a whole list, all or nothing. Orgs that it does not name stay unchanged."""

    divisions: tuple[Division, ...]
    by: Cause


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many orgs an import created, changed and found unchanged."""

    created: int
    changed: int
    unchanged: int


class InvalidDivisions(Invalid):
    """The divisions do not form a tree; the errors name each line."""

    slug, title = "divisions-faulty", "行政区划有误"


def codes_to_load(code: str) -> tuple[str, ...]:
    """The codes of the orgs that are needed to check a division: its own and its parent's; none for a bad code."""
    try:
        parent = parent_of(code)
    except BadCode:
        return ()
    return (code,) if parent is None else (code, parent)


def orgs_to_put(command: ImportOrgs, tree: Tree) -> Sequence[PutOrg]:
    """Check an import and return a command for each of its orgs.

    `tree` holds the orgs that the import names and their parents, as far as they exist.
    Raises `InvalidDivisions` with every error, or `NotYourOrg`.
    """
    divisions = command.divisions
    if len(divisions) > MAX_DIVISIONS:
        raise InvalidDivisions(f"一次最多导入 {MAX_DIVISIONS} 个机构，请分批导入：先上级，后下级。")
    errors = [
        FieldError(f"/{n}/{field}", code, f"{divisions[n].place}：{detail}")
        for n, field, code, detail in _errors(divisions, tree)
    ]
    if errors:
        more = f"（仅列出前 {MAX_ERRORS} 处）" if len(errors) > MAX_ERRORS else ""
        detail = f"共 {len(errors)} 处有误{more}，全部没有导入；请按 errors 更正后重新导入。"
        raise InvalidDivisions(detail, errors=errors[:MAX_ERRORS])
    actor = command.by.actor
    for division in divisions:
        if not actor.covers(division.code):
            raise NotYourOrg(f"{division.place}：不在本单位（{actor.org}）之内，全部没有导入；请删去或由上级导入。")
    return [PutOrg(division.code, clean_name(division.name), command.by) for division in divisions]


def check_edit(command: EditOrg, tree: Tree) -> None:
    """Check an org that is edited by hand. Raises `NotYourOrg` or `InvalidDivisions`."""
    check_may_edit(command.by.actor, command.code)
    division = Division(command.code, command.level, command.name)
    errors = [FieldError(f"/{field}", code, detail) for _, field, code, detail in _errors([division], tree)]
    if errors:
        raise InvalidDivisions("机构信息有误，请按 errors 更正。", errors=errors)


def _errors(divisions: Sequence[Division], known: Container[str]) -> Iterator[tuple[int, str, str, str]]:
    """Why the list is no tree: (index, field, code, detail) of each error. No detail repeats a value of the list."""
    first: dict[str, int] = {}
    for n, division in enumerate(divisions):
        first.setdefault(division.code, n)
    for n, division in enumerate(divisions):
        if first[division.code] != n:
            yield n, "code", "duplicate", f"代码与{divisions[first[division.code]].place}重复"
            continue
        try:
            check_division_code(division.code)
            level = level_of(division.code)
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
        if error_of_name := _error_of_name(division.name):
            yield n, "name", *error_of_name


def _error_of_name(name: str) -> tuple[str, str] | None:
    try:
        name = clean_name(name)
    except UnfitText as error:
        return "unfit_text", f"名称的{error}"
    if not name:
        return "missing", "名称必填"
    if len(name) > 100:
        return "string_too_long", "名称不能超过 100 个字"
    return None
