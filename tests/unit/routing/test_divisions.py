"""Which lists of divisions form a tree, and what their import changes."""

import random
from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.decide import Cause, decide_all
from services.routing.domain.directory.decide import decide
from services.routing.domain.directory.divisions import (
    MAX_DIVISIONS,
    MAX_ERRORS,
    Division,
    ImportOrgs,
    InvalidDivisions,
    check_edit,
    codes_to_load,
    orgs_to_put,
)
from services.routing.domain.directory.editing import EditOrg
from services.routing.domain.directory.facts import evolve
from services.routing.domain.directory.org import NotYourOrg, Org
from tests.unit.routing.builders import CENTER, COUNTY, STATION, by, staff

ADMIN = staff("admin", "52")
TREE = [
    ("52", "province", "贵州省"),
    ("5201", "city", "贵阳市"),
    ("520111", "county", "花溪区"),
    ("520111101", "township", "青岩镇"),
    ("520111101201", "village", "龙井村"),
    ("52011110120101", "point", "一组"),
]


def an_import(*divisions: tuple[str, str, str], actor: Actor = ADMIN) -> ImportOrgs:
    places = [Division(*division, place=f"第 {n} 行") for n, division in enumerate(divisions, 2)]
    return ImportOrgs(tuple(places), Cause(actor))


def errors_of(*divisions: tuple[str, str, str], known: dict[str, Org] | None = None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDivisions) as refused:
        orgs_to_put(an_import(*divisions), known or {})
    for error, division in ((error, divisions[int(error.pointer.split("/")[1])]) for error in refused.value.errors):
        assert error.detail.startswith("第 ")
        assert not any(value and value in error.detail for value in (division[0], division[2]))
    return [(error.pointer, error.code) for error in refused.value.errors]


def test_divisions_are_imported_in_any_order() -> None:
    shuffled = random.Random(3).sample(TREE, len(TREE))
    assert [order.code for order in orgs_to_put(an_import(*shuffled), {})] == [code for code, _, _ in shuffled]


def test_a_parent_may_exist_before_the_import() -> None:
    assert orgs_to_put(an_import(TREE[3]), {COUNTY: Org(COUNTY, "花溪区")})
    assert errors_of(TREE[3]) == [("/0/code", "parent_unknown")]


@pytest.mark.parametrize(
    ("division", "error"),
    [
        (("520111101", "village", "青岩镇"), ("/1/level", "level_mismatch")),
        (("520111101", "town", "青岩镇"), ("/1/level", "level_unknown")),
        (("520111101", "", "青岩镇"), ("/1/level", "level_unknown")),
        (("52011", "township", "青岩镇"), ("/1/code", "division_code")),
        (("５２０１１１１０１", "township", "青岩镇"), ("/1/code", "division_code")),
        (("52011110x", "township", "青岩镇"), ("/1/code", "division_code")),
        (("", "township", "青岩镇"), ("/1/code", "division_code")),
        (("520112101", "township", "青岩镇"), ("/1/code", "parent_unknown")),
        (("520111101", "township", ""), ("/1/name", "missing")),
        (("520111101", "township", "青" * 101), ("/1/name", "string_too_long")),
        (("520111101", "township", "青岩\n镇"), ("/1/name", "unfit_text")),
        (("520111", "county", "花溪区"), ("/1/code", "duplicate")),
    ],
)
def test_each_error_names_its_line(division: tuple[str, str, str], error: tuple[str, str]) -> None:
    assert errors_of(TREE[2], division, known={"5201": Org("5201", "贵阳市")}) == [error]


def test_all_errors_of_a_line_and_of_the_list_are_reported_at_once() -> None:
    assert errors_of(("52", "city", ""), ("5301", "city", "昆明市"), TREE[0]) == [
        ("/0/level", "level_mismatch"),
        ("/0/name", "missing"),
        ("/1/code", "parent_unknown"),
        ("/2/code", "duplicate"),
    ]


def test_of_very_many_errors_the_first_are_reported_with_the_total() -> None:
    many = [(f"53{n:04}", "county", "某县") for n in range(MAX_ERRORS + 50)]
    with pytest.raises(InvalidDivisions, match=f"共 {MAX_ERRORS + 50} 处") as refused:
        orgs_to_put(an_import(*many), {})
    assert len(refused.value.errors) == MAX_ERRORS


def test_an_import_has_a_maximum_length() -> None:
    with pytest.raises(InvalidDivisions, match=str(MAX_DIVISIONS)):
        orgs_to_put(an_import(*[("52", "province", "贵州省")] * (MAX_DIVISIONS + 1)), {})


def test_an_import_outside_the_actors_subtree_is_refused() -> None:
    known = {"5201": Org("5201", "贵阳市")}
    assert orgs_to_put(an_import(TREE[2], TREE[3], actor=staff("admin", COUNTY)), known)
    with pytest.raises(NotYourOrg, match="第 2 行"):
        orgs_to_put(an_import(TREE[2], actor=staff("admin", CENTER)), known)


def import_divisions(tree: dict[str, Org], *divisions: tuple[str, str, str]) -> list[Any]:
    """Import the divisions; return what was announced."""
    orders = orgs_to_put(an_import(*divisions), tree)
    work = decide_all(tree, orders, key=lambda order: order.code, subject=str, decide=decide, evolve=evolve)
    return [(each.subject, each.sequence, each.data.model_dump()["name"]) for each in work.announced]


def test_only_what_changed_is_announced() -> None:
    tree: dict[str, Org] = {}
    assert import_divisions(tree, *TREE) == [(code, 1, name) for code, _, name in TREE]
    assert import_divisions(tree, *TREE) == []
    assert import_divisions(tree, *TREE[:5], ("52011110120101", "point", "二组")) == [("52011110120101", 2, "二组")]
    assert (tree[STATION].version, tree["52011110120101"].version) == (1, 2)


@pytest.mark.parametrize(
    ("level", "wrong"), [(None, []), ("township", []), ("village", [("/level", "level_mismatch")])]
)
def test_an_org_edited_by_hand_is_checked_like_an_imported_one(level: Any, wrong: list[tuple[str, str]]) -> None:
    command = EditOrg(CENTER, level, "青岩镇", None, by(ADMIN))
    tree = {COUNTY: Org(COUNTY, "花溪区")}
    if not wrong:
        check_edit(command, tree)
        return
    with pytest.raises(InvalidDivisions) as refused:
        check_edit(command, tree)
    assert [(error.pointer, error.code) for error in refused.value.errors] == wrong


def test_an_org_edited_by_hand_needs_its_parent_and_an_actor_above_it() -> None:
    with pytest.raises(InvalidDivisions):
        check_edit(EditOrg(CENTER, None, "青岩镇", None, by(ADMIN)), {})
    with pytest.raises(NotYourOrg):
        check_edit(EditOrg(CENTER, None, "青岩镇", None, by(staff("admin", STATION))), {COUNTY: Org(COUNTY, "区")})


@pytest.mark.parametrize(
    ("code", "orgs"), [("52", ("52",)), (CENTER, (CENTER, COUNTY)), ("5", ()), ("x" * 14, ()), ("", ())]
)
def test_a_division_is_checked_with_its_org_and_its_parent(code: str, orgs: tuple[str, ...]) -> None:
    assert codes_to_load(code) == orgs
