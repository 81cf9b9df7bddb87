"""Views of special procedures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, BeforeValidator, Field

from bianmin.domain.labels_zh import PROCEDURES
from bianmin.events.parts import ProcedureKind
from bianmin.kit.fields import CaseId, values_of
from services.routing.api.sealing import OpenedReason
from services.routing.api.views.state_view import StateView


class SpecialProcedureView(StateView):
    """A special procedure. Its days, `started_on` and `ended_on` included, do not count (行政许可法 art. 45)."""

    id: Annotated[UUID, Field(description="特别程序的编号，UUID", examples=["019acaf1-2d10-7e44-8a3b-5c7d9e1f2a63"])]
    case_id: CaseId
    kind: Annotated[ProcedureKind, Field(description=f"种类：{values_of(PROCEDURES)}", examples=["appraisal"])]
    name: Annotated[
        str,
        BeforeValidator(PROCEDURES.__getitem__),
        Field(validation_alias=AliasPath("kind"), description="种类的中文名称", examples=["鉴定"]),
    ]
    expected_days: Annotated[int, Field(description="告知申请人的预计时间，工作日", examples=[15])]
    started_on: Annotated[date, Field(description="开始之日，当日起不计入期限，YYYY-MM-DD", examples=["2026-11-27"])]
    ended_on: Annotated[
        date | None,
        Field(description="结束之日，当日仍不计入期限，YYYY-MM-DD；仍在进行的为 null", examples=["2026-12-11"]),
    ]


class ReasonedProcedureView(SpecialProcedureView):
    """A special procedure with the office's reason for it."""

    reason: Annotated[
        OpenedReason, Field(description="办理单位写明的理由", examples=["经营场所的消防设施需要专业鉴定。"])
    ]
