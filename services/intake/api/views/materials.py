"""Views of the materials of a case: handed in, missing, and requested by a notice."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bianmin.kit.fields import CENTER_ORG, CaseNo, values_of
from services.intake.api.fields import (
    ITEM_NAME,
    LISTED_MATERIAL,
    MATERIAL,
    MATERIAL_NO_TEXT,
    MISSING,
    MISSING_MATERIAL,
    ORG_TEXT,
    RECEIVED_ON,
    REGISTERED_AT,
)
from services.intake.api.views.state_view import IntakeStateView
from services.intake.domain.labels_zh import BROUGHT_FORMS, MATERIAL_SOURCES

_REASON = "申请书没有签名，请签名后重新提交。"


class MissingView(IntakeStateView):
    """A material that is missing."""

    no: Annotated[int, Field(description=MATERIAL_NO_TEXT, examples=[2])]
    name: Annotated[str, Field(description="材料名称", examples=[MISSING])]


class MaterialView(IntakeStateView):
    """A material of the item's list; `brought`: the form in which it was handed in, null where it was not."""

    no: Annotated[int, Field(description=MATERIAL_NO_TEXT, examples=[1])]
    name: Annotated[str, Field(description="材料名称", examples=[MATERIAL])]
    required: Annotated[bool, Field(description="是否必须提交", examples=[True])]
    source: Annotated[str, Field(description=f"来源：{values_of(MATERIAL_SOURCES)}", examples=["applicant"])]
    brought: Annotated[
        str | None,
        Field(description=f"收到的是什么：{values_of(BROUGHT_FORMS)}；没有收到的为 null", examples=["copy"]),
    ]


class ReceiptView(IntakeStateView):
    """The voucher of what was handed in (行政许可法 art. 32: written and dated)."""

    case_no: CaseNo
    org: Annotated[str, Field(description=ORG_TEXT, examples=[CENTER_ORG])]
    item: Annotated[str, Field(description="事项名称", examples=[ITEM_NAME])]
    received_on: Annotated[date, Field(description="收到材料之日，YYYY-MM-DD", examples=[RECEIVED_ON])]
    issued_at: Annotated[
        datetime, Field(description="开具的时间，即登记的时间，RFC 3339，带时区", examples=[REGISTERED_AT])
    ]
    materials: Annotated[
        list[MaterialView], Field(description="收到的材料，按材料清单的序号排列", examples=[[LISTED_MATERIAL]])
    ]


class RequestedMaterialView(IntakeStateView):
    """A material that the notice asks for, and why."""

    no: Annotated[int, Field(description=MATERIAL_NO_TEXT, examples=[2])]
    name: Annotated[str, Field(description="材料名称", examples=[MISSING])]
    reason: Annotated[str, Field(description="为什么需要补正，申请人会看到", examples=[_REASON])]


class NoticeView(IntakeStateView):
    """`wait_until`: the last day on which the supplement may come."""

    noticed_on: Annotated[date, Field(description="告知之日，YYYY-MM-DD", examples=["2026-11-25"])]
    missing: Annotated[
        list[RequestedMaterialView],
        Field(description="需要补正的全部材料", examples=[[{**MISSING_MATERIAL, "reason": _REASON}]]),
    ]
    override_reason: Annotated[
        str | None,
        Field(description="再次告知时，负责人说明的理由；第一次告知的为 null", examples=[None]),
    ]
    wait_until: Annotated[
        date | None,
        Field(description="补正的最后一日，YYYY-MM-DD；逾期未补正的办结；尚未确定的为 null", examples=["2026-12-25"]),
    ]
