"""Edits of a single org, office or member of staff."""

from typing import Any

import pytest

from bianmin.domain.actors import Actor
from bianmin.kit.decide import Done, Refused, decide_all
from bianmin.kit.refusals import Refusal
from services.routing.domain.directory.decide import OrgCommand, decide
from services.routing.domain.directory.editing import (
    EditOrg,
    NoOfficesHere,
    OfficeExists,
    OpenOffice,
    OrgChangedMeanwhile,
)
from services.routing.domain.directory.facts import evolve
from services.routing.domain.directory.org import NotYourOrg, Org, OrgNotFound, OrgOffice
from services.routing.domain.directory.staff import AddStaff, InvalidStaff, StaffIdTaken, StaffMember, add_staff
from tests.unit.routing.builders import CENTER, COUNTY, OTHER_CENTER, STATION, by, staff

ADMIN = staff("admin", COUNTY)
CIVIL = OrgOffice("civil", "民政办", "0851-83600001")


def a_center(*offices: OrgOffice) -> dict[str, Org]:
    return {CENTER: Org(CENTER, "青岩镇", offices, sequence=1, version=1)}


def carry_out(tree: dict[str, Org], command: OrgCommand) -> tuple[Org, list[dict[str, Any]]]:
    """Carry out a command; return the org and the announced data. Raise the refusal."""
    work = decide_all(tree, [command], key=lambda order: order.code, subject=str, decide=decide, evolve=evolve)
    (outcome,) = work.outcomes
    if isinstance(outcome, Refused):
        raise outcome.error
    assert isinstance(outcome, Done)
    return outcome.state, [each.data.model_dump(mode="json") for each in work.announced]


def test_an_office_is_announced_with_its_org_without_its_phone() -> None:
    tree = a_center(OrgOffice("living", "便民服务"))
    org, announced = carry_out(tree, OpenOffice(CENTER, CIVIL, by(ADMIN)))
    assert org.office("civil") == CIVIL
    assert (org.sequence, org.version) == (2, 2)
    assert announced == [
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
def test_an_office_that_cannot_be_opened_is_refused(tree: dict[str, Org], code: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        carry_out(tree, OpenOffice(code, CIVIL, by(ADMIN)))
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
def test_an_org_is_edited_by_the_orgs_above_it_and_by_its_line(actor: Actor, may: bool) -> None:
    office = OpenOffice(CENTER, CIVIL, by(actor))
    member = AddStaff(StaffMember("S-1", CENTER, "王五", ("window",), "civil"), by(actor))
    if may:
        carry_out(a_center(), office)
        add_staff(member, a_center(CIVIL)[CENTER], id_taken=False)
        return
    with pytest.raises(NotYourOrg):
        carry_out(a_center(), office)
    with pytest.raises(NotYourOrg):
        add_staff(member, a_center(CIVIL)[CENTER], id_taken=False)


def test_a_new_name_is_announced_and_the_same_name_is_not() -> None:
    tree = a_center(CIVIL)
    org, announced = carry_out(tree, EditOrg(CENTER, None, "青岩古镇", 1, by(ADMIN)))
    assert (org.name, org.offices, org.version) == ("青岩古镇", (CIVIL,), 2)
    assert [each["name"] for each in announced] == ["青岩古镇"]
    same, announced = carry_out(tree, EditOrg(CENTER, None, "青岩古镇", 2, by(ADMIN)))
    assert (same.version, announced) == (2, [])


@pytest.mark.parametrize(("tree", "expected_version"), [(a_center(), None), (a_center(), 7), ({}, 1)])
def test_an_edit_of_another_version_is_refused(tree: dict[str, Org], expected_version: int | None) -> None:
    with pytest.raises(OrgChangedMeanwhile):
        carry_out(tree, EditOrg(CENTER, None, "青岩镇", expected_version, by(ADMIN)))


@pytest.mark.parametrize(
    ("member", "org", "id_taken", "refusal"),
    [
        (StaffMember("S-1", CENTER, "王五", ("window",), "civil"), None, False, OrgNotFound),
        (StaffMember("S-1", CENTER, "王五", ("department",)), CIVIL, False, InvalidStaff),
        (StaffMember("S-1", CENTER, "王五", ("window",), "land"), CIVIL, False, InvalidStaff),
        (StaffMember("S-1", CENTER, "王五", ("window",), "civil"), CIVIL, True, StaffIdTaken),
    ],
)
def test_a_member_who_cannot_be_added_is_refused(
    member: StaffMember, org: OrgOffice | None, id_taken: bool, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        add_staff(AddStaff(member, by(ADMIN)), a_center(org)[CENTER] if org else None, id_taken=id_taken)
    assert member.name not in refused.value.detail


def test_a_member_of_the_general_counter_has_no_line() -> None:
    member = StaffMember("S-1", CENTER, "王五", ("window", "agent"))
    assert add_staff(AddStaff(member, by(ADMIN)), a_center()[CENTER], id_taken=False) == member
