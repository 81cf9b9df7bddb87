"""Who works at an org. The directory says who is there; what somebody may do is said by their token."""

from dataclasses import dataclass
from typing import Literal

from bianmin.events.parts import Dept
from bianmin.kit.decide import Cause
from bianmin.kit.refusals import Conflict, FieldError, Invalid
from services.routing.domain.orgs import Org, OrgNotFound, check_theirs

StaffRole = Literal["agent", "window", "department", "manager", "supervisor", "investigator", "admin"]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """`id` is the `sub` of their tokens. `dept`: their line, where they have one."""

    id: str
    org: str
    name: str
    roles: tuple[StaffRole, ...]
    dept: Dept | None = None
    phone: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class AddStaff:
    member: StaffMember
    by: Cause


class StaffIdTaken(Conflict):
    slug, title = "staff-id-taken", "人员编号已被使用"


class StaffWrong(Invalid):
    slug, title = "staff-wrong", "人员信息有误"


def admit(command: AddStaff, org: Org | None, *, taken: bool) -> StaffMember:
    """The member as they join `org`. `taken`: somebody has their id already. Raises why they cannot."""
    member = command.member
    check_theirs(command.by.actor, member.org, member.dept)
    if org is None:
        raise OrgNotFound("没有这个机构；请核对区划代码。")
    if "department" in member.roles and member.dept is None:
        where = FieldError("/dept", "missing", "部门工作人员必填所在条线")
        raise StaffWrong("人员信息有误，请按 errors 更正。", errors=[where])
    if member.dept is not None and org.office(member.dept) is None:
        where = FieldError("/dept", "office_missing", "该机构没有设立这个办理单位；请先设立，或去掉 dept")
        raise StaffWrong("人员信息有误，请按 errors 更正。", errors=[where])
    if taken:
        raise StaffIdTaken("这个人员编号已被使用；请核对，或换一个编号。")
    return member
