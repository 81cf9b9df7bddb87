"""Request models."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SkipValidation, StrictInt, StringConstraints, model_validator

from bianmin.domain.identifiers import DocumentKind
from bianmin.kit.bodies import AS_NAME, Address, Body, Code, Day, OrgCode, Short, Text
from bianmin.kit.fields import CENTER_ORG, MOMENT, OFFICE_ORG, values_of
from services.intake.api.fields import (
    ACCEPTED_ON,
    ADDRESS,
    AGENT_ID,
    APPLICANT_KIND_TEXT,
    FORM,
    ID_NUMBER,
    ID_TYPE_TEXT,
    ITEM_CODE,
    MATERIAL_IN,
    MATERIAL_NO_TEXT,
    ORG_TEXT,
    PHONE,
    RECEIVED_ON,
    FormAnswer,
    RegisteredChannel,
)
from services.intake.domain.content import Content, ItemCode
from services.intake.domain.item import VersionStatus
from services.intake.domain.labels_zh import BROUGHT_FORMS, VERSION_STATUSES

MaterialForm = Literal["original", "copy", "form", "electronic", "photo"]
No = Annotated[StrictInt, Field(ge=1, le=100, description=f"{MATERIAL_NO_TEXT}，最大 100", examples=[1])]


class ApplicantIn(Body):
    """Who applies."""

    kind: Annotated[Literal["person", "organization"], Field(description=APPLICANT_KIND_TEXT, examples=["person"])]
    name: Annotated[Short, Field(description="姓名或名称，1 至 100 字，加密保存", examples=["王秀英"])]
    id_type: Annotated[
        DocumentKind, Field(description=f"{ID_TYPE_TEXT}；单位用统一社会信用代码", examples=["citizen_id"])
    ]
    id_number: Annotated[
        str,
        StringConstraints(min_length=1, max_length=40),
        AS_NAME,
        Field(description="证件号码，最多 40 个字符，核对校验位，加密保存", examples=[ID_NUMBER]),
    ]
    phone: Annotated[
        Annotated[str, StringConstraints(max_length=40), AS_NAME] | None,
        Field(
            description="手机、带区号的固定电话（可带分机）、400 电话，境外写 00 加国家或地区代码，加密保存；可以不填",
            examples=[PHONE],
        ),
    ] = None
    address: Annotated[
        Address | None,
        Field(description="住址，最多 200 字，加密保存；可以不填", examples=[ADDRESS]),
    ] = None


class MaterialIn(Body):
    """A material that is handed in: `no` in the item's list, from 1."""

    no: No
    form: Annotated[MaterialForm, Field(description=f"收到的是什么：{values_of(BROUGHT_FORMS)}", examples=["copy"])]
    file_id: Annotated[
        UUID | None, Field(description="文件编号，UUID；文件上传尚未开通，不要填写", examples=[None])
    ] = None


Materials = Annotated[list[MaterialIn], Field(max_length=100)]


class AgentIn(Body):
    """The staff member who acts for the applicant."""

    staff_id: Annotated[Code, Field(description="代办员的人员编号，1 至 64 个字符", examples=[AGENT_ID])]
    mandate_file_id: Annotated[
        UUID | None, Field(description="委托书的文件编号，UUID；文件上传尚未开通，不要填写", examples=[None])
    ] = None


Form = Annotated[dict[Annotated[str, StringConstraints(max_length=60), AS_NAME], FormAnswer], Field(max_length=60)]


class Registration(Body):
    """`POST /cases`."""

    item_code: Annotated[
        ItemCode,
        Field(description="事项编码，见 `GET /catalog/items`，1 至 40 个字母、数字或 `_.-`", examples=[ITEM_CODE]),
    ]
    org: Annotated[OrgCode, Field(description=ORG_TEXT, examples=[CENTER_ORG])]
    channel: RegisteredChannel
    applicant: Annotated[
        ApplicantIn,
        Field(
            description="申请人",
            examples=[{"kind": "person", "name": "王秀英", "id_type": "citizen_id", "id_number": ID_NUMBER}],
        ),
    ]
    materials: Annotated[
        Materials,
        Field(
            default_factory=list,
            description="收到的材料，每个序号一次，最多 100 个；可以不填",
            examples=[[MATERIAL_IN]],
        ),
    ]
    form: Annotated[
        Form,
        Field(
            default_factory=dict,
            description="申请表格：项目名称（最多 60 字）和答案（文字最多 500 字、整数、是否），最多 60 项，加密保存",
            examples=[FORM],
        ),
    ]
    agent: Annotated[AgentIn | None, Field(description="代办员；不是代办的不填", examples=[{"staff_id": AGENT_ID}])] = (
        None
    )
    received_on: Annotated[
        Day | None,
        Field(
            description="收到材料之日，YYYY-MM-DD，不晚于今天，默认最早为 90 天前；不填为今天", examples=[RECEIVED_ON]
        ),
    ] = None
    client_ref: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=64), AS_NAME] | None,
        Field(description="登记方自己的编号，1 至 64 个字符，同一登记方不能重复；可以不填", examples=["OA-2026-0117"]),
    ] = None


class RequestedMaterialIn(Body):
    """A material that the notice asks for."""

    no: No
    reason: Annotated[
        Text,
        Field(
            description="为什么需要补正，1 至 2000 字，申请人会看到", examples=["申请书没有签名，请签名后重新提交。"]
        ),
    ]


