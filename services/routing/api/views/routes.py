"""Views of a whole route: its steps, its past cycles, its delivery."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AliasPath, Field

from bianmin.domain.labels_zh import DELIVERIES, MODES, REPLY_METHODS
from bianmin.events.parts import Delivery, Mode, ReplyMethod
from bianmin.kit.fields import CENTER_ORG, MOMENT, CaseId, CaseNo, values_of
from services.routing import texts
from services.routing.api.sealing import MaskedSigner, OpenedCaseReason, OpenedReply, SealedTexts
from services.routing.api.views.disputes import RecordedMediationView
from services.routing.api.views.extensions import ReasonedExtensionView
from services.routing.api.views.filings import ReasonedDenialFilingView
from services.routing.api.views.procedures import ReasonedProcedureView
from services.routing.api.views.state_view import StateView, attributes
from services.routing.api.views.tasks import OfficeRef, StepView
from services.routing.domain.route import Route, RouteStatus
from services.routing.domain.waiting import waiting_for

_METHOD = f"送达方式：{values_of(DELIVERIES)}"
_REPLIED = f"回复方式：{values_of(REPLY_METHODS)}"
_STATUS = f"状态：{values_of(texts.ROUTE_STATUSES)}"
_CYCLE = "第几次办理，从 1 起；重新办理一次加 1"


class DeliveredView(StateView):
    """The delivery of the result. `signed_by` is masked."""

    method: Annotated[Delivery, Field(description=_METHOD, examples=["in_person"])]
    delivered_on: Annotated[date, Field(description="送达之日，YYYY-MM-DD", examples=["2026-12-18"])]
    signed_by: Annotated[MaskedSigner, Field(description="签收人姓名，已遮蔽", examples=["张*国"])]


class RecordedReplyView(StateView):
    """How the applicant was told the result, with the record of it."""

    method: Annotated[ReplyMethod, Field(description=_REPLIED, examples=["visit"])]
    replied_on: Annotated[date, Field(description="回复之日，YYYY-MM-DD", examples=["2026-12-18"])]
    text: Annotated[OpenedReply, Field(description="怎样回复的", examples=["证件送到家中。"])]


class HolderView(StateView):
    """Who holds a material, since when, and who signed for it."""

    material_no: Annotated[int, Field(description="材料在事项材料清单中的序号，从 1 起", examples=[1])]
    holder: Annotated[
        OfficeRef, Field(description="持有材料的办理单位", examples=[{"org": CENTER_ORG, "dept": "market"}])
    ]
    since: Annotated[datetime, Field(description="从何时起持有，RFC 3339，时区 +08:00", examples=[MOMENT])]
    signed_by: Annotated[
        str | None, Field(description="接收人的人员编号；没有签收的为 null", examples=["window.520123103.01"])
    ]


class PastCycleView(StateView):
    """How a cycle ended whose decision was set aside."""

    cycle: Annotated[int, Field(description=_CYCLE, examples=[1])]
    status: Annotated[RouteStatus, Field(description=_STATUS, examples=["denied"])]
    decided_on: Annotated[
        date | None, Field(description="作出决定之日，YYYY-MM-DD；没有决定的为 null", examples=["2026-12-17"])
    ]
    delivered_on: Annotated[
        date | None, Field(description="送达之日，YYYY-MM-DD；没有送达的为 null", examples=["2026-12-18"])
    ]
    closed_on: Annotated[
        date | None, Field(description="办结之日，YYYY-MM-DD；没有办结的为 null", examples=["2026-12-18"])
    ]


class ReasonedPastCycleView(PastCycleView):
    """A past cycle with the reason and the legal basis for which its decision was set aside."""

    reason: Annotated[
        OpenedCaseReason,
        Field(
            description="重新办理的理由，换行后是撤销原决定的文书及文号",
            examples=["复议认定原决定事实不清，予以撤销。\n修府复决〔2026〕12 号行政复议决定书"],
        ),
    ]


class ReopenedView(StateView):
    """A reopened case."""

    case_id: CaseId
    case_no: CaseNo
    cycle: Annotated[int, Field(description=_CYCLE, examples=[2])]
    status: Annotated[RouteStatus, Field(description=_STATUS, examples=["open"])]
    past: Annotated[
        list[PastCycleView],
        Field(
            description="此前各次办理的结局，按先后排列",
            examples=[
                [
                    {
                        "cycle": 1,
                        "status": "denied",
                        "decided_on": "2026-12-17",
                        "delivered_on": "2026-12-18",
                        "closed_on": "2026-12-18",
                    }
                ]
            ],
        ),
    ]


class RouteView(StateView):
    """The route of a case from its acceptance to its end, its steps in the order in which they happened.

    It contains what the offices wrote to each other. Validate it with a `SealedTexts` as context.
    """

    case_id: CaseId
    case_no: CaseNo
    mode: Annotated[Mode, Field(description=f"办理方式：{values_of(MODES)}", examples=["report_up"])]
    status: Annotated[RouteStatus, Field(description=_STATUS, examples=["open"])]
    lead: Annotated[
        OfficeRef,
        Field(
            description="牵头的单位，一直负责到送达（行政许可法第二十六条）",
            examples=[{"org": CENTER_ORG, "dept": "market"}],
        ),
    ]
    steps: Annotated[
        list[StepView],
        Field(validation_alias="tasks", description="全部步骤，按发生的先后排列；还没有轮到的也列出"),
    ]
    custody: Annotated[
        list[HolderView],
        Field(default_factory=list, description="材料在谁手里；没有登记交接的，列表为空"),
    ]
    procedures: Annotated[
        list[ReasonedProcedureView],
        Field(description="特别程序，按登记的先后排列（行政许可法第四十五条）"),
    ]
    extensions: Annotated[
        list[ReasonedExtensionView],
        Field(description="延期申请，按提出的先后排列（行政许可法第四十二条）"),
    ]
    filings: Annotated[
        list[ReasonedDenialFilingView], Field(description="不予许可的报备，按提出的先后排列（否决报备）")
    ]
    cycle: Annotated[int, Field(description=_CYCLE, examples=[1])]
    past: Annotated[list[ReasonedPastCycleView], Field(description="决定已被撤销的各次办理，按先后排列")]
    decided_on: Annotated[
        date | None, Field(description="作出决定之日，YYYY-MM-DD；尚未决定的为 null", examples=["2026-12-17"])
    ]
    delivered: Annotated[
        DeliveredView | None,
        Field(
            description="送达情况；尚未送达的为 null",
            examples=[{"method": "in_person", "delivered_on": "2026-12-18", "signed_by": "张*国"}],
        ),
    ]
    reply: Annotated[
        RecordedReplyView | None,
        Field(
            description="代为办理的回复；其他方式和尚未回复的为 null",
            examples=[{"method": "visit", "replied_on": "2026-12-18", "text": "证件送到家中。"}],
        ),
    ]
    mediations: Annotated[list[RecordedMediationView], Field(description="矛盾纠纷的各次调解，按先后排列")]
    closed_on: Annotated[
        date | None, Field(description="办结之日，YYYY-MM-DD；尚未办结的为 null", examples=["2026-12-18"])
    ]
    waiting_for: Annotated[
        str | None,
        Field(
            description="现在等谁做什么；办结的为 null",
            examples=["等待 520123103 市场监管办理单位第 1 步（审核）签收。"],
        ),
    ]

    @classmethod
    def of(cls, route: Route, texts: SealedTexts) -> Self:
        """The view of a route with its decrypted texts."""
        also = {"mode": route.mode, "lead": route.lead, "waiting_for": waiting_for(route)}
        return cls.model_validate(attributes(route) | also, context=texts)


class ApplicantReplyView(StateView):
    """The reply to the applicant of an agency case."""

    case_id: CaseId
    case_no: CaseNo
    status: Annotated[RouteStatus, Field(description=_STATUS, examples=["granted"])]
    method: Annotated[
        ReplyMethod, Field(validation_alias=AliasPath("reply", "method"), description=_REPLIED, examples=["visit"])
    ]
    replied_on: Annotated[
        date,
        Field(
            validation_alias=AliasPath("reply", "replied_on"),
            description="回复之日，YYYY-MM-DD",
            examples=["2026-12-18"],
        ),
    ]
    closed_on: Annotated[
        date | None,
        Field(description="办结之日，YYYY-MM-DD；结果还没有送达、因而没有办结的为 null", examples=["2026-12-18"]),
    ]


class DeliveryView(StateView):
    """The delivery that closed a case."""

    case_id: CaseId
    case_no: CaseNo
    status: Annotated[RouteStatus, Field(description=_STATUS, examples=["granted"])]
    method: Annotated[
        Delivery,
        Field(validation_alias=AliasPath("delivered", "method"), description=_METHOD, examples=["in_person"]),
    ]
    delivered_on: Annotated[
        date,
        Field(
            validation_alias=AliasPath("delivered", "delivered_on"),
            description="送达之日，YYYY-MM-DD",
            examples=["2026-12-18"],
        ),
    ]
    closed_on: Annotated[
        date | None,
        Field(
            description="办结之日，与送达同日，YYYY-MM-DD；代为办理还没有回复申请人、因而没有办结的为 null",
            examples=["2026-12-18"],
        ),
    ]
