"""The request bodies of complaints."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints, model_validator

from bianmin.domain.labels_zh import COMPLAINT_CHANNELS, COMPLAINT_KINDS, COMPLAINT_OUTCOMES
from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintOutcome
from bianmin.kit.bodies import AS_NAME, AS_TEXT, Address, Body, Code, OrgCode, Phone, Short, Text
from bianmin.kit.fields import CASE_ID, CENTER_ORG, OFFICE_ORG, values_of

Long = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AS_TEXT]


class SubjectIn(Body):
    """Whom a complaint is about."""

    org: Annotated[OrgCode, Field(description="被投诉单位的区划代码", examples=[CENTER_ORG])]
    staff_id: Annotated[
        Code | None,
        Field(description="被投诉人的人员编号，1 至 64 个字符；不针对个人的不填", examples=["window.520123103.01"]),
    ] = None
    case_id: Annotated[UUID | None, Field(description="涉及的办件的编号，UUID；没有的不填", examples=[CASE_ID])] = None


class ComplainantIn(Body):
    """Who complains, in a complaint by name."""

    name: Annotated[Short, Field(description="姓名，1 至 100 字，加密保存", examples=["王秀英"])]
    phone: Annotated[
        Phone | None,
        Field(
            description="电话：手机、固定电话（可带分机）、400 或境外号码，加密保存",
            examples=["13885012345"],
        ),
    ] = None
    id_number: Annotated[
        Annotated[str, StringConstraints(max_length=40), AS_NAME] | None,
        Field(description="证件号码，最多 40 个字符，加密保存；可以不填", examples=["520123196503120020"]),
    ] = None
    address: Annotated[
        Address | None,
        Field(description="住址，最多 200 字，加密保存；可以不填", examples=["修文县六广镇六广村二组"]),
    ] = None


class LodgingIn(Body):
    """A complaint: anonymous without a complainant, or by name with one."""

    kind: Annotated[ComplaintKind, Field(description=f"种类：{values_of(COMPLAINT_KINDS)}", examples=["complaint"])]
    subject: Annotated[
        SubjectIn, Field(description="投诉谁：单位，也可以写明人员和办件", examples=[{"org": CENTER_ORG}])
    ]
    anonymous: Annotated[
        StrictBool, Field(description="是否匿名：true 时不填 complainant，false 时必填", examples=[False])
    ] = False
    complainant: Annotated[
        ComplainantIn | None,
        Field(
            description="投诉人，实名时填写；只有负责办理的人看得到",
            examples=[{"name": "王秀英", "phone": "13885012345"}],
        ),
    ] = None
    text: Annotated[
        Long,
        Field(
            description="内容，1 至 10000 字，加密保存；只有负责办理的人看得到",
            examples=["十一月二十日上午到窗口交材料，等了两个小时没有人受理，也没有说明原因。"],
        ),
    ]
    file_ids: Annotated[
        list[UUID],
        Field(
            default_factory=list,
            max_length=20,
            description="附件编号，UUID，最多 20 个；附件上传尚未开通",
            examples=[[]],
        ),
    ]
    channel: Annotated[
        ComplaintChannel, Field(description=f"从哪里提出：{values_of(COMPLAINT_CHANNELS)}", examples=["mobile"])
    ] = "mobile"

    @model_validator(mode="after")
    def _check_complainant(self) -> "LodgingIn":
        if self.anonymous and self.complainant is not None:
            raise ValueError("匿名投诉不要填写 complainant")
        if not self.anonymous and self.complainant is None:
            raise ValueError("实名投诉须填写 complainant；不愿留名的请选 anonymous")
        return self


class ComplaintAcceptanceIn(Body):
    """Nothing: the day of the acceptance is today."""


class ReasonIn(Body):
    """Why: the complainant or another org reads it."""

    reason: Annotated[
        Text,
        Field(
            description="理由，1 至 2000 字，加密保存；由投诉人或有关单位阅读",
            examples=["反映的事项属于不动产登记，不属本单位职责，请向县自然资源局提出。"],
        ),
    ]


class TransferIn(Body):
    """To which org, and why."""

    org: Annotated[OrgCode, Field(description="转给哪个单位承办，区划代码；须在本辖区内", examples=[OFFICE_ORG])]
    reason: Annotated[
        Text,
        Field(description="转送的理由，1 至 2000 字，加密保存", examples=["经营场所在修文县，由修文县承办。"]),
    ]


class ComplaintExtensionIn(Body):
    """By how many days, and why."""

    days: Annotated[StrictInt, Field(ge=1, le=30, description="延长多少日，自然日，1 至 30", examples=[30])]
    reason: Annotated[
        Text,
        Field(
            description="延长的理由，1 至 2000 字，加密保存；告知投诉人",
            examples=["涉及多年的土地资料，需要向档案部门调取。"],
        ),
    ]


class AssignmentIn(Body):
    """Who investigates: a staff id."""

    investigator: Annotated[
        Code, Field(description="调查员的人员编号，1 至 64 个字符", examples=["investigator.520123.01"])
    ]


class ConclusionIn(Body):
    """The conclusion: one of three outcomes, with facts, reasons and legal basis (信访工作条例 art. 32)."""

    outcome: Annotated[
        ComplaintOutcome, Field(description=f"结论：{values_of(COMPLAINT_OUTCOMES)}", examples=["supported"])
    ]
    facts: Annotated[
        Text,
        Field(
            description="查明的事实，1 至 2000 字，加密保存", examples=["当日窗口无人值守一小时四十分，未安排顶岗。"]
        ),
    ]
    reasons: Annotated[
        Text,
        Field(description="作出结论的理由，1 至 2000 字，加密保存", examples=["窗口应当在公布的时间内有人受理申请。"]),
    ]
    legal_basis: Annotated[
        Text,
        Field(description="依据，1 至 2000 字，加密保存", examples=["《信访工作条例》第三十二条"]),
    ]


class ReplyIn(Body):
    """The reply to the complainant."""

    text: Annotated[
        Text,
        Field(
            description="答复的内容，1 至 2000 字，加密保存；投诉人凭查询码阅读",
            examples=["您反映的情况属实，已责令改正，并向您致歉。"],
        ),
    ]
