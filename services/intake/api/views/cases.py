"""A case as staff see it, with the applicant masked."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from bianmin.domain.labels_zh import MODES, PROCEDURES
from bianmin.events.parts import Lamp, Mode, ProcedureKind, in_county_time
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, OFFICE_ORG, CaseNo, values_of
from services.intake.api.fields import (
    AGENT_ID,
    CYCLE_TEXT,
    ITEM_CODE,
    ITEM_NAME,
    ITEM_REF,
    LAMP_TEXT,
    LISTED_MATERIAL,
    MASKED_APPLICANT,
    MISSING_MATERIAL,
    ORG_TEXT,
    REGISTERED_AT,
    RUNNING_CLOCK,
    UPDATED_AT,
    AcceptedOn,
    CaseKey,
    ClosedOn,
    DecidedOn,
    Deemed,
    ReceivedOn,
    RegisteredChannel,
    Status,
)
from services.intake.api.views.applicant import MaskedApplicantView
from services.intake.api.views.clocks import CaseCardView, CaseClockView
from services.intake.api.views.materials import MaterialView, MissingView, NoticeView, ReceiptView
from services.intake.api.views.state_view import IntakeStateView
from services.intake.domain.case import Case

CountyTime = Annotated[datetime, AfterValidator(in_county_time)]
Missing = Annotated[
    list[MissingView],
    Field(description="还缺的材料：必须提交或已告知补正，而没有收到的；部门共享的不算", examples=[[MISSING_MATERIAL]]),
]
Clocks = Annotated[list[CaseClockView], Field(description="办件的时钟，按起算先后排列", examples=[[RUNNING_CLOCK]])]
Cards = Annotated[list[CaseCardView], Field(description="办件的黄牌、红牌，按发出先后排列", examples=[[]])]


class RegisteredView(IntakeStateView):
    """A case that was just registered, with its receipt."""

    id: CaseKey
    case_no: CaseNo
    status: Annotated[Status, Field(examples=["registered"])]
    missing: Missing
    receipt: Annotated[ReceiptView, Field(description="收件凭证，可以打印给申请人")]
    clocks: Annotated[Clocks, Field(examples=[[]])]


class ItemRefView(IntakeStateView):
    """The item version that a case was registered under."""

    org: Annotated[str, Field(description="发布事项的单位的区划代码", examples=[OFFICE_ORG])]
    code: Annotated[str, Field(description="事项编码", examples=[ITEM_CODE])]
    version: Annotated[int, Field(description="事项的版本，从 1 起", examples=[1])]
    name: Annotated[str, Field(description="事项名称", examples=[ITEM_NAME])]


class CaseProcedureView(IntakeStateView):
    """A special procedure (行政许可法 art. 45): its days do not count. `expected_days` are working days."""

    id: Annotated[str, Field(description="特别程序的编号，UUID", examples=["019acaf1-2d10-7e44-8a3b-5c7d9e1f2a63"])]
    kind: Annotated[ProcedureKind, Field(description=f"种类：{values_of(PROCEDURES)}", examples=["publicity"])]
    name: Annotated[str, Field(description="种类的中文名称", examples=["公示"])]
    expected_days: Annotated[int, Field(description="告知申请人的预计时间，工作日", examples=[7])]
    started_on: Annotated[date, Field(description="开始之日，当日起不计入期限，YYYY-MM-DD", examples=["2026-11-25"])]
    ended_on: Annotated[
        date | None, Field(description="结束之日，当日仍不计入期限，YYYY-MM-DD；仍在进行的为 null", examples=[None])
    ]


class RefusalView(IntakeStateView):
    """The refusal to accept, as the applicant gets it."""

    reason_code: Annotated[
        str, Field(description="理由的代码；not_competent 为不属于本机关职权", examples=["not_competent"])
    ]
    reason: Annotated[str, Field(description="理由", examples=["不动产登记不属于本镇职权。"])]
    legal_basis: Annotated[str, Field(description="依据", examples=["《行政许可法》第三十二条第一款第二项"])]
    remedies: Annotated[
        str,
        Field(
            description="救济途径：怎样申请行政复议、提起行政诉讼",
            examples=["如不服本决定，可以自收到之日起六十日内依法申请行政复议。"],
        ),
    ]
    redirect_to: Annotated[
        str | None, Field(description="应向哪个机关申请；属于本机关职权的为 null", examples=["修文县不动产登记中心"])
    ]
    refused_on: Annotated[date, Field(description="不予受理之日，YYYY-MM-DD", examples=["2026-11-24"])]


class CaseHead(IntakeStateView):
    """What a list and a single view share."""

    id: CaseKey
    case_no: CaseNo
    status: Status
    mode: Annotated[Mode, Field(description=f"办理方式：{values_of(MODES)}", examples=["promised"])]
    item: Annotated[ItemRefView, Field(description="登记时的事项版本", examples=[ITEM_REF])]
    org: Annotated[str, Field(description=ORG_TEXT, examples=[CENTER_ORG])]
    accepting_org: Annotated[str, Field(description="受理单位的区划代码", examples=[CENTER_ORG])]
    dept: Annotated[str, Field(description=f"事项所属的条线：{DEPT_VALUES}", examples=["civil"])]
    channel: RegisteredChannel
    applicant_name: Annotated[str, Field(description="申请人的姓名或名称，已遮蔽", examples=[MASKED_APPLICANT["name"]])]
    client_ref: Annotated[
        str | None, Field(description="登记方自己的编号；登记时没有填写的为 null", examples=["OA-2026-0117"])
    ]
    received_on: ReceivedOn
    accepted_on: AcceptedOn
    deemed: Deemed
    decided_on: DecidedOn
    closed_on: ClosedOn
    lamp: Annotated[
        Lamp | None, Field(description=f"本次办理中最严重的{LAMP_TEXT}；没有时钟的为 null", examples=["green"])
    ]
    clocks: Clocks
    cards: Cards
    cycle: Annotated[int, Field(description=CYCLE_TEXT, examples=[1])]
    registered_at: Annotated[
        CountyTime, Field(description="登记的时间，RFC 3339，时区 +08:00", examples=[REGISTERED_AT])
    ]


class CaseSummary(CaseHead):
    """A case in a list."""

    updated_at: Annotated[
        CountyTime,
        Field(
            description="最近一次变动的时间，RFC 3339，时区 +08:00；可用作下次的 updated_since", examples=[UPDATED_AT]
        ),
    ]

    @classmethod
    def of(cls, case: Case, changed_at: datetime) -> "CaseSummary":
        """Return the summary of a case that was last changed at `changed_at`."""
        head = dict(CaseHead.model_validate(case))
        return cls.model_construct(**head, updated_at=in_county_time(changed_at))


class CaseView(CaseHead):
    """A case as staff see it: the applicant masked."""

    applicant: Annotated[MaskedApplicantView, Field(description="申请人，已遮蔽", examples=[MASKED_APPLICANT])]
    materials: Annotated[
        list[MaterialView],
        Field(description="事项的全部材料，按材料清单的序号排列", examples=[[LISTED_MATERIAL]]),
    ]
    missing: Missing
    notice: Annotated[
        NoticeView | None,
        Field(validation_alias="named_notice", description="一次性告知；没有告知的为 null", examples=[None]),
    ]
    notice_due_on: Annotated[
        date | None,
        Field(description="一次性告知的最后一日，YYYY-MM-DD；尚未算出的为 null", examples=["2026-11-30"]),
    ]
    lapsed: Annotated[bool, Field(description="是否因逾期未补正而办结", examples=[False])]
    refusal: Annotated[RefusalView | None, Field(description="不予受理的决定；没有的为 null", examples=[None])]
    procedures: Annotated[
        list[CaseProcedureView], Field(description="特别程序，按开始先后排列；所需时间不计入期限", examples=[[]])
    ]
    agent_id: Annotated[str | None, Field(description="代办员的人员编号；没有代办的为 null", examples=[AGENT_ID])]
    withdrawal_pending: Annotated[bool, Field(description="是否已申请撤回、等待办理单位答复", examples=[False])]
    withdrawal_reason: Annotated[
        str | None, Field(description="申请撤回的理由；没有申请撤回的为 null", examples=[None])
    ]
