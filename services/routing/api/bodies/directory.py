"""Request bodies of the directory."""

from typing import Annotated, get_args

from pydantic import AfterValidator, Field, StringConstraints

from bianmin.domain.labels_zh import ORG_LEVELS, ROLES
from bianmin.events.parts import Dept, OrgLevel
from bianmin.kit.bodies import Body, Code, Phone, Short
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, OFFICE_ORG, STAFF_ID, values_of
from services.routing.api.views.directory import OfficeView
from services.routing.domain.directory.staff import StaffRole


def _distinct(roles: list[StaffRole]) -> list[StaffRole]:
    if len(set(roles)) != len(roles):
        raise ValueError("同一角色只填一次")
    return roles


_STAFF_ROLES = {role: ROLES[role] for role in get_args(StaffRole)}
Roles = Annotated[list[StaffRole], Field(min_length=1, max_length=7), AfterValidator(_distinct)]


class OrgIn(Body):
    """An org. The answer of a GET may be sent back: its read-only fields are ignored.

    `level` follows from the code; where it is sent, it must agree.
    """

    name: Annotated[Short, Field(description="机构名称，1 至 100 字", examples=["六广镇"])]
    level: Annotated[
        OrgLevel | None,
        Field(description=f"级别，可不填；填写的须与区划代码一致：{values_of(ORG_LEVELS)}", examples=["township"]),
    ] = None
    code: Annotated[
        str | None, Field(description="读取时答复的区划代码，可原样带回，不起作用", examples=[CENTER_ORG])
    ] = None
    parent: Annotated[
        str | None, Field(description="读取时答复的上级区划代码，可原样带回，不起作用", examples=[OFFICE_ORG])
    ] = None
    offices: Annotated[
        list[OfficeView] | None,
        Field(
            description="读取时答复的办理单位，可原样带回，不起作用；设立办理单位见 `POST /orgs/{code}/offices`",
            examples=[[]],
        ),
    ] = None


class DivisionIn(Body):
    """One org of an import in JSON. It is checked together with the others, so that every error is reported."""

    code: Annotated[
        str,
        StringConstraints(strip_whitespace=True),
        Field(description="区划代码，2、4、6、9、12 或 14 位数字", examples=[CENTER_ORG]),
    ]
    level: Annotated[
        str,
        StringConstraints(strip_whitespace=True),
        Field(description=f"级别，须与代码长度一致：{values_of(ORG_LEVELS)}", examples=["township"]),
    ]
    name: Annotated[
        str, StringConstraints(strip_whitespace=True), Field(description="名称，1 至 100 字", examples=["六广镇"])
    ]


class DivisionsIn(Body):
    """`POST /orgs/import` in JSON."""

    items: Annotated[list[DivisionIn], Field(description="行政区划，上级在前在后都可以")]


class OfficeIn(Body):
    """A functional office of an org."""

    dept: Annotated[Dept, Field(description=f"条线，一个机构每个条线一个办理单位：{DEPT_VALUES}", examples=["market"])]
    name: Annotated[Short, Field(description="办理单位的名称，1 至 100 字", examples=["修文县市场监督管理局"])]
    phone: Annotated[
        Phone | None,
        Field(description="对外公布的电话：手机、固定电话（可带分机）或 400", examples=["0851-82372345"]),
    ] = None


class StaffIn(Body):
    """A member of staff. `id` is the `sub` of the member's tokens; without it, a new id is made."""

    id: Annotated[
        Code | None,
        Field(description="人员编号，即登录凭证中的 sub，1 至 64 个字符；不填则自动编号", examples=[STAFF_ID]),
    ] = None
    name: Annotated[Short, Field(description="姓名，1 至 100 字", examples=["李娟"])]
    roles: Annotated[
        Roles, Field(description=f"角色，至少一个，不重复：{values_of(_STAFF_ROLES)}", examples=[["department"]])
    ]
    dept: Annotated[
        Dept | None,
        Field(
            description=f"所在条线，部门工作人员必填，须是本机构已设立的办理单位：{DEPT_VALUES}", examples=["market"]
        ),
    ] = None
    phone: Annotated[
        Phone | None,
        Field(description="工作电话：手机、固定电话（可带分机）或 400", examples=["0851-82372345"]),
    ] = None
