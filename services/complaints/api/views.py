"""The answers of complaints."""

from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from bianmin.domain.labels_zh import COMPLAINT_CHANNELS, COMPLAINT_KINDS, COMPLAINT_LEVELS, COMPLAINT_OUTCOMES
from bianmin.events.parts import ComplaintChannel, ComplaintKind, ComplaintLevel, ComplaintOutcome, Moment
from bianmin.kit.bodies import View
from bianmin.kit.fields import CASE_ID, CENTER_ORG, MOMENT, OFFICE_ORG, values_of
from services.complaints import texts
from services.complaints.domain.complaint import Complaint, ComplaintStatus, PaperKind
from services.complaints.domain.status import STATUS_NAMES

COMPLAINT_ID = "019acab3-6e42-7f18-8c5d-0a2b4c6d8e9f"
_INVESTIGATOR = "investigator.520123.01"
_ACCUSED = "window.520123103.01"
_REPLY = "您反映的情况属实，已责令改正，并向您致歉。"
_COMPLAINANT = {
    "name": "王秀英",
    "phone": "13885012345",
    "id_number": "520123196503120020",
    "address": "修文县六广镇六广村二组",
}

_Id = Annotated[UUID, Field(description="投诉编号，UUID", examples=[COMPLAINT_ID])]
_ComplaintNo = Annotated[
    str, Field(description="投诉单号：TS、8 位日期、短横线、6 位随机码", examples=["TS20261127-K7MPXQ"])
]
_Kind = Annotated[ComplaintKind, Field(description=f"种类：{values_of(COMPLAINT_KINDS)}", examples=["complaint"])]
_Level = Annotated[
    ComplaintLevel, Field(description=f"第几次办理：{values_of(COMPLAINT_LEVELS)}", examples=["handling"])
]
_Status = Annotated[ComplaintStatus, Field(description=f"状态：{values_of(STATUS_NAMES)}", examples=["replied"])]
_LodgedOn = Annotated[date, Field(description="登记之日，YYYY-MM-DD", examples=["2026-11-27"])]
_AcceptedOn = Annotated[
    date | None,
    Field(description="受理之日，60 日的办理期限从当日起算，YYYY-MM-DD；没有受理的为 null", examples=["2026-11-30"]),
]
_EscalatedOn = Annotated[
    date | None,
    Field(description="提出复查（复核）之日，YYYY-MM-DD；没有提出的为 null", examples=[None]),
]
_RefusedOn = Annotated[date | None, Field(description="不予受理之日，YYYY-MM-DD；其他为 null", examples=[None])]
_ExtendedBy = Annotated[int, Field(description="办理期限延长了多少日，自然日；没有延长的为 0", examples=[0])]
_Outcome = Annotated[
    ComplaintOutcome | None,
    Field(description=f"结论；还没有的为 null：{values_of(COMPLAINT_OUTCOMES)}", examples=["supported"]),
]
_ConcludedOn = Annotated[
    date | None, Field(description="作出结论之日，YYYY-MM-DD；还没有的为 null", examples=["2026-12-21"])
]
_RepliedOn = Annotated[
    date | None, Field(description="答复之日，YYYY-MM-DD；尚未答复的为 null", examples=["2026-12-22"])
]


class LodgedView(View):
    """A new complaint. No later answer has the `follow_code`, with which its complainant follows it."""

    id: _Id
    complaint_no: _ComplaintNo
    follow_code: Annotated[
        str,
        Field(
            description="查询码，18 位数字和大写字母；凭它查询办理情况，只在这一次答复中出现，请抄下或保存",
            examples=["K7MPXQ2RWD9HBTV4NC"],
        ),
    ]


class AccusedView(View):
    """Whom a complaint is about."""

    org: Annotated[str, Field(description="被投诉单位的区划代码", examples=[CENTER_ORG])]
    staff_id: Annotated[str | None, Field(description="被投诉人的人员编号；不针对个人的为 null", examples=[_ACCUSED])]
    case_id: Annotated[UUID | None, Field(description="涉及的办件的编号，UUID；没有的为 null", examples=[CASE_ID])]


class _OfComplaint(View):
    """A view of the fields of a complaint that have the same names."""

    @classmethod
    def of(cls, complaint: Complaint, **more: Any) -> Self:
        """Return the view of a complaint; `more` has the fields that are not fields of a complaint."""
        return cls.model_validate({name: getattr(complaint, name) for name in _FIELDS} | more, from_attributes=True)


_FIELDS = ("subject", *(field.name for field in fields(Complaint)))


class ComplaintHead(_OfComplaint):
    """A complaint without what was written about it.

    `level`: handling, review (复查) or second review (复核), since `escalated_on`; investigator and outcome belong to
    that level, `accepted_on` to the first. `objected`: the handler says that another org is responsible.
    `extended_by`: days.
    """

    id: _Id
    complaint_no: _ComplaintNo
    kind: _Kind
    channel: Annotated[
        ComplaintChannel, Field(description=f"从哪里提出：{values_of(COMPLAINT_CHANNELS)}", examples=["mobile"])
    ]
    anonymous: Annotated[bool, Field(description="是否匿名", examples=[False])]
    subject: Annotated[
        AccusedView,
        Field(description="投诉谁", examples=[{"org": CENTER_ORG, "staff_id": _ACCUSED, "case_id": CASE_ID}]),
    ]
    handler_org: Annotated[str, Field(description="承办单位的区划代码，在被投诉单位之上", examples=[OFFICE_ORG])]
    level: _Level
    status: _Status
    objected: Annotated[bool, Field(description="承办单位是否提出不属本单位职责的异议", examples=[False])]
    investigator: Annotated[
        str | None, Field(description="调查员的人员编号；没有指定的为 null", examples=[_INVESTIGATOR])
    ]
    lodged_on: _LodgedOn
    accepted_on: _AcceptedOn
    escalated_on: _EscalatedOn
    refused_on: _RefusedOn
    extended_by: _ExtendedBy
    outcome: _Outcome
    concluded_on: _ConcludedOn
    replied_on: _RepliedOn


