"""Request bodies of routing."""

from typing import Annotated, get_args

from pydantic import AfterValidator, Field, StringConstraints

from bianmin.domain.labels_zh import DELIVERIES, OPINIONS, ORG_LEVELS, PROCEDURES, ROLES
from bianmin.events.parts import Delivery, Dept, Opinion, OrgLevel, ProcedureKind
from bianmin.kit.bodies import Body, Code, Phone, Short, Text
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, OFFICE_ORG, STAFF_ID, values_of
from services.routing.api.views.directory import OfficeView
from services.routing.domain.directory.staff import StaffRole


def _distinct(roles: list[StaffRole]) -> list[StaffRole]:
    if len(set(roles)) != len(roles):
        raise ValueError("同一角色只填一次")
    return roles


_STAFF_ROLES = {role: ROLES[role] for role in get_args(StaffRole)}
Roles = Annotated[list[StaffRole], Field(min_length=1, max_length=7), AfterValidator(_distinct)]


class EmptyBody(Body):
    """The body of a request that needs none."""


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


class CompletionIn(Body):
    """An opinion or decision. A denial needs `reason_code` and `legal_basis`."""

    opinion: Annotated[
        Opinion,
        Field(
            description=f"审核步骤填 agree 或 disagree，决定步骤填 grant 或 deny：{values_of(OPINIONS)}",
            examples=["grant"],
        ),
    ]
    note: Annotated[
        Text | None, Field(description="意见的说明，1 至 2000 字，加密保存", examples=["材料齐全，经营场所符合要求。"])
    ] = None
    reason_code: Annotated[
        Code | None,
        Field(description="不予许可的理由代码，1 至 64 个字符，进入统计；deny 时必填", examples=["not_eligible"]),
    ] = None
    legal_basis: Annotated[
        Text | None,
        Field(
            description="依据的法律条款，1 至 2000 字；deny 时必填（行政许可法第三十八条）",
            examples=["《中华人民共和国行政许可法》第三十八条"],
        ),
    ] = None


class ReturnIn(Body):
    """Why the case is returned to the step before."""

    reason: Annotated[
        Text, Field(description="退回的理由，1 至 2000 字，加密保存", examples=["租赁合同未注明面积，请核实后再报。"])
    ]


class DeliveryIn(Body):
    """A delivery. `signed_by` is the name of the person who signed for the result."""

    method: Annotated[Delivery, Field(description=f"送达方式：{values_of(DELIVERIES)}", examples=["in_person"])]
    signed_by: Annotated[Short, Field(description="签收人姓名，1 至 100 字，加密保存，显示时遮蔽", examples=["张建国"])]


class ProcedureIn(Body):
    """A special procedure. The applicant is told its `expected_days`, which are working days (行政许可法 art. 45)."""

    kind: Annotated[ProcedureKind, Field(description=f"特别程序：{values_of(PROCEDURES)}", examples=["appraisal"])]
    expected_days: Annotated[
        int, Field(ge=1, le=365, description="预计需要多久，工作日，1 至 365，告知申请人", examples=[15])
    ]
    reason: Annotated[
        Text, Field(description="为什么需要，1 至 2000 字，加密保存", examples=["经营场所的消防设施需要专业鉴定。"])
    ]


class ExtensionIn(Body):
    """A request for an extension by `days`, in the unit of the statutory period."""

    days: Annotated[
        int,
        Field(
            ge=1,
            le=365,
            description="延长多少，以法定期限的单位计（一般为工作日），1 至 365；不超过事项规定的，"
            "没有规定的，许可 10 个工作日、联合办理的许可 15 个工作日（行政许可法第四十二条）",
            examples=[10],
        ),
    ]
    reason: Annotated[
        Text,
        Field(description="申请延长的理由，1 至 2000 字，加密保存", examples=["涉及多处经营场所，现场核查尚需时日。"]),
    ]


class AnswerIn(Body):
    """The reason of an answer; it may be left out."""

    reason: Annotated[
        Text | None, Field(description="答复的理由，1 至 2000 字，加密保存", examples=["情况属实，同意延长。"])
    ] = None


class ReopeningIn(Body):
    """A reopening. `basis` is the decision or judgment that set the earlier decision aside."""

    reason: Annotated[
        Text,
        Field(description="重新办理的理由，1 至 2000 字，加密保存", examples=["复议认定原决定事实不清，予以撤销。"]),
    ]
    basis: Annotated[
        Text,
        Field(
            description="撤销原决定的文书及文号，1 至 2000 字，加密保存",
            examples=["修府复决〔2026〕12 号行政复议决定书"],
        ),
    ]