class NoticeIn(Body):
    """`POST /cases/{case_id}/supplement-notice`."""

    missing: Annotated[
        list[RequestedMaterialIn],
        Field(
            min_length=1,
            max_length=100,
            description="需要补正的全部材料，1 至 100 个，每个序号一次",
            examples=[[{"no": 2, "reason": "申请书没有签名，请签名后重新提交。"}]],
        ),
    ]
    noticed_on: Annotated[
        Day | None, Field(description="告知之日，YYYY-MM-DD，不晚于今天；不填为今天", examples=["2026-11-25"])
    ] = None
    override_reason: Annotated[
        Text | None,
        Field(
            description="再次告知新材料时，负责人说明的理由，1 至 2000 字；第一次告知的不填",
            examples=["申请人更换了共同生活的家庭成员，需要补充其身份证。"],
        ),
    ] = None


class MaterialsIn(Body):
    """`POST /cases/{case_id}/materials`."""

    materials: Annotated[
        list[MaterialIn],
        Field(
            min_length=1, max_length=100, description="补交的材料，1 至 100 个，每个序号一次", examples=[[MATERIAL_IN]]
        ),
    ]
    received_on: Annotated[
        Day | None, Field(description="收到补交材料之日，YYYY-MM-DD，不晚于今天；不填为今天", examples=["2026-11-26"])
    ] = None


class CaseAcceptanceIn(Body):
    """`POST /cases/{case_id}/accept`."""

    accepted_on: Annotated[
        Day | None, Field(description="受理之日，YYYY-MM-DD，不晚于今天；不填为今天", examples=[ACCEPTED_ON])
    ] = None


class RefusalIn(Body):
    """`POST /cases/{case_id}/refuse`."""

    reason_code: Annotated[
        Code,
        Field(
            description="理由的代码，1 至 64 个字符；not_competent 为不属于本机关职权，须填写 redirect_to",
            examples=["not_competent"],
        ),
    ]
    reason: Annotated[Text, Field(description="理由，1 至 2000 字", examples=["不动产登记不属于本镇职权。"])]
    legal_basis: Annotated[
        Text, Field(description="依据，1 至 2000 字", examples=["《行政许可法》第三十二条第一款第二项"])
    ]
    redirect_to: Annotated[
        Short | None, Field(description="应向哪个机关申请，1 至 100 字", examples=["修文县不动产登记中心"])
    ] = None
    remedies: Annotated[
        Text | None,
        Field(
            description="救济途径，1 至 2000 字；不填为行政复议和行政诉讼的一般告知",
            examples=["如不服本决定，可以自收到之日起六十日内向修文县人民政府申请行政复议。"],
        ),
    ] = None

    @model_validator(mode="after")
    def _names_the_organ(self) -> "RefusalIn":
        """An organ without competence names the organ to go to (行政许可法 art. 32(2))."""
        if self.reason_code == "not_competent" and self.redirect_to is None:
            raise ValueError("不属于本机关职权的，须在 redirect_to 中告知应向哪个机关申请")
        return self


class RefusalFilingIn(Body):
    """`POST /cases/{case_id}/refusal-filings`."""

    facts: Annotated[
        Text, Field(description="查明的事实，1 至 2000 字，加密保存", examples=["申请人要办的是不动产登记。"])
    ]
    reason: Annotated[
        Text, Field(description="不予受理的理由，1 至 2000 字，加密保存", examples=["不属于本机关职权。"])
    ]
    legal_basis: Annotated[
        Text, Field(description="依据，1 至 2000 字", examples=["《行政许可法》第三十二条第一款第二项"])
    ]
    missing: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=100)]] | None,
        Field(max_length=100, description="仍缺的材料的序号，从 1 起；与材料无关的不填", examples=[[2]]),
    ] = None


class RefusalFilingAnswerIn(Body):
    """`POST /refusal-filings/{filing_id}/answer`."""

    agree: Annotated[bool, Field(strict=True, description="是否同意不予受理", examples=[True])]
    opinion: Annotated[
        Text, Field(description="负责人的意见，1 至 2000 字，加密保存", examples=["同意，请告知应去的机关。"])
    ]


class WithdrawalIn(Body):
    """`POST /cases/{case_id}/withdraw`."""

    reason: Annotated[
        Text, Field(description="申请撤回的理由，1 至 2000 字", examples=["家人已从外地寄回救助金，不再申请。"])
    ]


def _read_only(name: str) -> str:
    return f"读取时答复的{name}，可原样带回，不起作用"


class ItemIn(Content):
    """`PUT /catalog/items/{code}`: a draft. The answer of a GET may be sent back: its read-only fields are ignored."""

    org: Annotated[
        SkipValidation[str | None], Field(exclude=True, description=_read_only("区划代码"), examples=[OFFICE_ORG])
    ] = None
    version: Annotated[
        SkipValidation[int | None], Field(exclude=True, description=_read_only("版本"), examples=[1])
    ] = None
    status: Annotated[
        SkipValidation[VersionStatus | None],
        Field(exclude=True, description=f"{_read_only('状态')}：{values_of(VERSION_STATUSES)}", examples=["draft"]),
    ] = None
    changed_at: Annotated[
        SkipValidation[datetime | None],
        Field(exclude=True, description=f"{_read_only('变动时间')}，RFC 3339", examples=[MOMENT]),
    ] = None

    def content(self) -> Content:
        """Return the content without the read-only fields."""
        return Content.model_validate(self.model_dump())


class CatalogIn(Body):
    """`POST /catalog/import` in JSON."""

    items: Annotated[list[Content], Field(min_length=1, max_length=5000, description="事项，每个编码一次")]
