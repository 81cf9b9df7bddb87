"""Request bodies of the acts on a case: delivery, special procedures, extensions, reopening."""

from typing import Annotated

from pydantic import Field

from bianmin.domain.labels_zh import DELIVERIES, PROCEDURES, REPLY_METHODS
from bianmin.events.parts import Delivery, ProcedureKind, ReplyMethod
from bianmin.kit.bodies import Body, Day, Short, Text
from bianmin.kit.fields import values_of
from services.routing import texts
from services.routing.domain.route import MediationOutcome


class DeliveryIn(Body):
    """A delivery. `signed_by` is the name of the person who signed for the result."""

    method: Annotated[Delivery, Field(description=f"送达方式：{values_of(DELIVERIES)}", examples=["in_person"])]
    signed_by: Annotated[Short, Field(description="签收人姓名，1 至 100 字，加密保存，显示时遮蔽", examples=["张建国"])]


class ApplicantReplyIn(Body):
    """How the applicant was told the result of a case that a desk carried for the applicant."""

    method: Annotated[ReplyMethod, Field(description=f"回复方式：{values_of(REPLY_METHODS)}", examples=["visit"])]
    text: Annotated[
        Text,
        Field(description="怎样回复的，1 至 2000 字，加密保存", examples=["残疾人证已办好，送到家中，当面说明用法。"]),
    ]
    replied_on: Annotated[
        Day | None,
        Field(description="回复之日，YYYY-MM-DD，不早于决定之日、不晚于今天；不填为今天", examples=["2026-12-18"]),
    ] = None


class MediationIn(Body):
    """An attempt to mediate a dispute."""

    on: Annotated[Day, Field(description="调解之日，YYYY-MM-DD，不晚于今天", examples=["2026-11-27"])]
    mediators: Annotated[
        list[Short],
        Field(min_length=1, max_length=20, description="调解人员的姓名，1 至 20 人，加密保存", examples=[["王德明"]]),
    ]
    outcome: Annotated[
        MediationOutcome, Field(description=f"结果：{values_of(texts.MEDIATION_OUTCOMES)}", examples=["agreed"])
    ]
    note: Annotated[
        Text,
        Field(
            description="调解经过和协议要点，1 至 2000 字，加密保存；达成协议的写明各方已签字",
            examples=["双方就地界达成协议，各方已签字。"],
        ),
    ]


class EscalationIn(Body):
    """Why a dispute is passed to the next level."""

    why: Annotated[
        Text, Field(description="上报的理由，1 至 2000 字，加密保存", examples=["两次调解未成，涉及跨村林地。"])
    ]


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