class ComplaintSummary(ComplaintHead):
    """A complaint in a list; `updated_at` is when it last changed."""

    updated_at: Annotated[
        Moment,
        Field(description="最近一次变动的时间，RFC 3339，时区 +08:00；可用作下次的 updated_since", examples=[MOMENT]),
    ]


class ConclusionView(View):
    """A conclusion in its parts."""

    outcome: Annotated[
        ComplaintOutcome, Field(description=f"结论：{values_of(COMPLAINT_OUTCOMES)}", examples=["supported"])
    ]
    facts: Annotated[str, Field(description="查明的事实", examples=["当日窗口无人值守一小时四十分，未安排顶岗。"])]
    reasons: Annotated[str, Field(description="作出结论的理由", examples=["窗口应当在公布的时间内有人受理申请。"])]
    legal_basis: Annotated[str, Field(description="依据", examples=["《信访工作条例》第三十二条"])]


class ComplainantView(View):
    """Who complains, as far as the complaint says it."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    name: Annotated[str, Field(description="姓名", examples=["王秀英"])]
    phone: Annotated[str | None, Field(description="联系电话；没有填写的为 null", examples=["13885012345"])] = None
    id_number: Annotated[
        str | None, Field(description="证件号码；没有填写的为 null", examples=["520123196503120020"])
    ] = None
    address: Annotated[
        str | None, Field(description="住址；没有填写的为 null", examples=["修文县六广镇六广村二组"])
    ] = None


class PaperView(View):
    """A document in the file of a complaint: a text, or a conclusion in its parts."""

    kind: Annotated[PaperKind, Field(description=f"文书种类：{values_of(texts.PAPER_KINDS)}", examples=["reply"])]
    level: _Level
    on: Annotated[date, Field(description="写成之日，YYYY-MM-DD", examples=["2026-12-22"])]
    by: Annotated[str, Field(description="写的人的人员编号", examples=[_INVESTIGATOR])]
    text: Annotated[
        str | None,
        Field(
            description="内容；调查结论分项写在 document，这里为 null",
            examples=[_REPLY],
        ),
    ]
    document: Annotated[ConclusionView | None, Field(description="调查结论的各项；其他文书为 null", examples=[None])]


class ComplaintView(ComplaintHead):
    """A complaint with everything that was written about it, in its order, for who handles it."""

    text: Annotated[
        str,
        Field(
            description="投诉的内容",
            examples=["十一月二十日上午到窗口交材料，等了两个小时没有人受理，也没有说明原因。"],
        ),
    ]
    complainant: Annotated[
        ComplainantView | None,
        Field(
            description="投诉人；匿名的为 null",
            examples=[_COMPLAINANT],
        ),
    ]
    papers: Annotated[list[PaperView], Field(description="案卷中的文书，按先后排列")]


class AnswerView(View):
    """What the complainant was answered: why it was refused or takes longer, and the replies."""

    kind: Annotated[PaperKind, Field(description=f"文书种类：{values_of(texts.PAPER_KINDS)}", examples=["reply"])]
    level: _Level
    on: Annotated[date, Field(description="答复之日，YYYY-MM-DD", examples=["2026-12-22"])]
    text: Annotated[str, Field(description="内容", examples=[_REPLY])]


class FollowView(_OfComplaint):
    """A complaint for its complainant: no staff, nothing about others.

    `reply`: the last reply. `answers`: all answers in their order. `escalated_on`: since when the review is under way.
    `review_by`: the last day on which a review may be requested at the desk.
    """

    complaint_no: _ComplaintNo
    kind: _Kind
    level: _Level
    status: _Status
    status_text: Annotated[str, Field(description="状态的中文名称，可以直接显示", examples=["已答复"])]
    lodged_on: _LodgedOn
    accepted_on: _AcceptedOn
    escalated_on: _EscalatedOn
    refused_on: _RefusedOn
    extended_by: _ExtendedBy
    concluded_on: _ConcludedOn
    outcome: _Outcome
    replied_on: _RepliedOn
    reply: Annotated[
        str | None,
        Field(description="最近一次答复的内容；尚未答复的为 null", examples=[_REPLY]),
    ]
    review_by: Annotated[
        date | None,
        Field(
            description="最迟哪一天可以到窗口申请复查（复核），YYYY-MM-DD；不能申请的为 null"
            "（信访工作条例第三十五条、第三十六条）",
            examples=["2027-01-21"],
        ),
    ]
    answers: Annotated[
        list[AnswerView],
        Field(
            description="给投诉人的全部答复：不予受理、延长期限、答复，按先后排列",
            examples=[[{"kind": "reply", "level": "handling", "on": "2026-12-22", "text": _REPLY}]],
        ),
    ]
