"""Views of the mediation of disputes."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, STAFF_ID, CaseId, CaseNo, values_of
from services.routing import texts
from services.routing.api.sealing import OpenedMediators, OpenedReason
from services.routing.api.views.state_view import StateView, attributes
from services.routing.domain.route import MediationOutcome, Route, RouteStatus
from services.routing.domain.waiting import waiting_for


class MediationView(StateView):
    """An attempt to mediate a dispute, without the people and the record of it."""

    id: Annotated[UUID, Field(description="调解的编号，UUID", examples=["019acaf1-5b20-7c11-9d4e-2f6a8b0c1d35"])]
    case_id: CaseId
    office_org: Annotated[str, Field(description="调解单位的区划代码", examples=[CENTER_ORG])]
    office_dept: Annotated[
        str | None, Field(description=f"调解单位的条线；村站为 null：{DEPT_VALUES}", examples=["legal"])
    ]
    mediated_on: Annotated[date, Field(description="调解之日，YYYY-MM-DD", examples=["2026-11-27"])]
    outcome: Annotated[
        MediationOutcome, Field(description=f"结果：{values_of(texts.MEDIATION_OUTCOMES)}", examples=["agreed"])
    ]
    recorded_by: Annotated[str, Field(description="登记人的人员编号", examples=[STAFF_ID])]


class RecordedMediationView(MediationView):
    """An attempt to mediate, with its people and its record."""

    mediators: Annotated[OpenedMediators, Field(description="调解人员的姓名", examples=[["王德明"]])]
    note: Annotated[
        OpenedReason, Field(description="调解经过和协议要点", examples=["双方就地界达成协议，各方已签字。"])
    ]


class DisputeView(StateView):
    """A dispute after it was passed to the next level."""

    case_id: CaseId
    case_no: CaseNo
    status: Annotated[RouteStatus, Field(description=f"状态：{values_of(texts.ROUTE_STATUSES)}", examples=["open"])]
    waiting_for: Annotated[
        str | None,
        Field(
            description="现在等谁做什么；办结的为 null",
            examples=[f"等待 {CENTER_ORG} 法律事务办理单位第 2 步（调解）签收。"],
        ),
    ]

    @classmethod
    def of(cls, route: Route) -> Self:
        """The view of the dispute of a route."""
        return cls.model_validate(attributes(route) | {"waiting_for": waiting_for(route)})
