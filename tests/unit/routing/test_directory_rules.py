"""Orgs, their offices and their staff, one at a time."""

from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.decide import Done, Refused, decide_all
from bianmin.kit.refusals import Refusal
from services.routing.domain import orgs
from services.routing.domain.orgs import (
    EditOrg,
    NoOfficesHere,
    NotYourOrg,
    Office,
    OfficeExists,
    OpenOffice,
    Org,
    OrgChangedMeanwhile,
    OrgCommand,
    OrgNotFound,
)
from services.routing.domain.staff import AddStaff, StaffIdTaken, StaffMember, StaffWrong, admit
from tests.unit.routing.desks import CENTER, COUNTY, OTHER_CENTER, STATION, by, staff

ADMIN = staff("admin", COUNTY)
CIVIL = Office("civil", "民政办", "0851-83600001")


def a_center(*offices: Office) -> dict[str, Org]:
    return {CENTER: Org(CENTER, "青岩镇", offices, sequence=1, version=1)}


def does(tree: dict[str, Org], command: OrgCommand) -> tuple[Org, list[dict[str, Any]]]:
    """What became of the org, and what was announced. Raises why nothing did."""
    work = decide_all(
        tree, [command], key=lambda order: order.code, subject=str, decide=orgs.decide, evolve=orgs.evolve
    )
    (outcome,) = work.outcomes
    if isinstance(outcome, Refused):
        raise outcome.error
    assert isinstance(outcome, Done)
    return outcome.state, [one.data.model_dump(mode="json") for one in work.announced]


def test_an_office_is_announced_with_its_org_without_its_phone() -> None:
    tree = a_center(Office("living", "便民服务"))
    org, told = does(tree, OpenOffice(CENTER, CIVIL, by(ADMIN)))
    assert org.office("civil") == CIVIL
    assert (org.sequence, org.version) == (2, 2)
    assert told == [
        {
            "code": CENTER,
            "name": "青岩镇",
            "level": "township",
            "parent": COUNTY,
            "offices": [{"dept": "civil", "name": "民政办"}, {"dept": "living", "name": "便民服务"}],
        }
    ]


@pytest.mark.parametrize(
    ("tree", "code", "refusal"),
    [
        ({}, CENTER, OrgNotFound),
        (a_center(CIVIL), CENTER, OfficeExists),
        ({STATION: Org(STATION, "龙井村")}, STATION, NoOfficesHere),
        ({f"{STATION}01": Org(f"{STATION}01", "一组")}, f"{STATION}01", NoOfficesHere),
    ],
)
def test_where_no_office_can_be_set_up(tree: dict[str, Org], code: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        does(tree, OpenOffice(code, CIVIL, by(ADMIN)))
    assert refused.value.detail.endswith("。")


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (ADMIN, True),
        (staff("manager", CENTER), True),
        (staff("manager", COUNTY, "civil"), True),
        (staff("manager", COUNTY, "land"), False),
        (staff("manager", OTHER_CENTER), False),
        (staff("manager", STATION), False),
    ],
    ids=lambda value: value.id if isinstance(value, Actor) else "",
)
def test_an_org_is_kept_by_those_above_it_and_by_its_line(actor: Actor, may: bool) -> None:
    office = OpenOffice(CENTER, CIVIL, by(actor))
    member = AddStaff(StaffMember("S-1", CENTER, "王五", ("window",), "civil"), by(actor))
    if may:
        does(a_center(), office)
        admit(member, a_center(CIVIL)[CENTER], taken=False)
        return
    with pytest.raises(NotYourOrg):
        does(a_center(), office)
    with pytest.raises(NotYourOrg):
        admit(member, a_center(CIVIL)[CENTER], taken=False)


def test_a_new_name_is_announced_and_the_same_name_is_not() -> None:
    tree = a_center(CIVIL)
    org, told = does(tree, EditOrg(CENTER, None, "青岩古镇", 1, by(ADMIN)))
    assert (org.name, org.offices, org.version) == ("青岩古镇", (CIVIL,), 2)
    assert [one["name"] for one in told] == ["青岩古镇"]
    same, told = does(tree, EditOrg(CENTER, None, "青岩古镇", 2, by(ADMIN)))
    assert (same.version, told) == (2, [])


@pytest.mark.parametrize(("tree", "seen"), [(a_center(), None), (a_center(), 7), ({}, 1)])
def test_two_writers_never_overwrite_each_other(tree: dict[str, Org], seen: int | None) -> None:
    with pytest.raises(OrgChangedMeanwhile):
        does(tree, EditOrg(CENTER, None, "青岩镇", seen, by(ADMIN)))


@pytest.mark.parametrize(
    ("member", "org", "taken", "refusal"),
    [
        (StaffMember("S-1", CENTER, "王五", ("window",), "civil"), None, False, OrgNotFound),
        (StaffMember("S-1", CENTER, "王五", ("department",)), CIVIL, False, StaffWrong),
        (StaffMember("S-1", CENTER, "王五", ("window",), "land"), CIVIL, False, StaffWrong),
        (StaffMember("S-1", CENTER, "王五", ("window",), "civil"), CIVIL, True, StaffIdTaken),
    ],
)
def test_who_cannot_join(member: StaffMember, org: Office | None, taken: bool, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        admit(AddStaff(member, by(ADMIN)), a_center(org)[CENTER] if org else None, taken=taken)
    assert member.name not in refused.value.detail


def test_a_general_counter_has_no_line() -> None:
    member = StaffMember("S-1", CENTER, "王五", ("window", "agent"))
    assert admit(AddStaff(member, by(ADMIN)), a_center()[CENTER], taken=False) == member
