"""Staff of an org. The directory says who works there; the token of a member says what the member may do."""

from dataclasses import dataclass
from typing import Literal

from bianmin.events.parts import Dept
from bianmin.events.routing import StaffChanged
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.routing.domain.directory.org import Org, OrgNotFound, check_may_edit

StaffRole = Literal["agent", "window", "department", "manager", "supervisor", "investigator", "admin"]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff. `id` is the `sub` of the member's tokens; `dept` is the member's line, if any."""

    id: str
    org: str
    name: str
    roles: tuple[StaffRole, ...]
    dept: Dept | None = None
    phone: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class AddStaff:
    """Add a member to the staff of an org."""

    member: StaffMember
    by: Cause


def subject_of(member: StaffMember) -> str:
    """Return the subject of the events about a member: a staff id may equal an org code."""
    return f"staff/{member.id}"


def staff_changed(member: StaffMember) -> StaffChanged:
    """Return the announcement of a new member, which nothing changes later."""
    return StaffChanged(org=member.org, dept=member.dept, roles=member.roles)


class StaffIdTaken(Conflict):
    """Somebody has this id already."""

    slug, title = "staff-id-taken", "人员编号已被使用"


class InvalidStaff(Invalid):
    """The line of the member is missing, or the org has no office for it."""

    slug, title = "staff-wrong", "人员信息有误"


def add_staff(command: AddStaff, org: Org | None, *, id_taken: bool) -> StaffMember:
    """Check and return the new member of `org`. `id_taken`: somebody has the id already.

    Raises `NotYourOrg`, `OrgNotFound`, `InvalidStaff` or `StaffIdTaken`.
    """
    member = command.member
    check_may_edit(command.by.actor, member.org, member.dept)
    if org is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    if "department" in member.roles and member.dept is None:
        where = FieldError("/dept", "missing", "部门工作人员必填所在条线")
        raise InvalidStaff("人员信息有误，请按 errors 更正。", errors=[where])
    if member.dept is not None and org.office(member.dept) is None:
        where = FieldError("/dept", "office_missing", "该机构没有设立这个办理单位；请先设立，或去掉 dept")
        raise InvalidStaff("人员信息有误，请按 errors 更正。", errors=[where])
    if id_taken:
        raise StaffIdTaken("这个人员编号已被使用；请核对，或换一个编号。")
    return member
